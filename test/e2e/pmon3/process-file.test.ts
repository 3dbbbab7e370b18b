// pmon3's page, 2.7, 4 and 5: the process file, init, dgraph and export; scenario 18.
import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { descOf, fileOf, pidOf, processFile, program, refusal, sleepers, statuses } from './stage.ts'

/** One entry with every key, as each format writes it. */
const full: Readonly<Record<string, (dir: string) => string>> = {
  'processes.json': (dir) =>
    `{"processes": [{"file": "/bin/sleep", "name": "a", "args": "1000", "env_vars": "A=1 B=2", "user": "root", "log": "${dir}/a.txt",
      "no_auto_restart": true, "dependencies": ["b"], "groups": ["g", "h"]},
      {"FILE": "/bin/sleep", "Name": "b", "args": "1000", "log_dir": "${dir}/b/"}]}`,
  'processes.yaml': (dir) =>
    `processes:\n  - file: /bin/sleep\n    name: a\n    args: "1000"\n    env_vars: A=1 B=2\n    user: root\n    log: ${dir}/a.txt\n` +
    `    no_auto_restart: true\n    dependencies: [b]\n    groups:\n      - g\n      - h\n  - file: /bin/sleep\n    name: b\n    args: "1000"\n    log_dir: ${dir}/b/\n`,
  'processes.toml': (dir) =>
    `[[Processes]]\nFile = "/bin/sleep"\nName = "a"\nArgs = "1000"\nEnvVars = "A=1 B=2"\nUser = "root"\nLog = "${dir}/a.txt"\n` +
    `NoAutoRestart = true\ndependencies = ["b"]\nGroups = ["g", "h"]\n[[Processes]]\nfile = "/bin/sleep"\nname = "b"\nargs = "1000"\nLogDir = "${dir}/b/"\n`,
}

for (const [name, text] of Object.entries(full)) {
  test(`[PN1] [PN2] every key of ${name}`, async () => {
    await using daemon = await aDaemon({
      files: (dir) => ({ 'config.yml': `process_config_file: ${dir}/${name}\n`, [name]: text(dir) }),
    })
    await daemon.until('a', 'running')
    expect(Object.fromEntries(await descOf(daemon, 'a'))).toMatchObject({
      process: '/bin/sleep',
      args: '1000',
      'env-vars': 'A=1 B=2',
      user: 'root',
      log: join(daemon.dir, 'a.txt'),
      'no-autorestart': 'true',
      dependencies: 'b',
      groups: 'g, h',
    })
    expect((await daemon.view('b')).log).toBe(join(daemon.dir, 'b/b.log'))
    expect(existsSync(join(daemon.dir, 'b/b.log'))).toBe(true)
  })
}

test('[DM13] config and database merge: file entries first and in its order, their keys win whole; what left the file stays', async () => {
  await using daemon = await aDaemon({ files: processFile([{ name: 'z' }, { name: 'gone' }]) })
  await daemon.until('gone', 'running')
  await daemon.json('exec', '/bin/sleep', '-a', '1000', '--name', 'own', '-g', 'mine', '-e', 'A=1')
  await daemon.json('group', 'create', 'extra')
  await daemon.json('group', 'assign', 'extra', 'z')
  await daemon.json('restart', 'z', '-e', 'X=1')
  daemon.write('processes.json', fileOf([{ name: 'new' }, { name: 'z', args: '2000', groups: ['g'] }]))
  expect((await daemon.cli('dgraph', '-c')).stdout).toBe('Queue Order\n\t0: new\n\t1: z\n')
  expect((await daemon.cli('dgraph')).stdout).toBe('Queue Order\n\t0: new\n\t1: z\n\t2: gone\n\t3: own\n')
  const pid = await pidOf(daemon, 'z')
  await daemon.json('init')
  expect(await daemon.view('z')).toMatchObject({ pid, groups: ['g'] })
  await daemon.json('restart', 'z')
  const z = await descOf(daemon, 'z')
  expect([z.get('args'), z.has('env-vars'), z.get('groups')]).toEqual(['2000', false, 'g'])
  expect(await daemon.view('own')).toMatchObject({ groups: ['mine'], status: 'running' })
  expect(await statuses(daemon)).toEqual(['z running', 'gone running', 'own running', 'new running'])
})

test('[DM13] [CL53] init starts all, with -c only the file; what runs keeps its pid', async () => {
  await using daemon = await aDaemon({ files: processFile([{ name: 'web' }, { name: 'api', groups: ['g'] }]) })
  await daemon.until('api', 'running')
  await sleepers(daemon, 'own')
  const pid = await pidOf(daemon, 'api')
  await daemon.json('stop', 'web', 'own')
  daemon.write('processes.json', fileOf([{ name: 'web' }, { name: 'api', groups: ['h'] }, { name: 'more' }]))
  await daemon.json('init', '--process-config-only')
  expect(await statuses(daemon)).toEqual(['web running', 'api running', 'own stopped', 'more running'])
  expect(await daemon.view('api')).toMatchObject({ pid, groups: ['h'] })
  await daemon.json('init', '--blocking')
  expect(await statuses(daemon)).toEqual(['web running', 'api running', 'own running', 'more running'])
  expect((await daemon.view('api')).pid).toBe(pid)
})

