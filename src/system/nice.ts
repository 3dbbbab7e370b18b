import { getPriority } from 'node:os'
import { failure, success, type Result } from '../lib/result.ts'
import { errnoName, errnoText } from './errno.ts'
import { setNice } from './libc.ts'

/** A nice value that a spawn in its midst passes on. */
export interface NiceScope extends Disposable {
  /** Sets for the child what could not be passed on. Returns the errno's name when it is refused. */
  finish(pid: number): string | null
}

/**
 * Takes on a nice value for the synchronous spawn where there is a way back: this thread's, from a lower one. A higher
 * one is a one-way street without privileges: the child's is set from outside, just after the spawn.
 */
export function enterNice(nice: number | null): Result<NiceScope> {
  const own = getPriority(0)
  if (nice === null || nice === own) return success({ finish: () => null, [Symbol.dispose]: () => undefined })
  if (nice > own)
    return success({ finish: (pid) => refused(setNice('group', pid, nice)), [Symbol.dispose]: () => undefined })
  const code = refused(setNice('process', 0, nice))
  if (code !== null) return failure(code, `coppice may not set the nice value ${nice}: ${errnoText(code)}`)
  return success({ finish: () => null, [Symbol.dispose]: () => void setNice('process', 0, own) })
}

function refused(result: number): string | null {
  return result < 0 ? errnoName(result) : null
}
