import { resolve } from 'node:path'

import type { ProcessSpec } from '../core/spec.ts'
import { failure, success, type Result } from '../lib/result.ts'
import type { Given } from './context.ts'
import type { Entry } from './plain.ts'
import { formatProblem, type Problem } from './problem.ts'
import { drivesOut, type processKeys } from './process-keys.ts'
import { readEntry } from './read-entry.ts'

/** A spec that was changed, and what is odd about it. */
export interface ChangedEntry {
  readonly spec: ProcessSpec
  readonly warnings: readonly Problem[]
}

/**
 * The spec with keys of its declaration replaced: what `restart -u nobody` asks for. What is not changed means what it
 * meant, and is read anew with the environment there is now. [CD28]
 * @param context `cwd` is where relative paths in the changes begin
 * @returns `not-declared` for a procmon task, `bad-config` with all problems, a line each
 */
export function changeEntry(spec: ProcessSpec, changes: Entry, context: Omit<Given, 'file'>): Result<ChangedEntry> {
  const { declared } = spec
  if (declared === null) {
    const hint = 'Change the file, and start it again.'
    return failure(
      'not-declared',
      `"${spec.name}" comes from a file of procmon, and its settings are only there.`,
      hint,
    )
  }
  const fixed = ['name', 'instances'].find((key) => Object.hasOwn(changes, key))
  if (fixed !== undefined) {
    return failure('bad-config', `${fixed}: cannot be changed`, 'Delete the process, and declare it anew.')
  }
  const called = { name: spec.instanceOf?.name ?? spec.name }
  const entry = { ...called, ...merged(declared.entry, absolute(changes, context.cwd)) }
  const read = readEntry({ ...context, ...declared, entry, name: spec.name })
  if (!read.ok) return failure('bad-config', read.problems.map(formatProblem).join('\n'))
  const changed = read.specs.find(({ name }) => name === spec.name)
  if (changed === undefined) throw new Error(`the declaration of ${spec.name} no longer makes it`)
  return success({ spec: changed, warnings: read.warnings })
}

/** `no_auto_restart: false` gives it back what it had before: what its `restart` says, if that is more than "no". */
function merged(before: Entry, changes: Entry): Entry {
  const driven = new Set(Object.keys(changes).flatMap((key) => [key, ...(drivesOut.get(key) ?? [])]))
  const isOn = changes['no_auto_restart'] === false || changes['no_auto_restart'] === 'false'
  if (isOn && before['restart'] !== 'no') driven.delete('restart')
  const kept = Object.entries(before).filter(([key]) => !driven.has(key))
  const added = Object.entries(changes).filter(([key, value]) => value !== null && !(isOn && key === 'no_auto_restart'))
  return Object.fromEntries([...kept, ...added])
}

const paths = ['file', 'cwd', 'env_file', 'log', 'log_dir', 'stdout', 'stderr'] satisfies (keyof typeof processKeys)[]

/** Relative paths of the changes begin elsewhere than those of the declaration. */
function absolute(changes: Entry, cwd: string): Entry {
  return Object.fromEntries(
    Object.entries(changes).map(([key, value]) => {
      if (!paths.some((name) => name === key)) return [key, value]
      return [key, Array.isArray(value) ? value.map((item: unknown) => from(item, key)) : from(value, key)]
    }),
  )

  function from(value: unknown, key: string): unknown {
    if (typeof value !== 'string' || value === '' || /^(?:[/~$]|STDOUT$|STDERR$|SUPPRESS$)/.test(value)) return value
    return key === 'file' && !value.includes('/') ? value : resolve(cwd, value)
  }
}
