import { getPriority } from 'node:os'
import { failure, success, type Result } from '../lib/result.ts'
import { errnoName, errnoText } from './errno.ts'
import { setNice } from './libc.ts'

/** A nice value that a spawn in its midst passes on. */
export interface NiceScope extends Disposable {
  /** Sets for the child what could not be passed on. */
  finish(pid: number): Result<null>
}

/**
 * Takes on a nice value for the synchronous spawn where there is a way back: this thread's, from a lower one. A higher
 * one is a one-way street without privileges: the child's is set from outside, just after the spawn.
 */
export function enterNice(nice: number | null): Result<NiceScope> {
  const own = nice === null ? null : getPriority(0)
  if (nice === null || own === null || nice === own) return asOurs
  const set = (whom: 'process' | 'group', pid: number, value: number): Result<null> => {
    const result = setNice(whom, pid, value)
    if (result >= 0) return done()
    const code = errnoName(result)
    return failure(code, `coppice may not set the nice value ${nice}: ${errnoText(code)}`)
  }
  if (nice > own) return success({ finish: (pid) => set('group', pid, nice), [Symbol.dispose]: () => undefined })
  const taken = set('process', 0, nice)
  if (!taken.ok) return taken
  return success({ finish: done, [Symbol.dispose]: () => void setNice('process', 0, own) })
}

const asOurs = success<NiceScope>({ finish: () => success(null), [Symbol.dispose]: () => undefined })

function done(): Result<null> {
  return success(null)
}
