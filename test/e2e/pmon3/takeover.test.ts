// From pmon3 to coppice: the directories of somebody who has pmon3 1.16, 1.17 or 1.18, as they are.
import { expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import type { GroupView } from '../../../src/wire/declare.ts'
import type { SupervisorView } from '../../../src/wire/routes.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { descOf, sleepers, statuses } from './stage.ts'

/** As GORM makes them in 1.18. */
const tables = `
  CREATE TABLE \`processes\` (\`created_at\` datetime, \`updated_at\` datetime, \`log\` text, \`name\` text, \`process_file\` text,
    \`args\` text, \`env_vars\` text, \`username\` text, \`dependencies\` text, \`status\` integer,
    \`id\` integer PRIMARY KEY AUTOINCREMENT, \`pid\` integer, \`uid\` integer, \`gid\` integer, \`auto_restart\` numeric,
    CONSTRAINT \`uni_processes_name\` UNIQUE (\`name\`));
  CREATE TABLE \`groups\` (\`id\` integer PRIMARY KEY AUTOINCREMENT, \`created_at\` datetime, \`updated_at\` datetime,
    \`name\` text, CONSTRAINT \`uni_groups_name\` UNIQUE (\`name\`));
  CREATE TABLE \`process_groups\` (\`process_id\` integer, \`group_id\` integer, PRIMARY KEY (\`process_id\`, \`group_id\`));
`

/** Versions before groups, dependencies and a column for the environment. */
const olderTables = `
  CREATE TABLE \`processes\` (\`id\` integer PRIMARY KEY AUTOINCREMENT, \`created_at\` datetime, \`updated_at\` datetime, \`pid\` integer,
    \`log\` text, \`name\` text UNIQUE, \`process_file\` text, \`args\` text, \`status\` integer, \`auto_restart\` numeric, \`uid\` integer,
    \`username\` text, \`gid\` integer);
`

const olderRows = (dir: string): string => `
  INSERT INTO processes VALUES
    (1, '2026-01-01 08:00:00+01:00', '2026-01-02 08:00:00+01:00', 0, '${dir}/logs/web.log', 'web', '/bin/sleep', '100000', 2, 1, 0, 'root', 0),
    (2, '2026-01-01 08:00:00+01:00', '2026-01-02 09:00:00+01:00', 0, '${dir}/logs/rests.log', 'rests', '/bin/sleep', '100000', 3, 1, 0, 'root', 0),
    (3, '2026-01-01 08:00:00+01:00', '2026-01-02 10:00:00+01:00', 0, '${dir}/other/once.log', 'once', '/bin/sleep', '100000', 2, 0, 0, 'root', 0);
`

const newerRows = (dir: string): string => `
  INSERT INTO processes (id, name, process_file, args, env_vars, username, dependencies, status, pid, uid, gid, auto_restart, log, created_at, updated_at)
  VALUES
    (1, 'web', '/bin/sleep', '100000', 'A=1 B=2', 'root', 'db', 2, 0, 0, 0, 1, '${dir}/logs/web.log', '2026-01-01 08:00:00.123456789+01:00', '2026-01-02 08:00:00.5+01:00'),
    (2, 'db', '/bin/sleep', '100000', '', 'root', '', 2, 0, 0, 0, 1, '${dir}/logs/db.log', '2026-01-01 08:00:00+01:00', '2026-01-02 08:00:00+01:00'),
    (3, 'rests', '/bin/sleep', '100000', '', 'root', '', 3, 0, 0, 0, 1, '${dir}/logs/rests.log', '2026-01-01 08:00:00+01:00', '2026-01-02 07:00:00+01:00');
  INSERT INTO groups (id, name) VALUES (1, 'all'), (2, 'front'), (3, 'empty');
  INSERT INTO process_groups VALUES (1, 2), (1, 1), (2, 1);
`

/** A daemon that has not started yet, beside a pmon3 whose `data.db` these statements make. */
async function besidePmon3(
  files: (dir: string) => Readonly<Record<string, string>>,
  { config, sql }: { readonly config: string; readonly sql: (dir: string) => string },
): Promise<{ daemon: Daemon; database: string }> {
  const settings = { PMON3_CONF: '' }
  const daemon = await aDaemon({ starts: false, files, env: settings })
  settings.PMON3_CONF = join(daemon.dir, config)
  mkdirSync(join(daemon.dir, 'data'))
  const database = join(daemon.dir, 'data/data.db')
  using opened = new DatabaseSync(database)
  opened.exec(sql(daemon.dir))
  return { daemon, database }
}

async function alarmsOf(daemon: Daemon): Promise<string> {
  const answer = await fetch('http://coppice/v1/supervisor', { unix: join(daemon.home, 'coppice.sock') })
  return (((await answer.json()) as SupervisorView).alarms ?? []).join('\n')
}

async function again(daemon: Daemon): Promise<void> {
  daemon.signal('SIGTERM')
  expect(await daemon.ended()).toBe(0)
  await daemon.start()
}

test('[DM19] [CS1] [PN9] a user of 1.16 and 1.17: flat keys, a list of apps, a database without the newer columns', async () => {
  const { daemon: made, database } = await besidePmon3(
    (dir) => ({
      'etc/config.yml': `log_level: "info"\nhandle_interrupts: true\ndata_dir: ${dir}/data\nlogs_dir: ${dir}/logs\nprocess_config_file: ${dir}/etc/apps.json\n`,
      'etc/apps.json': JSON.stringify({
        apps: [
          {
            file: '/bin/sleep',
            flags: { name: 'filed', args: '100000', user: 'root', log_dir: `${dir}/logs`, no_autorestart: true },
          },
        ],
      }),
    }),
    { config: 'etc/config.yml', sql: (dir) => olderTables + olderRows(dir) },
  )
  await using daemon = made
  const before = readFileSync(database)
  await daemon.start()
  await daemon.until('filed', 'running')
  await daemon.until('web', 'running')
  expect(await statuses(daemon)).toEqual(['web running', 'rests stopped', 'once running', 'filed running'])
  expect((await daemon.ls()).map(({ log }) => log)).toEqual(
    ['logs/web.log', 'logs/rests.log', 'other/once.log', 'logs/filed.log'].map((path) => join(daemon.dir, path)),
  )
  expect(Object.fromEntries(await descOf(daemon, 'once'))).toMatchObject({
    args: '100000',
    'no-autorestart': 'true',
    user: 'root',
  })
  expect(readFileSync(database).equals(before)).toBe(true)
  expect(readdirSync(join(daemon.dir, 'data')).filter((name) => name.startsWith('data.db'))).toEqual(['data.db'])
  expect(await alarmsOf(daemon)).toBe('')
})

const files118: Readonly<Record<string, string>> = {
  json: '{"processes": [{"file": "/bin/sleep", "name": "db", "args": "200000", "groups": ["front"]}, {"file": "/bin/sleep", "name": "filed", "args": "100000", "dependencies": ["db"]}]}',
  yaml: 'processes:\n  - file: /bin/sleep\n    name: db\n    args: "200000"\n    groups: [front]\n  - file: /bin/sleep\n    name: filed\n    args: "100000"\n    dependencies: [db]\n',
  toml: '[[Processes]]\nFile = "/bin/sleep"\nName = "db"\nArgs = "200000"\ngroups = ["front"]\n[[Processes]]\nFile = "/bin/sleep"\nName = "filed"\nArgs = "100000"\ndependencies = ["db"]\n',
}

for (const [format, text] of Object.entries(files118)) {
  test(`[DM19] [CS1] a user of 1.18 with a process file in ${format}: processes, groups, links, wants, once and read-only`, async () => {
    const { daemon: made, database } = await besidePmon3(
      (dir) => ({
        'etc/config.yml': `data:\n  directory: ${dir}/data\nlogs:\n  directory: ${dir}/logs/\nprocess_config_file: ${dir}/etc/process.config.${format}\n`,
        [`etc/process.config.${format}`]: text,
      }),
      { config: 'etc/config.yml', sql: (dir) => tables + newerRows(dir) },
    )
    await using daemon = made
    const before = readFileSync(database)
    await daemon.start()
    await daemon.until('filed', 'running')
    await daemon.until('web', 'running')
    expect(await statuses(daemon)).toEqual(['web running', 'db running', 'rests stopped', 'filed running'])
    expect(Object.fromEntries(await descOf(daemon, 'web'))).toMatchObject({
      'env-vars': 'A=1 B=2',
      dependencies: 'db',
      groups: 'all, front',
      log: join(daemon.dir, 'logs/web.log'),
    })
    // The entry of the file wins over the row of its name, groups included.
    expect(Object.fromEntries(await descOf(daemon, 'db'))).toMatchObject({ args: '200000', groups: 'front' })
    expect(await daemon.json<GroupView[]>('group', 'ls')).toMatchObject([
      { id: 1, name: 'all', processes: ['web'] },
      { id: 2, name: 'front', processes: ['web', 'db'] },
      { id: 3, name: 'empty', processes: [] },
    ])
    await daemon.json('del', 'web')
    await daemon.json('group', 'del', 'empty')
    await again(daemon)
    await daemon.until('filed', 'running')
    expect(await statuses(daemon)).toEqual(['db running', 'rests stopped', 'filed running'])
    expect((await daemon.json<GroupView[]>('group', 'ls')).map(({ name }) => name)).toEqual(['all', 'front'])
    await daemon.json('drop')
    daemon.write(`etc/process.config.${format}`, '{"processes": []}')
    await again(daemon)
    expect((await daemon.ls()).map(({ name }) => name)).not.toContain('rests')
    expect(readFileSync(database).equals(before)).toBe(true)
  })
}

test('[DM19] what pmond stopped as it ended starts; what somebody had stopped before does not', async () => {
  const { daemon: made } = await besidePmon3(
    (dir) => ({ 'etc/config.yml': `data: {directory: ${dir}/data}\nlogs: {directory: ${dir}/logs}\n` }),
    {
      config: 'etc/config.yml',
      sql: (dir) => `${tables}${newerRows(dir)}
      UPDATE processes SET status = 3, updated_at = '2026-01-03 08:00:00.100+01:00' WHERE name = 'web';
      UPDATE processes SET status = 3, updated_at = '2026-01-03 08:00:00.300+01:00' WHERE name = 'db';`,
    },
  )
  await using daemon = made
  await daemon.start()
  await daemon.until('web', 'running')
  expect(await statuses(daemon)).toEqual(['web running', 'db running', 'rests stopped'])
})

test('[DM19] what still runs under pmon3 is not started a second time, and an alarm says what to do', async () => {
  await using pmond = Bun.spawn(['/bin/sleep', '100000'])
  const { daemon: made } = await besidePmon3(
    (dir) => ({ 'etc/config.yml': `data: {directory: ${dir}/data}\nlogs: {directory: ${dir}/logs}\n` }),
    {
      config: 'etc/config.yml',
      sql: (dir) => `${tables}${newerRows(dir)} UPDATE processes SET pid = ${pmond.pid} WHERE name = 'db';
      UPDATE processes SET pid = ${process.pid} WHERE name = 'web';`,
    },
  )
  await using daemon = made
  await daemon.start()
  expect(await alarmsOf(daemon)).toContain(`db runs under pmon3, with pid ${pmond.pid}`)
  expect(daemon.stderr).toContain('`coppice start db`')
  expect((await daemon.view('db')).status).toBe('stopped')
  // A stranger has the pid of web by now.
  expect((await daemon.view('web')).status).not.toBe('stopped')
  await daemon.json('start', 'db')
  await daemon.until('web', 'running')
})

test('[DM19] [DB15] a data.db that is none is an alarm, and the daemon starts without it', async () => {
  const { daemon: made, database } = await besidePmon3(
    (dir) => ({ 'etc/config.yml': `data: {directory: ${dir}/data}\n` }),
    {
      config: 'etc/config.yml',
      sql: () => 'CREATE TABLE other (id integer)',
    },
  )
  await using daemon = made
  await daemon.start()
  expect(await alarmsOf(daemon)).toContain(database)
  await sleepers(daemon, 'web')
  expect(await statuses(daemon)).toEqual(['web running'])
})

test('[DM19] a process that cannot be taken over is an alarm that names it; the others are there', async () => {
  const { daemon: made } = await besidePmon3(
    (dir) => ({ 'etc/config.yml': `data: {directory: ${dir}/data}\nlogs: {directory: ${dir}/logs}\n` }),
    {
      config: 'etc/config.yml',
      sql: (dir) => `${tables}${newerRows(dir)} UPDATE processes SET name = 'my web' WHERE name = 'web';`,
    },
  )
  await using daemon = made
  await daemon.start()
  await daemon.until('db', 'running')
  expect(await alarmsOf(daemon)).toContain('"my web"')
  expect((await daemon.ls()).map(({ name }) => name)).toEqual(['db', 'rests'])
})

test('[DM19] arguments mean what they meant: a lone quote is a part of its word', async () => {
  const { daemon: made } = await besidePmon3(
    (dir) => ({ 'etc/config.yml': `data: {directory: ${dir}/data}\nlogs: {directory: ${dir}/logs}\n` }),
    {
      config: 'etc/config.yml',
      sql: (dir) =>
        `${tables}${newerRows(dir)} UPDATE processes SET process_file = '/bin/sh', args = 'it''s  one' WHERE name = 'rests';`,
    },
  )
  await using daemon = made
  await daemon.start()
  expect((await daemon.view('rests')).command).toEqual(['/bin/sh', "it's", '', 'one'])
})
