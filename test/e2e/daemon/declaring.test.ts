// exec, init, apply, delete, export, groups: what is declared, and what that does to what runs.
import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import type { ApplyAnswer, ExportView, GroupView } from '../../../src/wire/declare.ts'
import type { ProcessView } from '../../../src/wire/process.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'

async function pids(daemon: Daemon): Promise<Record<string, number | null>> {
  return Object.fromEntries((await daemon.ls()).map(({ name, pid }) => [name, pid]))
}

test('[DM10] exec starts what the caller means: its directory, its arguments, its name', async () => {
  await using daemon = await aDaemon()
  daemon.write('bin/serve', '#!/bin/sh\nprintf "%s|" "$0" "$PWD" "$A" "$@"\nexec sleep 1000\n')
  Bun.spawnSync(['chmod', '+x', join(daemon.dir, 'bin/serve')])
  const started = await daemon.cli('exec', './bin/serve', '-a', `one "two three"`, '-e', 'A=b')
  expect([started.code, started.stderr]).toEqual([0, ''])
  expect(started.stdout).toMatch(/^ID +Name +PID/)
  const log = await daemon.fact('it has said so', async () => (await daemon.cli('log', 'serve')).stdout.trim() || null)
  expect(log).toBe(`${daemon.dir}/bin/serve|${daemon.dir}/bin|b|one|two three|`)
  await daemon.json('exec', './bin/serve', '--name', 'other', '--', 'a b', '%;$')
  await daemon.fact('bytes pass through', async () => (await daemon.cli('log', 'other')).stdout.includes('|a b|%;$|'))
})

test('[DM11] exec of what runs is refused; at rest it keeps what is not said anew', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'web', '-a', '1000', '-g', 'front')
  const twice = await daemon.cli('exec', 'sleep', '--name', 'web', '-a', '2000')
  expect([twice.code, twice.stderr]).toEqual([
    1,
    expect.stringContaining('process already running with the name provided: web'),
  ])
  await daemon.json('stop', 'web')
  const other = await daemon.cli('exec', 'tail', '--name', 'web', '-a', '-f /dev/null')
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('which runs sleep')])
  await daemon.json('exec', 'sleep', '--name', 'web', '-e', 'A=1')
  const view = await daemon.json<ProcessView & { env: object }>('desc', 'web')
  expect(view).toMatchObject({ status: 'running', groups: ['front'], env: { A: '1' } })
  expect(view.command.slice(1)).toEqual(['1000'])
})

test('[DM17] a dependency that does not exist yet is a warning, and waited for', async () => {
  await using daemon = await aDaemon()
  const started = await daemon.cli('exec', 'sleep', '--name', 'api', '-a', '1000', '-d', 'db', '--no-wait')
  expect(started.stderr).toContain('db')
  expect((await daemon.view('api')).status).toBe('blocked')
  await daemon.json('exec', 'sleep', '--name', 'db', '-a', '1000')
  await daemon.until('api', 'running')
})

test('[DM16] restart takes new arguments; start of what runs leaves it alone', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'web', '-a', '1000')
  const before = await pids(daemon)
  await daemon.json('start', 'web')
  expect(await pids(daemon)).toEqual(before)
  await daemon.json('restart', 'web', '-a', '2000')
  const view = await daemon.view('web')
  expect(view).toMatchObject({ restart_count: 1, status: 'running' })
  expect(view.command[1]).toBe('2000')
  expect(view.pid).not.toBe(before['web'] ?? null)
})

test('[DM18] delete forgets the process and its log, and ids begin at 1 again', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'a', '-a', '1000')
  await daemon.json('exec', 'sleep', '--name', 'b', '-a', '1000')
  const log = (await daemon.view('a')).log ?? ''
  expect(existsSync(log)).toBe(true)
  await daemon.json('delete', 'a')
  expect((await daemon.ls()).map(({ name }) => name)).toEqual(['b'])
  expect(existsSync(log)).toBe(false)
  await daemon.json('drop')
  expect(await daemon.ls()).toEqual([])
  await daemon.json('exec', 'sleep', '--name', 'c', '-a', '1000')
  expect((await daemon.view('c')).id).toBe(1)
})

test('[DM13] init starts what is at rest, and neither doubles nor replaces what runs', async () => {
  await using daemon = await aDaemon({
    files: (dir) => ({
      'config.yml': `process_config_file: ${dir}/processes.json\n`,
      'processes.json': JSON.stringify({ processes: [{ file: 'sleep', args: '1000', name: 'web', groups: ['a'] }] }),
    }),
  })
  await daemon.until('web', 'running')
  await daemon.json('exec', 'sleep', '--name', 'own', '-a', '1000')
  await daemon.json('stop', 'own')
  const before = await pids(daemon)
  daemon.write(
    'processes.json',
    JSON.stringify({
      processes: [
        { file: 'sleep', args: '2000', name: 'web', groups: ['b'] },
        { file: 'sleep', args: '1000', name: 'new' },
      ],
    }),
  )
  await daemon.json('init')
  const after = await daemon.ls()
  expect(after.map(({ name, status }) => [name, status])).toEqual([
    ['web', 'running'],
    ['own', 'running'],
    ['new', 'running'],
  ])
  expect(after[0]).toMatchObject({ pid: before['web'] ?? 0, groups: ['b'] })
  await daemon.json('restart', 'web')
  expect((await daemon.view('web')).command[1]).toBe('2000')
})

