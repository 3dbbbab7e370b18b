import type { LimitName, Limits } from '../core/spec.ts'
import type { Schema } from './json-schema.ts'
import { parsed, wrong, type Reader } from './reader.ts'
import { byShape } from './shapes.ts'
import { key, table, type Key } from './table.ts'
import { parseSize } from './values.ts'

interface Limit {
  readonly soft: number
  readonly hard: number
}

const numberSchema: Schema = { type: ['integer', 'string'] }

const number = parsed('a number, a size such as 64MB, or unlimited', parseLimit, numberSchema)

const bounds = table({
  soft: key(number, 'What the process meets first; it may raise it up to `hard`.'),
  hard: key(number, 'What it cannot pass; as `soft` if not said.'),
})

const pair: Reader<Limit> = byShape<Limit>('a number, `soft:hard`, or a table of both', {
  scalar: parsed('a number, a size such as 64MB, unlimited, or two of them as soft:hard', parsePair, numberSchema),
  table: {
    schema: bounds.schema,
    read(node, reading) {
      const { soft, hard } = bounds.read(node, reading) ?? {}
      const limit = { soft: soft ?? hard ?? Number.NaN, hard: hard ?? soft ?? Number.NaN }
      return limit.soft <= limit.hard
        ? limit
        : wrong(node, reading, '`soft` and `hard`, the first not above the second')
    },
  },
})

const docs: Readonly<Record<LimitName, string>> = {
  as: 'Address space, bytes.',
  core: 'Size of a core dump, bytes.',
  cpu: 'CPU time, seconds.',
  data: 'Data segment, bytes.',
  fsize: 'Size of a file it writes, bytes.',
  locks: 'File locks.',
  memlock: 'Locked memory, bytes.',
  msgqueue: 'POSIX message queues, bytes.',
  nice: 'Ceiling of the priority, as `ulimit -e` counts.',
  nofile: 'Open files.',
  nproc: 'Processes of its user.',
  rss: 'Resident set, bytes (Linux ignores it).',
  rtprio: 'Real-time priority.',
  sigpending: 'Queued signals.',
  stack: 'Stack, bytes.',
}

/** Resource limits by the names of `prlimit`. [CD16] */
export function limitsReader(): Reader<Limits> {
  const names = Object.entries(docs) as readonly [LimitName, string][]
  const keys = Object.fromEntries(names.map(([name, doc]): [LimitName, Key<Limit>] => [name, key(pair, doc)]))
  const limits = table(keys)
  return {
    schema: limits.schema,
    read(node, reading) {
      const values = limits.read(node, reading)
      if (values === undefined) return undefined
      return new Map(names.flatMap(([name]) => (values[name] === undefined ? [] : [[name, values[name]] as const])))
    },
  }
}

function parseLimit(text: string): number | null {
  return /^(?:unlimited|infinity)$/i.test(text.trim()) ? Number.POSITIVE_INFINITY : parseSize(text)
}

function parsePair(text: string): Limit | null {
  const [soft, hard, ...more] = text.split(':').map(parseLimit)
  if (soft === undefined || soft === null || hard === null || more.length > 0) return null
  return soft <= (hard ?? soft) ? { soft, hard: hard ?? soft } : null
}
