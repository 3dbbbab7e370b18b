// pmon3's database, as its versions have written it.
import { expect, test } from 'bun:test'
import { DatabaseSync } from 'node:sqlite'
import { readPmon3Database } from '../../../src/store/pmon3.ts'
import { StateDirectory } from './directory.ts'

/** As GORM makes them. */
const tables = `
  CREATE TABLE \`processes\` (\`created_at\` datetime, \`updated_at\` datetime, \`log\` text, \`name\` text, \`process_file\` text,
    \`args\` text, \`env_vars\` text, \`username\` text, \`dependencies\` text, \`status\` integer,
    \`id\` integer PRIMARY KEY AUTOINCREMENT, \`pid\` integer, \`uid\` integer, \`gid\` integer, \`auto_restart\` numeric,
    CONSTRAINT \`uni_processes_name\` UNIQUE (\`name\`));
  CREATE TABLE \`groups\` (\`id\` integer PRIMARY KEY AUTOINCREMENT, \`created_at\` datetime, \`updated_at\` datetime,
    \`deleted_at\` datetime, \`name\` text, CONSTRAINT \`uni_groups_name\` UNIQUE (\`name\`));
  CREATE TABLE \`process_groups\` (\`process_id\` integer, \`group_id\` integer, PRIMARY KEY (\`process_id\`, \`group_id\`));
`
const rows = `
  INSERT INTO processes (id, name, process_file, args, env_vars, username, dependencies, status, pid, uid, gid, auto_restart, log, created_at, updated_at)
  VALUES
    (2, 'web', '/srv/web', '-p 80 --name "a b"', 'A=1 B=2', 'www', 'db cache', 2, 4711, 33, 33, 1, '/var/log/pmond/web.log',
     '2024-05-06 07:08:09.123456789+02:00', '2024-05-06 05:09:00Z'),
    (1, 'db', '/srv/db', '', '', 'root', '', 3, 0, 0, 0, 0, '', '2024-05-06 07:08:09.5 +0200 CEST', NULL);
  INSERT INTO groups (id, name, deleted_at) VALUES (2, 'front', NULL), (1, 'all', NULL), (3, 'gone', '2024-01-01 00:00:00');
  INSERT INTO process_groups VALUES (2, 2), (2, 1), (1, 1), (1, 3), (9, 1);
`

function aDatabase(directory: StateDirectory, sql: string): string {
  const path = directory.file('data.db')
  using database = new DatabaseSync(path)
  database.exec(sql)
  return path
}

test('[DB15] processes, groups and their links are read', () => {
  using directory = new StateDirectory()
  const read = readPmon3Database(aDatabase(directory, tables + rows))
  expect(read).toEqual({
    ok: true,
    value: {
      processes: [
        {
          id: 1,
          name: 'db',
          processFile: '/srv/db',
          args: '',
          envVars: '',
          dependencies: [],
          groups: ['all'],
          log: '',
          user: 'root',
          autoRestart: false,
          status: 3,
          pid: 0,
          createdAt: Date.parse('2024-05-06T05:08:09.500Z'),
          updatedAt: null,
        },
        {
          id: 2,
          name: 'web',
          processFile: '/srv/web',
          args: '-p 80 --name "a b"',
          envVars: 'A=1 B=2',
          dependencies: ['db', 'cache'],
          groups: ['all', 'front'],
          log: '/var/log/pmond/web.log',
          user: 'www',
          autoRestart: true,
          status: 2,
          pid: 4711,
          createdAt: Date.parse('2024-05-06T05:08:09.123Z'),
          updatedAt: Date.parse('2024-05-06T05:09:00Z'),
        },
      ],
      groups: [
        { id: 1, name: 'all' },
        { id: 2, name: 'front' },
      ],
    },
  })
})

test('[DB15] columns and tables that older versions had not count as empty', () => {
  using directory = new StateDirectory()
  const path = aDatabase(
    directory,
    `CREATE TABLE processes (id integer PRIMARY KEY, name text, process_file text, args text, log text, uid text, status text, auto_restart bool);
     INSERT INTO processes VALUES (1, 'old', '/srv/old', NULL, NULL, '33', 'running', 'true'), (2, 'older', '/srv/older', '', '', '', '4', NULL)`,
  )
  expect(readPmon3Database(path)).toMatchObject({
    ok: true,
    value: {
      processes: [
        {
          name: 'old',
          args: '',
          envVars: '',
          dependencies: [],
          groups: [],
          user: '33',
          status: 2,
          autoRestart: true,
          pid: 0,
        },
        { name: 'older', user: null, status: 4, autoRestart: true, createdAt: null },
      ],
      groups: [],
    },
  })
})

test('[DB15] what stands only in its journal is read too, and nothing of it is changed', () => {
  using directory = new StateDirectory()
  using crashed = new StateDirectory()
  const path = aDatabase(directory, tables)
  using pmond = new DatabaseSync(path)
  pmond.exec(`PRAGMA journal_mode = WAL; ${rows}`)
  for (const name of ['data.db', 'data.db-wal']) crashed.write(name, directory.read(name))
  const before = crashed.names().map((name) => crashed.read(name))
  expect(crashed.read('data.db-wal').length).toBeGreaterThan(0)
  const read = readPmon3Database(crashed.file('data.db'))
  expect(read.ok && read.value.processes.map(({ name }) => name)).toEqual(['db', 'web'])
  expect(crashed.names()).toEqual(['data.db', 'data.db-wal'])
  expect(crashed.names().map((name) => crashed.read(name))).toEqual(before)
})

test('[DB15] what is no database of pmon3 is refused', () => {
  using directory = new StateDirectory()
  directory.write('garbage', 'garbage '.repeat(1000))
  aDatabase(directory, 'CREATE TABLE others (id integer)')
  directory.write('empty', '')
  for (const name of ['garbage', 'data.db', 'empty', 'missing']) {
    const read = readPmon3Database(directory.file(name))
    expect(read).toMatchObject({ ok: false, failure: { code: 'pmon3-unreadable' } })
    expect(!read.ok && read.failure.message).toContain(directory.file(name))
  }
})
