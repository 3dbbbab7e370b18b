// Databases of every version that ever was are taken over by this one.
import { expect, test } from 'bun:test'
import { globSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { openStore } from '../../src/store/sqlite.ts'
import { migrations as ours, type Migration } from '../../src/store/sqlite/schema.ts'
import { StateDirectory } from '../contract/store/directory.ts'
import { content } from './content.ts'

const fixtures = globSync('test/upgrades/v*.sql').toSorted()

/** A state directory in which a daemon of that version was killed. */
function left(fixture: string): StateDirectory {
  const directory = new StateDirectory()
  using database = new DatabaseSync(directory.file('coppice.db'))
  database.exec(`BEGIN; ${readFileSync(fixture, 'utf8')}; COMMIT`)
  return directory
}

test('[DB14] there is a fixture of every version', () => {
  expect(fixtures).toEqual(ours.map((_, index) => `test/upgrades/v${index + 1}.sql`))
})

for (const fixture of fixtures) {
  test(`[DB14] ${fixture} is taken over whole`, () => {
    using directory = left(fixture)
    using store = directory.open()
    const { processes, groups, alarms } = store.found
    expect(alarms).toEqual([])
    expect(processes.map(({ at: _at, wall: _wall, ...stored }) => stored)).toStrictEqual([...content.processes])
    expect(processes.map(({ at, wall }) => ({ at, wall }))).toEqual(
      content.processes.map(() => ({ at: content.at, wall: content.wall })),
    )
    expect(groups).toEqual([...content.groups])
    const entries = store.journal({ since: 0, process: null, limit: 10 })
    expect(entries.map(({ id: _id, ...entry }) => entry)).toEqual([...content.journal])
  })
}

const fixture = 'test/upgrades/v1.sql'
const next = ours.length + 1
const copy = 'coppice.db.v1.bak'

test('[DB14] an older database is brought to the present version, after a copy of it was made', () => {
  using directory = left(fixture)
  const rename: Migration = (database) =>
    database.exec(`
      ALTER TABLE processes ADD COLUMN colour TEXT NOT NULL DEFAULT 'green';
      UPDATE processes SET name = 'www', spec = json_set(spec, '$.name', 'www') WHERE name = 'web'`)
  {
    using store = directory.open({ migrations: [...ours, rename] })
    expect(store.found.processes.map(({ process }) => process.spec.name)).toEqual([
      'www',
      'db',
      'disk',
      'flapping',
      'doomed',
    ])
    expect(store.found.alarms).toEqual([])
  }
  expect(directory.ask('PRAGMA user_version')).toEqual([{ user_version: next }])
  expect(directory.ask('SELECT name, colour FROM processes WHERE id = 1')).toEqual([{ name: 'www', colour: 'green' }])
  expect(directory.ask('PRAGMA user_version', copy)).toEqual([{ user_version: 1 }])
  expect(directory.ask('SELECT name FROM processes WHERE id = 1', copy)).toEqual([{ name: 'web' }])
  expect(openStore({ directory: directory.path })).toMatchObject({ ok: false, failure: { code: 'store-newer' } })
})

test('[DB14] a migration that fails leaves the database as it was, and says so', () => {
  using directory = left(fixture)
  const fails: Migration = (database) => database.exec('DELETE FROM processes; SELECT * FROM nowhere')
  const opened = openStore({ directory: directory.path, migrations: [...ours, fails] })
  expect(opened).toMatchObject({ ok: false, failure: { code: 'store-unmigrated' } })
  expect(!opened.ok && opened.failure.message).toContain(`from version 1 to ${next}`)
  using store = directory.open()
  expect(store.found.processes).toHaveLength(content.processes.length)
})

test('[DB14] a copy of an older version that is taken is brought to the present one too', () => {
  using directory = left(fixture)
  directory.write('coppice.db.bak', directory.read('coppice.db'))
  directory.write('coppice.db', 'garbage')
  using store = directory.open({
    migrations: [...ours, (database) => database.exec('CREATE TABLE more (a TEXT) STRICT')],
  })
  expect(store.found.processes).toHaveLength(content.processes.length)
  expect(directory.names()).toContain(copy)
})
