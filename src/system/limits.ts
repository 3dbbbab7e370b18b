import { closeSync, openSync } from 'node:fs'
import type { LimitName, Limits } from '../core/spec.ts'
import { failure, success, type Result } from '../lib/result.ts'
import { errnoName, errnoText } from './errno.ts'
import { limit, type ResourceLimit } from './libc.ts'
import { openFilesAtStart } from './open-files.ts'

/** The kernel's numbers, the same on x64 and arm64. */
const resources: Readonly<Record<LimitName, number>> = {
  cpu: 0,
  fsize: 1,
  data: 2,
  stack: 3,
  core: 4,
  rss: 5,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  as: 9,
  locks: 10,
  sigpending: 11,
  msgqueue: 12,
  nice: 13,
  rtprio: 14,
}

/** What the supervisor itself would trip over in the moment of the spawn: these are set from outside, just after it. */
const ruinous: ReadonlySet<LimitName> = new Set(['as', 'cpu', 'data', 'fsize'])
const leastStack = 2 ** 20

/** Limits that a spawn in their midst passes on. */
export interface LimitScope extends Disposable {
  /** Sets for the child what could not be passed on. */
  finish(pid: number): Result<null>
}

/**
 * Takes on the limits of a child for the synchronous spawn, so that it has them from its first instruction (programs
 * read `nofile` and `stack` as they start), and gives them back when disposed of. Soft limits can always be raised
 * back. A hard limit that was lowered could not: the child's is lowered after the spawn, from outside.
 */
export function enterLimits(limits: Limits): Result<LimitScope> {
  if (limits.size === 0 && openFilesAtStart() === null) return unlimited
  const undo: [LimitName, ResourceLimit][] = []
  const after: [LimitName, ResourceLimit][] = []
  const scope: LimitScope = {
    finish(pid) {
      for (const [name, wanted] of after) {
        const result = limit(pid, resources[name], wanted)
        if (typeof result === 'number') return refusal('set', name, result)
      }
      return success(null)
    },
    [Symbol.dispose]() {
      for (const [name, before] of undo) limit(0, resources[name], before)
    },
  }
  for (const [name, wanted] of withOpenFiles(limits)) {
    const before = limit(0, resources[name])
    if (typeof before === 'number') continue // a kernel without it has nothing to limit
    const during = duringSpawn(name, { wanted, before })
    if (during.soft !== before.soft || during.hard !== before.hard) {
      const result = limit(0, resources[name], during)
      if (typeof result === 'number') {
        scope[Symbol.dispose]()
        return refusal('raise', name, result)
      }
      undo.unshift([name, before])
    }
    if (during.soft !== wanted.soft || during.hard !== wanted.hard) after.push([name, wanted])
  }
  return success(scope)
}

const unlimited = success<LimitScope>({ finish: () => success(null), [Symbol.dispose]: () => undefined })

function refusal(what: 'raise' | 'set', name: LimitName, result: number): Result<never> {
  const code = errnoName(result)
  return failure(code, `coppice may not ${what} the limit ${name}: ${errnoText(code)}`)
}

/** The runtime raises its own limit on open files; children get the one that coppice was started with: [PR13]. */
function withOpenFiles(limits: Limits): Iterable<readonly [LimitName, ResourceLimit]> {
  const asAtStart = openFilesAtStart()
  return limits.has('nofile') || asAtStart === null ? limits : [...limits, ['nofile', asAtStart] as const]
}

function duringSpawn(
  name: LimitName,
  { wanted, before }: { readonly wanted: ResourceLimit; readonly before: ResourceLimit },
): ResourceLimit {
  const hard = Math.max(before.hard, wanted.hard)
  const harmful =
    (ruinous.has(name) && wanted.soft < before.soft) ||
    (name === 'stack' && wanted.soft < leastStack) ||
    (name === 'nofile' && wanted.soft < before.soft && wanted.soft < lowestFreeDescriptor() + 16)
  return { soft: harmful ? before.soft : wanted.soft, hard }
}

/** The runtime needs a few descriptors for the spawn itself: no room for them, and it fails with EMFILE. */
function lowestFreeDescriptor(): number {
  const descriptor = openSync('/dev/null', 'r')
  closeSync(descriptor)
  return descriptor
}