test('[DM13] a changed file of an entry that runs is the program of its next run, and there is one copy', async () => {
  await using daemon = await aDaemon({ files: processFile([{ name: 'web' }]) })
  const pid = await pidOf(daemon, 'web')
  const other = program(daemon, 'other', 'exec sleep 100000')
  daemon.write('processes.json', fileOf([{ name: 'web', file: other }]))
  await daemon.json('init')
  expect((await daemon.view('web')).pid).toBe(pid)
  await daemon.json('restart', 'web')
  expect(await daemon.view('web')).toMatchObject({ command: [other, '100000'], id: 1 })
})

test('[DM16] start NAME and restart NAME take one entry of the process file after drop', async () => {
  await using daemon = await aDaemon({ files: processFile([{ name: 'web', env_vars: 'A=1' }, { name: 'api' }]) })
  await daemon.until('api', 'running')
  await daemon.json('drop')
  expect(await daemon.json<ProcessView>('start', 'api')).toMatchObject({ id: 1, name: 'api', status: 'running' })
  expect(await daemon.json<ProcessView>('restart', 'web')).toMatchObject({ id: 2, name: 'web', status: 'running' })
  expect((await descOf(daemon, 'web')).get('env-vars')).toBe('A=1')
  const unknown = refusal(await daemon.cli('start', 'nope'))
  expect(unknown).toMatchObject({ code: 4, stderr: expect.stringContaining('There is no process "nope"') })
})

test('[CS5] [PN1] PMON3_PROCESS_CONF names the process file where the configuration does not', async () => {
  await using daemon = await aDaemon({
    starts: false,
    files: { 'mine.json': fileOf([{ name: 'web' }]) },
    env: { PMON3_PROCESS_CONF: 'mine.json' },
  })
  const file = daemon.write('mine.json', fileOf([{ name: 'web' }]))
  await using other = await aDaemon({ env: { PMON3_PROCESS_CONF: file } })
  await other.until('web', 'running')
})

const six = ['c3', 'c4', 'c2', 'c1', 'c5', 'c6']
const graph = [
  { name: 'c1', dependencies: ['c2', 'c3'] },
  { name: 'c2', dependencies: ['c4'] },
  { name: 'c3' },
  { name: 'c4' },
  { name: 'c5' },
]

test('[CL57] [DM20] dgraph, order, and -c: pmon3 text', async () => {
  await using daemon = await aDaemon({ files: processFile(graph) })
  await daemon.until('c1', 'running')
  await sleepers(daemon, 'c6')
  const text = (queue: readonly string[]): string =>
    `Queue Order\n${queue.map((name, n) => `\t${n}: ${name}\n`).join('')}Dependency Graph Order\n\t0: c3\n\t1: c4\n\t2: c2\n\t3: c1\n`
  expect(await daemon.cli('dgraph')).toMatchObject({ code: 0, stdout: text(six), stderr: '' })
  expect((await daemon.cli('order', '-c')).stdout).toBe(text(six.slice(0, 5)))
  expect((await daemon.cli('dgraph', '--process-config-only')).stdout).toBe(text(six.slice(0, 5)))
})

test('[CL57] dgraph without dependencies has one block, without processes its head alone', async () => {
  await using daemon = await aDaemon()
  expect((await daemon.cli('dgraph')).stdout).toBe('Queue Order\n')
  expect((await daemon.cli('dgraph', '-c')).stdout).toBe('Queue Order\n')
  await sleepers(daemon, 'b', 'a')
  expect((await daemon.cli('dgraph')).stdout).toBe('Queue Order\n\t0: b\n\t1: a\n')
})

test('[CF11] [CF12] [CL57] scenario 18: a cycle and an unknown name start nothing, and are told with file and line: exit 2', async () => {
  const cycle =
    '{"processes": [\n{"file": "/bin/sleep", "name": "a", "dependencies": ["b"]},\n{"file": "/bin/sleep", "name": "b", "dependencies": ["a"]},\n{"file": "/bin/sleep", "name": "c", "dependencies": ["nope"]}\n]}'
  await using daemon = await aDaemon({
    files: (dir) => ({ 'config.yml': `process_config_file: ${dir}/processes.json\n`, 'processes.json': cycle }),
  })
  const path = join(daemon.dir, 'processes.json')
  for (const line of ['dgraph', 'dgraph -c', 'init', 'init -c', 'init -b', `check ${path}`]) {
    const { code, stdout, stderr } = await daemon.cli(...line.split(' '))
    expect([line, code]).toEqual([line, 2])
    expect(stdout + stderr).toMatch(/processes\.json:3:\d+: .*a → b → a|processes\.json:3:\d+: .*b → a → b/)
    expect(stdout + stderr).toMatch(/processes\.json:4:\d+: there is no process "nope"/)
  }
  expect(await daemon.ls()).toEqual([])
  expect(daemon.stderr).toContain('a → b → a')
})

