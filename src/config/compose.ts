import type { Check, Probe } from '../core/check.ts'
import type { Millis } from '../lib/time.ts'
import type { Reader } from './reader.ts'
import { duration, whole } from './readers.ts'
import { complete, key } from './table.ts'

export interface Bucket {
  readonly capacity: number
  readonly leak: Millis
}

/** The keys that any check may have, in our dialect and in procmon's. [CF9] */
export const composing = {
  retries: key(whole({ min: 0, max: 1_000_000 }), 'Fails only after more than so many failures in a row.'),
  bucket: key(
    bucketReader(),
    'A leaky bucket: every failure is a drop, and it fails when the bucket runs over. It catches what fails now and then.',
  ),
}

/** Probes that must all pass; null without any. */
export function allOf(probes: readonly Probe[]): Check | null {
  const checks = probes.map((probe): Check => ({ tag: 'probe', probe }))
  const [only] = checks
  return checks.length > 1 ? { tag: 'all', of: checks } : (only ?? null)
}

/** Puts a check into what was asked for: the bucket sees what the retries let through. [CF9] */
export function compose(check: Check, { retries, bucket }: { retries?: number; bucket?: Bucket }): Check {
  const retried: Check = retries === undefined ? check : { tag: 'retries', retries, of: check }
  return bucket === undefined ? retried : { tag: 'bucket', ...bucket, of: retried }
}

function bucketReader(): Reader<Bucket> {
  const inner = complete(
    {
      capacity: key(whole({ min: 0, max: 1_000_000 }), 'How many drops it holds: it fails when one more falls in.'),
      leak: key(duration({ longerThanZero: true }), 'Every so long one drop leaks away.'),
    },
    'capacity',
    'leak',
  )
  return {
    schema: inner.schema,
    read(node, reading) {
      const { capacity, leak } = inner.read(node, reading) ?? {}
      return capacity === undefined || leak === undefined ? undefined : { capacity, leak }
    },
  }
}
