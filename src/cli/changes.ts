import type { Entry } from '../wire/entry.ts'
import type { ActRequest } from '../wire/routes.ts'
import { success, type Result } from '../lib/result.ts'
import { changeFlags, entryOf, execFlags, inFlags, type ExecFlag, type GivenFlags } from './exec-entry.ts'
import type { Value } from './value.ts'

type Options = Readonly<Record<string, Value>>

/** What flags say of a process that there is, as the part of a request that changes it; nothing where nothing was given: [CL56]. */
export function changesIn(options: Options, cwd: string): Result<Pick<ActRequest, 'changes' | 'cwd'>> {
  const changes = entryOf(given(changeFlags, options))
  if (!changes.ok) return changes
  return success(Object.keys(changes.value).length === 0 ? {} : { changes: changes.value, cwd })
}

/** What flags say of a process that is to be: [CL52]. */
export function declarationIn(options: Options): Result<Entry> {
  return entryOf(given(execFlags, options))
}

/** Who wrote flags is told of flags, not of the keys that they say: [CL69]. */
export function inTheirWords<T>(result: Result<T>): Result<T> {
  if (result.ok || result.failure.code !== 'bad-config') return result
  return { ok: false, failure: { ...result.failure, message: inFlags(result.failure.message) } }
}

function given(flags: readonly ExecFlag[], options: Options): GivenFlags {
  const found = new Map<string, readonly string[] | true>()
  for (const { name } of flags) {
    const value = options[name]
    if (value === true) found.set(name, true)
    else if (typeof value === 'string') found.set(name, [value])
    else if (Array.isArray(value)) found.set(name, value)
  }
  return found
}
