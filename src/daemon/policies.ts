import type { DaemonSettings } from '../config/daemon-settings.ts'
import type { GroupPolicy } from '../core/spec.ts'
import type { Policies } from '../core/world.ts'
import { isSame } from '../lib/same.ts'
import type { StoredGroup } from '../store/store.ts'
import { keepNewGroup } from './administration/groups.ts'
import type { Tree } from './tree.ts'

/** What the settings of a daemon, and the files that declare groups, say of many processes. [FL6] */
export function policiesOf(
  { flapDetection, processMonitorInterval: interval }: Pick<DaemonSettings, 'flapDetection' | 'processMonitorInterval'>,
  groups: Iterable<StoredGroup>,
): Policies {
  const { isEnabled, restarted, countdown, decrement } = flapDetection
  const flap = { restarted, countdown: countdown * interval, decrement: decrement * interval }
  const declared = [...groups].flatMap(({ name, declared: found }): [string, GroupPolicy][] =>
    found === null ? [] : [[name, found.policy]],
  )
  return { flap: isEnabled ? flap : null, groups: new Map(declared) }
}

/** Has them hold from now on, where they are others than those that do. */
export function setPolicies({ engine, ledger }: Pick<Tree, 'engine' | 'ledger'>, settings: DaemonSettings): void {
  const policies = policiesOf(settings, ledger.groups.values())
  const { flap, groups } = engine.world.settings
  if (!isSame(policies, { flap, groups })) engine.dispatch({ tag: 'policies', policies })
}

/** Keeps what a file says of groups, in place of what it said before. [GP8] */
export function keepPolicies(
  { ledger, clock }: Pick<Tree, 'ledger' | 'clock'>,
  { file, groups }: { readonly file: string; readonly groups: ReadonlyMap<string, GroupPolicy> },
): void {
  for (const [name, policy] of groups) {
    const group = ledger.groups.get(name) ?? keepNewGroup(name, { ledger, wall: clock.wall() })
    const declared = { file, policy }
    if (!isSame(group.declared, declared)) ledger.keepGroup({ ...group, declared, updatedAt: clock.wall() })
  }
  for (const group of ledger.groups.values()) {
    if (group.declared?.file === file && !groups.has(group.name)) ledger.keepGroup({ ...group, declared: null })
  }
}