test('[CF12] a process that waits for itself: exit 2, and nothing of the file starts', async () => {
  await using daemon = await aDaemon({ files: processFile([{ name: 'a', dependencies: ['a'] }, { name: 'b' }]) })
  for (const line of ['dgraph', 'dgraph -c', 'init', 'init -c']) {
    const { code, stderr } = refusal(await daemon.cli(...line.split(' ')))
    expect([line, code, stderr]).toEqual([line, 2, expect.stringContaining('a → a')])
  }
  expect(await daemon.ls()).toEqual([])
})

test('[CL68] [DM15] what an unknown user, a bad key or a broken file does is said, and what runs goes on', async () => {
  await using daemon = await aDaemon({ files: processFile([{ name: 'web' }]) })
  const pid = await pidOf(daemon, 'web')
  for (const [text, told] of [
    ['{"processes": [', 'processes.json:1:'],
    ['{"processes": [{"file": "/bin/sleep", "nmae": "x"}]}', 'did you mean "name"'],
    ['{"processes": [{"file": "/bin/sleep", "name": "x", "no_auto_restart": "maybe"}]}', 'no_auto_restart'],
  ] as const) {
    daemon.write('processes.json', text)
    const { code, stderr } = refusal(await daemon.cli('init'))
    expect([code, stderr]).toEqual([2, expect.stringContaining(told)])
    expect(await daemon.view('web')).toMatchObject({ pid })
  }
  daemon.write('processes.json', fileOf([{ name: 'web' }, { name: 'who', user: 'nosuchuser' }, { name: 'fine' }]))
  const { code, stderr } = await daemon.cli('init')
  expect([code, stderr]).toEqual([1, expect.stringContaining('there is no user nosuchuser')])
  expect(await statuses(daemon)).toEqual(['web running', 'who failed', 'fine running'])
})

test('[DM5] pmon3 reloads at the next command: so do we', async () => {
  await using daemon = await aDaemon({ files: processFile([{ name: 'web' }]) })
  await daemon.until('web', 'running')
  daemon.write('processes.json', fileOf([{ name: 'web' }, { name: 'late' }]))
  expect(await daemon.json<ProcessView>('start', 'late')).toMatchObject({ name: 'late', status: 'running' })
  daemon.write('config.yml', `process_config_file: ${daemon.dir}/processes.json\nlogs_dir: ${daemon.dir}/elsewhere\n`)
  await daemon.json('exec', '/bin/sleep', '-a', '1000', '--name', 'logs')
  expect((await daemon.view('logs')).log).toBe(join(daemon.dir, 'elsewhere/logs.log'))
})

test('[CL58] export takes -f, -o and a format, sorted by any field; the database and not the file', async () => {
  await using daemon = await aDaemon({ files: processFile([{ name: 'b' }, { name: 'a' }]) })
  await daemon.until('a', 'running')
  const names = async (...args: string[]) =>
    (JSON.parse((await daemon.cli('export', ...args)).stdout) as { processes: ProcessView[] }).processes.map(
      ({ name }) => name,
    )
  expect(await names()).toEqual(['b', 'a'])
  expect(await names('-o', 'name')).toEqual(['a', 'b'])
  expect(await names('json', '--order', 'name')).toEqual(['a', 'b'])
  expect(await names('-f', 'json', '-o', 'id')).toEqual(['b', 'a'])
  expect((await daemon.cli('export', '--format', 'toml')).stdout).toBe((await daemon.cli('export', 'toml')).stdout)
  daemon.write('processes.json', fileOf([]))
  expect(await names()).toEqual(['b', 'a'])
})

test('[CL58] [DM21] what is exported, in every format, declares the same processes again', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'db')
  await daemon.json(
    'exec',
    '/bin/sleep',
    '-a',
    `1000`,
    '-e',
    `A=1 B='two words'`,
    '-n',
    '-d',
    'db',
    '-g',
    'g,h',
    '--name',
    'web',
    '--stop-timeout',
    '3s',
  )
  for (const format of ['json', 'yaml', 'toml']) {
    const { stdout } = await daemon.cli('export', format)
    daemon.write(`again.${format}`, stdout)
    await using other: Daemon = await aDaemon({ files: { [`again.${format}`]: stdout } })
    await other.json('apply', `again.${format}`, '--yes')
    const there = await other.cli('export', format)
    expect(there.stdout).toBe(stdout)
  }
})

test('[DM24] a process file that is not there counts as empty, and is said; made later it is taken', async () => {
  await using daemon = await aDaemon({
    files: (dir) => ({ 'config.yml': `process_config_file: ${dir}/processes.json\n` }),
  })
  const path = join(daemon.dir, 'processes.json')
  expect(daemon.stderr).toContain(`${path}: there is no such process file`)
  await sleepers(daemon, 'own')
  await daemon.json('stop', 'own')
  const begun = await daemon.cli('init')
  expect([begun.code, begun.stderr]).toEqual([0, expect.stringContaining(path)])
  expect(await statuses(daemon)).toEqual(['own running'])
  daemon.write('processes.json', fileOf([{ name: 'web' }]))
  expect(await daemon.cli('init')).toMatchObject({ code: 0, stderr: '' })
  expect(await statuses(daemon)).toEqual(['own running', 'web running'])
})
