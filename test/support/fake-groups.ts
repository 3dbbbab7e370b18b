import type { Answered, Groups } from '../../src/api/control.ts'
import { unknownGroup } from './unknown.ts'
import type { GroupView } from '../../src/wire/declare.ts'
import type { ProcessView } from '../../src/wire/process.ts'
import { refused, type Refusal } from '../../src/wire/refusal.ts'

/** The processes whose views tell who is in which group. */
interface Members {
  readonly refuses: Refusal | null
  list(): readonly ProcessView[]
  put(process: { readonly name: string; readonly groups: readonly string[] }): void
}

type Group = Omit<GroupView, 'processes'>

/** Groups in memory. Those that the processes name are there from the beginning. */
export class FakeGroups implements Groups {
  readonly #groups: Group[] = []
  readonly #members: Members

  constructor(members: Members) {
    this.#members = members
    for (const name of new Set(members.list().flatMap(({ groups }) => groups))) this.create(name)
  }

  list(): readonly GroupView[] {
    return this.#groups.map((group) => this.#view(group))
  }

  find(target: string): Answered<GroupView> {
    const group = this.#groups.find(({ id, name }) => String(id) === target || name === target)
    const known = this.#groups.map(({ name }) => name)
    return group === undefined ? unknownGroup(target, known) : { ok: true, value: this.#view(group) }
  }

  create(name: string): Answered<GroupView> {
    if (this.#members.refuses !== null) return { ok: false, failure: this.#members.refuses }
    if (this.find(name).ok) return refused('exists', `There is a group "${name}" already.`)
    const at = '2026-11-20T08:00:00.000Z'
    const group = { id: 1 + Math.max(0, ...this.#groups.map(({ id }) => id)), name, created_at: at, updated_at: at }
    this.#groups.push(group)
    return { ok: true, value: this.#view(group) }
  }

  delete(name: string): Answered<null> {
    return this.#change([name], null, (groups) => {
      for (const view of this.#members.list()) this.#leave(view, groups)
      this.#groups.splice(
        this.#groups.findIndex((group) => groups.includes(group.name)),
        1,
      )
      return null
    })
  }

  assign(groups: readonly string[], processes: readonly string[]): Answered<readonly GroupView[]> {
    return this.#change(groups, processes, (names, members) => {
      for (const view of members)
        this.#members.put({ name: view.name, groups: [...new Set([...view.groups, ...names])] })
      return this.list().filter(({ name }) => names.includes(name))
    })
  }

  remove(groups: readonly string[], processes: readonly string[]): Answered<readonly GroupView[]> {
    return this.#change(groups, processes, (names, members) => {
      for (const view of members) this.#leave(view, names)
      return this.list().filter(({ name }) => names.includes(name))
    })
  }

  /** Does it to the groups and processes that are meant, or to none where one of the groups is unknown. */
  #change<T>(
    targets: readonly string[],
    processes: readonly string[] | null,
    change: (groups: readonly string[], members: readonly ProcessView[]) => T,
  ): Answered<T> {
    if (this.#members.refuses !== null) return { ok: false, failure: this.#members.refuses }
    const found = targets.map((target) => this.find(target))
    const unknown = found.find((one) => !one.ok)
    if (unknown !== undefined) return unknown
    const groups = found.flatMap((one) => (one.ok ? one.value.name : []))
    return {
      ok: true,
      value: change(
        groups,
        this.#members.list().filter(({ name }) => processes?.includes(name)),
      ),
    }
  }

  #leave(view: ProcessView, groups: readonly string[]): void {
    this.#members.put({ name: view.name, groups: view.groups.filter((group) => !groups.includes(group)) })
  }

  #view(group: Group): GroupView {
    const members = this.#members.list().filter(({ groups }) => groups.includes(group.name))
    return { ...group, processes: members.map(({ name }) => name) }
  }
}
