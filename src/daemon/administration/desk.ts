import type { Caller } from '../../api/control.ts'
import type { DefaultLogs, Given } from '../../config/context.ts'
import type { Declaration } from '../../core/events.ts'
import type { GroupPolicy, Plan, ProcessSpec } from '../../core/spec.ts'
import { refused, type Refusal } from '../../wire/refusal.ts'
import type { Failure, Result } from '../../lib/result.ts'
import type { Configuration } from '../configuration.ts'
import { actorText } from '../journal.ts'
import { readText } from '../read-plan.ts'
import { keepPolicies, setPolicies } from '../policies.ts'
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

/** Keeps what a file says of groups, and has it hold. */
export function declareGroups(
  { tree, configuration }: Desk,
  said: { readonly file: string; readonly groups: ReadonlyMap<string, GroupPolicy> },
): void {
  keepPolicies(tree, said)
  setPolicies(tree, configuration.settings)
}

/** Reads the files of the configuration again. What it says of many processes holds at once; those it declares wait for `init`. */
export async function reload(desk: Desk): Promise<Result<Plan | null>> {
  const loaded = await desk.configuration.reload(knownSpecs(desk))
  setPolicies(desk.tree, desk.configuration.settings)
  return loaded
}

/**
 * Who asked for what, in the journal: an entry for each process that is touched, with what is done to it. [WH10]
 * @param touched none: one entry that says that nothing was to be done
 */
export function tellAsked(
  { tree }: Pick<Desk, 'tree'>,
  touched: readonly (readonly [process: string, what: string | null])[],
  { verb, caller }: { readonly verb: string; readonly caller: Caller | null },
): void {
  const by = actorText({ verb, user: caller?.user ?? null })
  const told = touched.map(([process, what]) => {
    return { process, kind: 'asked', reason: `asked to ${by}${what === null ? '' : ` (${what})`}`, by } as const
  })
  const nothing = { process: null, kind: 'asked', reason: `asked to ${by}, which changes nothing`, by } as const
  tree.ledger.tell(...(told.length === 0 ? [nothing] : told))
}

/** What was refused while reading, as an answer. */
export function badConfig({ message, hint }: Failure): { readonly ok: false; readonly failure: Refusal } {
  return refused('bad-config', message, hint)
}
