import { expect, test } from 'bun:test'
import { assert, integer, nat, option, array, property, tuple } from 'fast-check'
import { Table } from './table.ts'

interface Item {
  readonly name: number
  readonly deadline: number
}

const empty = Table.empty<Item>((item) => item.deadline)
const changes = array(tuple(nat(300), option(integer({ min: 0, max: 50 }))), { maxLength: 60 })

/** The same changes on a table and on a Map, which is the model. */
function build(list: readonly (readonly [number, number | null])[]): { table: Table<Item>; model: Map<number, Item> } {
  let table = empty
  const model = new Map<number, Item>()
  for (const [id, deadline] of list) {
    const item = deadline === null ? undefined : { name: id, deadline }
    table = table.set(id, item)
    if (item === undefined) model.delete(id)
    else model.set(id, item)
  }
  return { table, model }
}

test('a table holds what was put into it, in the order of ids', () => {
  assert(
    property(changes, (list) => {
      const { table, model } = build(list)
      const sorted = [...model].toSorted(([a], [b]) => a - b).map(([, item]) => item)
      expect([...table.values()]).toEqual(sorted)
      expect(table.size).toBe(model.size)
      for (const [id, item] of model) expect(table.get(id)).toBe(item)
    }),
  )
})

test('a table knows its earliest deadline, and what is due', () => {
  assert(
    property(changes, nat(50), (list, now) => {
      const { table, model } = build(list)
      const deadlines = [...model.values()].map((item) => item.deadline)
      expect(table.earliest()).toBe(Math.min(Number.POSITIVE_INFINITY, ...deadlines))
      const due = [...table.due(now)].map((item) => item.name).toSorted((a, b) => a - b)
      expect(due).toEqual(
        [...model]
          .filter(([, item]) => item.deadline <= now)
          .map(([id]) => id)
          .toSorted((a, b) => a - b),
      )
    }),
  )
})

test('an older version of a table stays as it was, and tells what differs', () => {
  assert(
    property(changes, changes, (first, second) => {
      const { table: before, model } = build(first)
      let after = before
      for (const [id, deadline] of second) after = after.set(id, deadline === null ? undefined : { name: id, deadline })
      expect([...before.values()]).toHaveLength(model.size)
      const told = new Set([...after.changedSince(before)].map(([then, now]) => (then ?? now)?.name))
      for (let id = 0; id <= 300; id++) expect(told.has(id)).toBe(before.get(id) !== after.get(id))
    }),
  )
})

test('a table to which nothing new is told is the same table', () => {
  const item = { name: 1, deadline: 5 }
  const table = empty.set(1, item)
  expect(table.set(1, item)).toBe(table)
  expect(empty.set(1, undefined)).toBe(empty)
})
