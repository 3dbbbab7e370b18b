// What every store keeps to, whatever it is made of.
import { expect, test } from 'bun:test'
import type { JournalBounds } from '../../../src/store/bounds.ts'
import type { Store } from '../../../src/store/store.ts'
import { aBatch, aGroup, aMoment, anEntry, aProcess, aRun, runningState, stored } from './stored.ts'

/** Something that outlives its stores. */
export interface Medium extends Disposable {
  open(options?: { readonly journal?: JournalBounds }): Store
}

const day = 24 * 3_600_000

const declared = {
  file: '/etc/coppice/p.yml',
  policy: { strategy: 'rest_for_one', budget: { intensity: 0, period: 1000 }, stopTogether: false },
} as const

export function storeContract(kind: string, create: () => Medium): void {
  test(`${kind}: [DB2] what was committed last is found again, in the order of ids`, () => {
    using medium = create()
    const db = stored(aProcess('db', { id: 2 }))
    const web = stored(aProcess('web', { state: runningState(aRun(3)) }), { marker: 'abc', bootId: 'boot-2' })
    {
      using store = medium.open()
      expect(store.found.processes).toEqual([])
      store.commit(
        aBatch({ processes: [db, stored(aProcess('web'))], groups: [aGroup(2, 'b', declared), aGroup(1, 'a')] }),
      )
      store.commit(aBatch({ at: 300.5, wall: aMoment + 100, processes: [web] }))
    }
    using store = medium.open()
    expect(store.found.processes).toStrictEqual([
      { ...web, at: 300.5, wall: aMoment + 100 },
      { ...db, at: 200, wall: aMoment },
    ])
    expect(store.found.groups).toEqual([aGroup(1, 'a'), aGroup(2, 'b', declared)])
  })

  test(`${kind}: [DB2] what was removed is gone, also where its name and its id are used again at once`, () => {
    using medium = create()
    {
      using store = medium.open()
      const groups = [aGroup(1, 'a'), aGroup(2, 'b')]
      store.commit(aBatch({ processes: [stored(aProcess('web')), stored(aProcess('db', { id: 2 }))], groups }))
      store.commit(aBatch({ removed: [1, 2], removedGroups: [1, 2], processes: [stored(aProcess('db'))] }))
      store.commit(aBatch({ groups: [aGroup(1, 'b')] }))
    }
    using store = medium.open()
    expect(store.found.processes.map(({ process }) => [process.id, process.spec.name])).toEqual([[1, 'db']])
    expect(store.found.groups).toEqual([aGroup(1, 'b')])
  })

  test(`${kind}: [DB10] the next one is told whether the one before was closed`, () => {
    using medium = create()
    const ends = [
      { tells: true, end: (store: Store) => store[Symbol.dispose]() },
      { tells: false, end: (store: Store) => store.close() },
      { tells: true, end: (store: Store) => store.close() },
    ]
    for (const { tells, end } of ends) {
      const store = medium.open()
      expect(store.found).toMatchObject({ closedCleanly: tells, alarms: [] })
      end(store)
      store[Symbol.dispose]()
    }
  })

  test(`${kind}: [DB5] the journal is read by time, by process, and from its end`, () => {
    using medium = create()
    const first = anEntry({ kind: 'note', from: null, to: null, pid: null, reason: 'why not', by: 'start by root' })
    const second = anEntry({ process: 'db', exit: { signal: 'SIGKILL' }, restarts: 3 })
    const third = anEntry({ at: aMoment + 1, exit: { code: 3 } })
    const numbered = [
      { ...first, id: 1 },
      { ...second, id: 2 },
      { ...third, id: 3 },
    ] as const
    {
      using store = medium.open()
      expect(store.lastEntry).toBe(0)
      store.commit(aBatch({ journal: [first, second] }))
      store.commit(aBatch({ journal: [third] }))
      expect(store.journal({ since: 0, process: null, limit: 10 })).toStrictEqual([...numbered])
    }
    using store = medium.open()
    expect(store.lastEntry).toBe(3)
    expect(store.journal({ since: 1, process: null, limit: 10 })).toEqual(numbered.slice(1))
    expect(store.journal({ since: 0, process: 'web', limit: 10 })).toEqual([numbered[0], numbered[2]])
    expect(store.journal({ since: 0, process: null, limit: 2 })).toEqual(numbered.slice(1))
    expect(store.journal({ since: 0, process: 'web', limit: 1 })).toEqual([numbered[2]])
    expect(store.journal({ since: 0, process: null, limit: 0 })).toEqual([])
    expect(store.journal({ since: 3, process: null, limit: 10 })).toEqual([])
  })

  test(`${kind}: [WH14] the journal is read by kind and from a time on, and tells of the supervisor`, () => {
    using medium = create()
    const begun = anEntry({ process: null, kind: 'supervisor', from: null, to: null, pid: null, reason: 'begins' })
    const asked = anEntry({ at: aMoment + 1, kind: 'asked', by: 'stop by ann', because: 'it was late' })
    const other = anEntry({ at: aMoment + 2, process: 'db', kind: 'asked' })
    const numbered = [
      { ...begun, id: 1 },
      { ...asked, id: 2 },
      { ...other, id: 3 },
    ] as const
    using store = medium.open()
    store.commit(aBatch({ journal: [begun, asked, other] }))
    const all = { since: 0, process: null, limit: 10 }
    expect(store.journal(all)).toStrictEqual([...numbered])
    expect(store.journal({ ...all, kind: 'asked' })).toEqual(numbered.slice(1))
    expect(store.journal({ ...all, kind: 'asked', process: 'web' })).toEqual([numbered[1]])
    expect(store.journal({ ...all, from: aMoment + 1 })).toEqual(numbered.slice(1))
    expect(store.journal({ ...all, from: aMoment + 3 })).toEqual([])
    expect(store.journal({ ...all, kind: 'supervisor', from: aMoment, since: 1 })).toEqual([])
  })

  test(`${kind}: [DB5] the journal keeps so many entries, of so many days, and no number comes twice`, () => {
    using medium = create()
    const journal = { age: 30 * day, count: 5 }
    const commit = (store: Store, wall: number, count: number): void => {
      store.commit(aBatch({ wall, journal: Array.from({ length: count }, () => anEntry({ at: wall })) }))
    }
    const ids = (store: Store): number[] => store.journal({ since: 0, process: null, limit: 100 }).map(({ id }) => id)
    {
      using store = medium.open({ journal })
      commit(store, aMoment, 7)
      expect(ids(store)).toEqual([3, 4, 5, 6, 7])
      commit(store, aMoment + 29 * day, 1)
      expect(ids(store)).toEqual([4, 5, 6, 7, 8])
      commit(store, aMoment + 31 * day, 1)
      expect(ids(store)).toEqual([8, 9])
      commit(store, aMoment + 100 * day, 1)
      expect(ids(store)).toEqual([10])
    }
    using store = medium.open({ journal })
    commit(store, aMoment + 200 * day, 1)
    expect(store.lastEntry).toBe(11)
    expect(ids(store)).toEqual([11])
  })
}
