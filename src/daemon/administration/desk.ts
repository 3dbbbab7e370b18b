import type { Caller } from '../../api/control.ts'
import type { DefaultLogs, Given } from '../../config/context.ts'
import type { Declaration } from '../../core/events.ts'
import type { ProcessSpec } from '../../core/spec.ts'
import { refused, type Refusal } from '../../wire/refusal.ts'
import type { Failure } from '../../lib/result.ts'
import type { Configuration } from '../configuration.ts'
import { readText } from '../read-plan.ts'
import type { Tree } from '../tree.ts'
import { keepGroupsOf } from './groups.ts'

/** What the orders that only a daemon takes work with. */
export interface Desk {
  readonly tree: Tree
  readonly configuration: Configuration
  /** The environment and the directory of the daemon. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

/** All declarations there are, by name. */
export function knownSpecs({ tree }: Pick<Desk, 'tree'>): Map<string, ProcessSpec> {
  return new Map([...tree.engine.world.processes.values()].map(({ spec }) => [spec.name, spec]))
}

/** What an entry is read with. */
export function givenAt(desk: Desk, cwd: string): Omit<Given, 'file'> & { readonly logs: DefaultLogs } {
  const { logs, settings } = desk.configuration
  return {
    env: desk.env,
    cwd,
    readFile: readText,
    known: knownSpecs(desk),
    logs,
    dependentWait: settings.dependentProcessEnqueued,
  }
}

/** Declares these; groups that they name come to be. */
export function declare(
  { tree }: Pick<Desk, 'tree'>,
  declarations: readonly Declaration[],
  { verb, caller }: { readonly verb: string; readonly caller: Caller | null },
): void {
  if (declarations.length === 0) return
  keepGroupsOf(
    declarations.map(({ spec }) => spec),
    tree,
  )
  tree.engine.dispatch({ tag: 'declare', declarations, by: { verb, user: caller?.user ?? null } })
}

/** What was refused while reading, as an answer. */
export function badConfig({ message, hint }: Failure): { readonly ok: false; readonly failure: Refusal } {
  return refused('bad-config', message, hint)
}
