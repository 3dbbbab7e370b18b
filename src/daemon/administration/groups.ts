import type { Answered, Caller, Groups } from '../../api/control.ts'
import type { Process } from '../../core/process.ts'
import type { ProcessSpec } from '../../core/spec.ts'
import { success } from '../../lib/result.ts'
import type { StoredGroup } from '../../store/store.ts'
import type { GroupView } from '../../wire/declare.ts'
import { refused } from '../../wire/refusal.ts'
import { actorText } from '../journal.ts'
import { recording } from '../recording.ts'
import { unknownGroup } from '../targets.ts'
import type { Tree } from '../tree.ts'

/** The groups of a daemon. Which group a process is in stands in its declaration; here is that a group exists at all. */
export function createGroups({ engine, ledger, clock }: Pick<Tree, 'engine' | 'ledger' | 'clock'>): Groups {
  const processes = (): readonly Process[] => [...engine.world.processes.values()]

  function view({ id, name, createdAt, updatedAt }: StoredGroup): GroupView {
    return {
      id,
      name,
      processes: processes().flatMap(({ spec }) => (spec.groups.includes(name) ? [spec.name] : [])),
      created_at: new Date(createdAt).toISOString(),
      updated_at: new Date(updatedAt).toISOString(),
    }
  }

  function find(target: string): Answered<StoredGroup> {
    const all = [...ledger.groups.values()]
    const byId = /^\d+$/.test(target) ? all.find(({ id }) => id === Number(target)) : undefined
    const found = byId ?? ledger.groups.get(target)
    return found === undefined ? unknownGroup(target, [...ledger.groups.keys()]) : success(found)
  }

  /** Declares these processes as members of other groups than before. What runs goes on. */
  function change(names: readonly string[], groupsOf: (spec: ProcessSpec) => readonly string[]): void {
    const declarations = processes()
      .filter(({ spec }) => names.includes(spec.name))
      .map(({ spec }) => ({ spec: withGroups(spec, groupsOf(spec)) }))
    if (declarations.length > 0) engine.dispatch({ tag: 'declare', declarations, by: { verb: 'group', user: null } })
  }

  /** Who changed which groups. [WH10] */
  function tell(what: string, caller: Caller | null): void {
    const user = caller?.user ?? null
    const by = actorText({ verb: 'group', user })
    ledger.tell({ process: null, kind: 'asked', reason: `asked to ${actorText({ verb: what, user })}`, by })
  }

  function relink(
    verb: 'assign' | 'remove',
    { targets, names, caller }: { targets: readonly string[]; names: readonly string[]; caller: Caller | null },
    groupsOf: (present: readonly string[], chosen: readonly string[]) => readonly string[],
  ): Answered<readonly GroupView[]> {
    const found = targets.map(find)
    const failed = found.find((one) => !one.ok)
    if (failed !== undefined && !failed.ok) return failed
    const chosen = found.flatMap((one) => (one.ok ? [one.value] : []))
    const groupNames = chosen.map(({ name }) => name)
    return recording(ledger, () => {
      tell(`group ${verb} ${groupNames.join(',')} ${names.join(',')}`, caller)
      change(names, ({ groups }) => groupsOf(groups, groupNames))
      for (const group of chosen) ledger.keepGroup({ ...group, updatedAt: clock.wall() })
      return success(groupNames.flatMap((name) => ledger.groups.get(name) ?? []).map(view))
    })
  }

  return {
    list: () => [...ledger.groups.values()].toSorted((a, b) => a.id - b.id).map(view),
    find(target) {
      const found = find(target)
      return found.ok ? success(view(found.value)) : found
    },
    create(name, caller) {
      const problem = problemOf(name)
      if (problem !== null) return refused('bad-request', problem)
      if (ledger.groups.has(name)) return refused('exists', `There is a group "${name}" already.`)
      return recording(ledger, () => {
        tell(`group create ${name}`, caller)
        return success(view(keepNewGroup(name, { ledger, wall: clock.wall() })))
      })
    },
    delete(target, caller) {
      const found = find(target)
      if (!found.ok) return found
      const { name } = found.value
      const members = view(found.value).processes
      return recording(ledger, () => {
        tell(`group del ${name}`, caller)
        change(members, ({ groups }) => groups.filter((group) => group !== name))
        ledger.dropGroup(found.value)
        return success(null)
      })
    },
    assign: (targets, names, caller) =>
      relink('assign', { targets, names, caller }, (present, chosen) => [...new Set([...present, ...chosen])]),
    remove: (targets, names, caller) =>
      relink('remove', { targets, names, caller }, (present, chosen) => {
        return present.filter((group) => !chosen.includes(group))
      }),
  }
}

/** Has every group that these specs are in exist. [GR2] */
export function keepGroupsOf(specs: readonly ProcessSpec[], { ledger, clock }: Pick<Tree, 'ledger' | 'clock'>): void {
  for (const name of new Set(specs.flatMap(({ groups }) => groups))) {
    if (!ledger.groups.has(name)) keepNewGroup(name, { ledger, wall: clock.wall() })
  }
}

/** Adds a group without members. */
export function keepNewGroup(name: string, { ledger, wall }: { ledger: Tree['ledger']; wall: number }): StoredGroup {
  const id = Math.max(0, ...[...ledger.groups.values()].map((group) => group.id)) + 1
  const group = { id, name, declared: null, createdAt: wall, updatedAt: wall }
  ledger.keepGroup(group)
  return group
}

function withGroups(spec: ProcessSpec, groups: readonly string[]): ProcessSpec {
  const { declared } = spec
  if (declared === null) return { ...spec, groups }
  return { ...spec, groups, declared: { ...declared, entry: { ...declared.entry, groups } } }
}

/** A comma parts names on the command line, and a number would be taken for an id. */
function problemOf(name: string): string | null {
  if (name === '' || name.length > longestName) return `The name of a group has 1 to ${longestName} characters.`
  if (/^\d+$/.test(name)) return 'The name of a group is not all digits: it would be taken for an id.'
  return /[,\p{Cc}]/u.test(name) ? 'The name of a group has no commas and no control characters.' : null
}

const longestName = 200
