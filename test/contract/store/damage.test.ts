// What is done about a database that is damaged, gone, or too new.
import { expect, test } from 'bun:test'
import { utimesSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { openStore } from '../../../src/store/sqlite.ts'
import { migrations } from '../../../src/store/sqlite/schema.ts'
import type { Store } from '../../../src/store/store.ts'
import { StateDirectory } from './directory.ts'
import { aBatch, anEntry, aProcess, stored } from './stored.ts'

const copiedAt = '2026-08-01T08:00:00.000Z'
const aside = 'coppice.db.damaged-2026-08-01T12-00-00.000Z'

/** A database with `web` that was closed, and was then used for `late`, which is not in the copy. */
function used(directory: StateDirectory): void {
  directory.with((store) => commit(store, 'web', 1))
  utimesSync(directory.file('coppice.db.bak'), new Date(copiedAt), new Date(copiedAt))
  using store = directory.open()
  commit(store, 'late', 2)
}

function commit(store: Store, name: string, id: number): void {
  const done = store.commit(aBatch({ processes: [stored(aProcess(name, { id }))] }))
  if (!done.ok) throw new Error(done.failure.message)
}

function namesIn(store: Store): string[] {
  return store.found.processes.map(({ process }) => process.spec.name)
}

const damages: Readonly<Record<string, (directory: StateDirectory) => void>> = {
  'is garbage': (directory) => directory.write('coppice.db', 'garbage '.repeat(5000)),
  'is empty': (directory) => directory.write('coppice.db', ''),
  'is cut off': (directory) => directory.write('coppice.db', directory.read('coppice.db').subarray(0, 20_000)),
  'is cut off in its header': (directory) =>
    directory.write('coppice.db', directory.read('coppice.db').subarray(0, 50)),
  'has holes': (directory) => directory.write('coppice.db', directory.read('coppice.db').fill(0, 4096, 12_000)),
  "is somebody else's": (directory) => directory.meddle('PRAGMA application_id = 1; PRAGMA wal_checkpoint(TRUNCATE)'),
}

const says: Readonly<Record<string, string>> = {
  'is garbage': 'it is no SQLite database',
  'is empty': 'it is empty',
  'is cut off': 'database disk image is malformed',
  'is cut off in its header': 'it is no database of coppice',
  'has holes': 'Tree 2 page 2',
  "is somebody else's": 'it is no database of coppice',
}

for (const [how, damage] of Object.entries(damages)) {
  test(`[DB6] a database that ${how} is set aside as it is, and the last good copy taken`, () => {
    using directory = new StateDirectory()
    used(directory)
    damage(directory)
    const damaged = directory.read('coppice.db')
    using store = directory.open()
    expect(namesIn(store)).toEqual(['web'])
    expect(store.found.closedCleanly).toBe(false)
    expect(directory.read(aside)).toEqual(damaged)
    const [alarm, ...others] = store.found.alarms
    expect(others).toEqual([])
    expect(alarm).toMatchObject({ code: 'store-damaged' })
    expect(alarm?.message).toStartWith(`${directory.file('coppice.db')} is damaged: ${says[how]}`)
    expect(alarm?.message).toContain(`${directory.file('coppice.db.bak')} of ${copiedAt}`)
    expect(alarm?.hint).toContain(directory.file(aside))
  })
}

test('[DB6] what SQLite keeps beside a damaged database goes aside with it, and nothing that was set aside is overwritten', () => {
  using directory = new StateDirectory()
  used(directory)
  for (const text of ['first', 'second']) {
    directory.write('coppice.db', text)
    directory.write('coppice.db-wal', `${text} wal`)
    directory.open()[Symbol.dispose]()
  }
  const read = (name: string): string => directory.read(name).toString()
  expect([read(aside), read(`${aside}-wal`)]).toEqual(['first', 'first wal'])
  expect([read(`${aside}-2`), read(`${aside}-2-wal`)]).toEqual(['second', 'second wal'])
})

test('[DB6] looking at a database that a crash has left changes nothing of it', () => {
  using directory = new StateDirectory()
  used(directory)
  using crashed = new StateDirectory()
  using store = directory.open()
  commit(store, 'unwritten', 3)
  for (const name of ['coppice.db', 'coppice.db-wal']) crashed.write(name, directory.read(name))
  using next = crashed.open()
  expect(namesIn(next)).toEqual(['web', 'late', 'unwritten'])
})

test('[DB7] a database that is gone while its copy is there: the copy is taken', () => {
  using directory = new StateDirectory()
  used(directory)
  for (const name of directory.names()) if (name !== 'coppice.db.bak') Bun.spawnSync(['rm', directory.file(name)])
  {
    using store = directory.open()
    expect(namesIn(store)).toEqual(['web'])
    expect(store.found.closedCleanly).toBe(false)
    expect(store.found.alarms).toMatchObject([{ code: 'store-gone' }])
    expect(store.found.alarms[0]?.message).toContain(copiedAt)
    commit(store, 'late', 2)
  }
  using store = directory.open()
  expect(namesIn(store)).toEqual(['web', 'late'])
  expect(store.found.alarms).toEqual([])
})

test('[DB7] a journal that was left behind is not mixed into the copy', () => {
  using directory = new StateDirectory()
  directory.with((store) => commit(store, 'web', 1))
  using left = directory.open()
  commit(left, 'late', 2)
  Bun.spawnSync(['rm', directory.file('coppice.db')])
  using store = directory.open()
  expect(namesIn(store)).toEqual(['web'])
  expect(directory.names()).toContain(`${aside}-wal`)
})

test('[DB8] without a copy it begins anew, and says so', () => {
  using directory = new StateDirectory()
  directory.write('coppice.db', 'garbage')
  {
    using store = directory.open()
    expect(store.found.processes).toEqual([])
    expect(store.found.alarms).toMatchObject([{ code: 'store-damaged' }])
    expect(store.found.alarms[0]?.message).toContain('no copy')
    commit(store, 'web', 1)
  }
  using store = directory.open()
  expect(namesIn(store)).toEqual(['web'])
  expect(store.found.alarms).toEqual([])
})

test('[DB8] a copy that is damaged too is set aside as well', () => {
  using directory = new StateDirectory()
  used(directory)
  directory.write('coppice.db', 'garbage')
  directory.write('coppice.db.bak', 'rubbish')
  using store = directory.open()
  expect(store.found.processes).toEqual([])
  expect(store.found.alarms[0]?.message).toContain('its copy is damaged too')
  expect(directory.read(aside).toString()).toBe('garbage')
  expect(directory.read('coppice.db.bak.damaged-2026-08-01T12-00-00.000Z').toString()).toBe('rubbish')
})

test('a first start has nothing to say', () => {
  using directory = new StateDirectory()
  using store = directory.open()
  expect(store.found).toEqual({ processes: [], groups: [], closedCleanly: true, complete: false, alarms: [] })
})

test('[DB11] a database of a newer coppice is refused and not touched', () => {
  using directory = new StateDirectory()
  used(directory)
  directory.meddle(`PRAGMA user_version = ${migrations.length + 1}; PRAGMA wal_checkpoint(TRUNCATE)`)
  expectUntouched(directory)
})

test('[DB11] also where only its journal tells the version, or where it is the copy', () => {
  using directory = new StateDirectory()
  used(directory)
  using newer = new DatabaseSync(directory.file('coppice.db'))
  newer.exec(`PRAGMA user_version = ${migrations.length + 1}`)
  expectUntouched(directory)
  newer.close()
  directory.write('coppice.db.bak', directory.read('coppice.db'))
  directory.write('coppice.db', 'garbage')
  expectUntouched(directory)
})

function expectUntouched(directory: StateDirectory): void {
  const before = directory.names().map((name) => [name, name.endsWith('-shm') ? '' : directory.read(name)] as const)
  const opened = openStore({ directory: directory.path })
  expect(opened).toMatchObject({ ok: false, failure: { code: 'store-newer' } })
  expect(!opened.ok && opened.failure.hint).toContain('Install that coppice again')
  for (const [name, content] of before) if (content !== '') expect(directory.read(name)).toEqual(content)
  expect(directory.names().filter((name) => !name.endsWith('-shm') && !name.endsWith('-wal'))).toEqual(
    before.map(([name]) => name).filter((name) => !name.endsWith('-shm') && !name.endsWith('-wal')),
  )
}

const rowDamages: Readonly<Record<string, { sql: string; says: string }>> = {
  'no JSON': { sql: `UPDATE processes SET state = '{' WHERE name = 'web'`, says: 'state' },
  'a missing key': {
    sql: `UPDATE processes SET spec = json_remove(spec, '$.env') WHERE name = 'web'`,
    says: 'spec.env',
  },
  'an unknown state': {
    sql: `UPDATE processes SET state = json_set(state, '$.state.tag', 'flying') WHERE name = 'web'`,
    says: 'state.tag',
  },
  'another name': {
    sql: `UPDATE processes SET spec = json_set(spec, '$.name', 'other') WHERE name = 'web'`,
    says: 'other',
  },
  'another id': { sql: `UPDATE processes SET id = 9 WHERE name = 'web'`, says: 'id 1' },
}

for (const [what, { sql, says }] of Object.entries(rowDamages)) {
  test(`[DB12] a process with ${what} is set aside with an alarm, and the others are there`, () => {
    using directory = new StateDirectory()
    directory.with((store) => {
      const processes = [stored(aProcess('web')), stored(aProcess('db', { id: 2 }))]
      store.commit(aBatch({ processes, journal: [anEntry()] }))
    })
    directory.meddle(sql)
    {
      using store = directory.open()
      expect(namesIn(store)).toEqual(['db'])
      expect(store.found.alarms).toMatchObject([{ code: 'store-process-unreadable' }])
      expect(store.found.alarms[0]?.message).toContain('"web"')
      expect(store.found.alarms[0]?.message).toContain(says)
      commit(store, 'web', 3)
    }
    expect(directory.ask('SELECT name FROM set_aside')).toEqual([{ name: 'web' }])
    using store = directory.open()
    expect(namesIn(store)).toEqual(['db', 'web'])
    expect(store.found.alarms).toEqual([])
  })
}
