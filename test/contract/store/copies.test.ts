// The good copy: when it is made, and what is in it.
import { expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import type { Store } from '../../../src/store/store.ts'
import { StateDirectory } from './directory.ts'
import { aBatch, aMoment, aProcess, stored } from './stored.ts'

const hour = 3_600_000
const copied = { name: 'coppice.db.bak' }

function commitAt(store: Store, hours: number, name: string): void {
  const wall = aMoment + hours * hour
  const done = store.commit(aBatch({ wall, processes: [stored(aProcess(name, { id: hours + 1000 }))] }))
  if (!done.ok) throw new Error(done.failure.message)
}

function copiedIn(directory: StateDirectory): unknown[] | null {
  if (!directory.names().includes(copied.name)) return null
  return directory.ask('SELECT name FROM processes ORDER BY id', copied.name).map((row) => row['name'])
}

test('[DB9] a store that is closed leaves a good copy, which a crash does not touch', () => {
  using directory = new StateDirectory()
  directory.with((store) => commitAt(store, 0, 'web'))
  const copy = directory.read(copied.name)
  {
    using store = directory.open()
    commitAt(store, 0, 'web')
  }
  expect(copiedIn(directory)).toEqual(['web'])
  expect(directory.read(copied.name)).toEqual(copy)
  expect(directory.names()).toEqual(['coppice.db', 'coppice.db.bak'])
})

test('[DB9] a copy is made after the first hour, and then once a day', () => {
  using directory = new StateDirectory()
  using store = directory.open()
  commitAt(store, 0, 'a')
  expect(copiedIn(directory)).toBeNull()
  commitAt(store, 1, 'b')
  expect(copiedIn(directory)).toEqual(['a', 'b'])
  commitAt(store, 24, 'c')
  expect(copiedIn(directory)).toEqual(['a', 'b'])
  commitAt(store, 25, 'd')
  expect(copiedIn(directory)).toEqual(['a', 'b', 'c', 'd'])
})

test('[DB9] a clock that was set back delays the copy by a day at most', () => {
  using directory = new StateDirectory()
  using store = directory.open()
  commitAt(store, 1000, 'a')
  expect(copiedIn(directory)).toEqual(['a'])
  commitAt(store, -500, 'b')
  commitAt(store, -477, 'c')
  expect(copiedIn(directory)).toEqual(['a'])
  commitAt(store, -475, 'd')
  expect(copiedIn(directory)).toEqual(['b', 'c', 'd', 'a'])
})

test('[DB9] the age of the copy is known to the next daemon', () => {
  using directory = new StateDirectory()
  directory.with((store) => commitAt(store, 0, 'a'))
  directory.now = statSync(directory.file(copied.name)).mtimeMs + 23 * hour
  {
    using store = directory.open()
    commitAt(store, 1, 'b')
  }
  expect(copiedIn(directory)).toEqual(['a'])
  directory.now += 2 * hour
  directory.open()[Symbol.dispose]()
  expect(copiedIn(directory)).toEqual(['a', 'b'])
})
