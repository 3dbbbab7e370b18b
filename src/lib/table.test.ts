import { describe, expect, test } from 'bun:test'
import { Table } from './table.ts'
import { never } from './time.ts'

interface Item {
  readonly name: string
  readonly at: number
}

function aTable(entries: readonly (readonly [number, number])[] = []): Table<Item> {
  const empty = Table.empty<Item>(({ at }) => at)
  return entries.reduce((table, [id, at]) => table.set(id, { name: `n${id}`, at }), empty)
}

describe('a table', () => {
  test('gives back what was put in, and nothing where nothing was', () => {
    const table = aTable([
      [1, 5],
      [200, 7],
    ])
    expect([table.get(1)?.name, table.get(200)?.name, table.get(2), table.get(10_000)]).toEqual([
      'n1',
      'n200',
      undefined,
      undefined,
    ])
    expect(table.size).toBe(2)
  })

  test('stays as it is when another one is made from it', () => {
    const before = aTable([[1, 5]])
    const after = before.set(1, { name: 'new', at: 9 }).set(2, { name: 'more', at: 1 })
    expect([before.get(1)?.name, before.get(2), before.size]).toEqual(['n1', undefined, 1])
    expect([after.get(1)?.name, after.get(2)?.name, after.size]).toEqual(['new', 'more', 2])
  })

  test('is the same table when nothing changes', () => {
    const item = { name: 'one', at: 1 }
    const table = aTable().set(1, item)
    expect(table.set(1, item)).toBe(table)
  })

  test('forgets what is set to undefined', () => {
    const table = aTable([
      [1, 5],
      [2, 6],
    ]).set(1, undefined)
    expect([table.get(1), table.size, [...table.values()].length, table.earliest()]).toEqual([undefined, 1, 1, 6])
  })

  test('lists its values by ascending id', () => {
    expect(
      [
        ...aTable([
          [130, 1],
          [2, 1],
          [64, 1],
          [63, 1],
        ]).values(),
      ].map(({ name }) => name),
    ).toEqual(['n2', 'n63', 'n64', 'n130'])
  })
})

describe('deadlines', () => {
  test('the earliest of all is known, and never when there is none', () => {
    expect(aTable().earliest()).toBe(never)
    expect(
      aTable([
        [1, 50],
        [100, 20],
        [200, 90],
      ]).earliest(),
    ).toBe(20)
    expect(
      aTable([
        [1, 50],
        [100, 20],
      ])
        .set(100, { name: 'later', at: 70 })
        .earliest(),
    ).toBe(50)
  })

  test('those are due whose time has come', () => {
    const due = aTable([
      [1, 50],
      [2, 51],
      [100, 20],
      [200, never],
    ]).due(50)
    expect([...due].map(({ name }) => name)).toEqual(['n1', 'n100'])
  })
})

describe('between two versions', () => {
  test('only what differs is told, as it was and as it is', () => {
    const before = aTable([
      [1, 1],
      [70, 1],
      [300, 1],
    ])
    const after = before.set(70, { name: 'new', at: 2 }).set(2, { name: 'more', at: 3 }).set(300, undefined)
    const changes = [...after.changedSince(before)].map(([then, now]) => [then?.name, now?.name])
    expect(changes).toEqual([
      [undefined, 'more'],
      ['n70', 'new'],
      ['n300', undefined],
    ])
  })

  test('nothing differs between a version and itself', () => {
    const table = aTable([[1, 1]])
    expect([...table.changedSince(table)]).toEqual([])
  })
})