test('[DM14] [DM15] apply touches only what changed, and says so beforehand', async () => {
  await using daemon = await aDaemon()
  const write = (processes: readonly object[]): string =>
    daemon.write(
      'tree.json',
      JSON.stringify({ processes: processes.map((one) => ({ file: 'sleep', args: '1000', ...one })) }),
    )
  const file = write([{ name: 'keep' }, { name: 'change' }, { name: 'live' }, { name: 'remove' }])
  await daemon.json('apply', file, '--yes')
  await daemon.json('exec', 'sleep', '--name', 'alien', '-a', '1000')
  const before = await pids(daemon)
  write([{ name: 'keep' }, { name: 'change', args: '2000' }, { name: 'live', stop_timeout: '3s' }, { name: 'add' }])
  const planned = await daemon.json<ApplyAnswer>('apply', file, '--dry-run')
  expect(planned.plan).toMatchObject({
    added: ['add'],
    removed: ['remove'],
    unchanged: ['keep'],
    changed: [
      { name: 'change', restarts: true, fields: [{ field: 'args', from: '1000', to: '2000' }] },
      { name: 'live', restarts: false, fields: [{ field: 'stop_timeout', to: '3s' }] },
    ],
  })
  expect(await pids(daemon)).toEqual(before)
  await daemon.json('apply', file, '--yes')
  const after = await pids(daemon)
  expect(Object.keys(after).toSorted()).toEqual(['add', 'alien', 'change', 'keep', 'live'])
  expect([after['keep'], after['live'], after['alien']]).toEqual([
    before['keep'],
    before['live'],
    before['alien'],
  ] as never)
  expect(after['change']).not.toBe(before['change'] ?? null)
  daemon.write('tree.json', '{ "processes": [\n {"file": "sleep", "name": "keep", "stop_timeout": "soon"}\n] }')
  const bad = await daemon.cli('apply', file, '--yes')
  expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('tree.json:2:')])
  expect(await pids(daemon)).toEqual(after)
})

test('[DM20] [DM21] graph and export', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'db', '-a', '1000')
  await daemon.json('exec', 'sleep', '--name', 'api', '-a', '1000', '-d', 'db', '--stop-timeout', '2s')
  await daemon.json('exec', 'sleep', '--name', 'alone', '-a', '1000')
  const graph = await daemon.cli('dgraph')
  expect(graph.stdout).toBe('Queue Order\n\t0: db\n\t1: api\n\t2: alone\nDependency Graph Order\n\t0: db\n\t1: api\n')
  const exported = JSON.parse((await daemon.cli('export')).stdout) as { processes: ExportView[] }
  expect(exported.processes[1]).toMatchObject({
    file: 'sleep',
    name: 'api',
    args: '1000',
    dependencies: ['db'],
    stop_timeout: '2s',
  })
})

test('[GR1] [GR2] [GR3] [GR4] [GR5] [GR7] groups, and who is in them', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'a', '-a', '1000', '-g', 'one')
  await daemon.json('exec', 'sleep', '--name', 'b', '-a', '1000')
  await daemon.json('group', 'create', 'two')
  const taken = await daemon.cli('group', 'create', 'two')
  expect(taken.code).toBe(1)
  expect((await daemon.cli('group', 'create', '17')).code).not.toBe(0)
  const pid = (await daemon.view('b')).pid
  await daemon.json('group', 'assign', 'one,two', 'a,b')
  const wrong = await daemon.cli('group', 'assign', 'one,nope', 'a')
  expect([wrong.code, wrong.stderr]).toEqual([4, expect.stringContaining('nope')])
  await daemon.json('group', 'remove', 'two', 'a')
  const expected = [
    { id: 1, name: 'one', processes: ['a', 'b'] },
    { id: 2, name: 'two', processes: ['b'] },
  ]
  expect(await daemon.json<GroupView[]>('group', 'ls')).toMatchObject(expected)
  expect((await daemon.view('b')).pid).toBe(pid)
  daemon.signal('SIGTERM')
  await daemon.ended()
  await daemon.start()
  expect(await daemon.json<GroupView[]>('group', 'ls')).toMatchObject(expected)
  await daemon.json('group', 'del', 'one')
  expect((await daemon.view('a')).groups).toEqual([])
})

test('[GR6] what is done to a group is done to its members', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'a', '-a', '1000', '-g', 'g')
  await daemon.json('exec', 'sleep', '--name', 'b', '-a', '1000', '-g', 'g', '-d', 'a')
  await daemon.json('exec', 'sleep', '--name', 'c', '-a', '1000')
  await daemon.json('group', 'stop', 'g')
  expect((await daemon.ls()).map(({ status }) => status)).toEqual(['stopped', 'stopped', 'running'])
  await daemon.json('start', 'group:g')
  await daemon.json('group', 'restart', 'g', '--rolling', '1')
  expect((await daemon.ls()).map(({ restart_count }) => restart_count)).toEqual([1, 1, 0])
  expect((await daemon.cli('stop', 'group:nope')).code).toBe(4)
  await daemon.json('group', 'drop', 'g')
  expect((await daemon.ls()).map(({ name }) => name)).toEqual(['c'])
  expect(await daemon.json<GroupView[]>('group', 'ls')).toMatchObject([{ name: 'g', processes: [] }])
})

test('[DM5] [DM16] a command sees the process file as it is now', async () => {
  await using daemon = await aDaemon({
    files: (dir) => ({
      'config.yml': `process_config_file: ${dir}/processes.json\n`,
      'processes.json': JSON.stringify({ processes: [] }),
    }),
  })
  expect((await daemon.cli('start', 'late')).code).toBe(4)
  daemon.write('processes.json', JSON.stringify({ processes: [{ file: 'sleep', args: '1000', name: 'late' }] }))
  await daemon.json('start', 'late')
  expect((await daemon.view('late')).status).toBe('running')
})
