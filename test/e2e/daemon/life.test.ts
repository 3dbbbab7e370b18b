// A daemon's own life: one at a time, what it brings back, how it ends.
import { expect, test } from 'bun:test'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import type { SupervisorView } from '../../../src/wire/routes.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { isAlive } from '../proc.ts'

async function pidOf(daemon: Daemon, name: string): Promise<number> {
  return (await daemon.until(name, 'running')).pid ?? 0
}

async function alarmsOf(daemon: Daemon): Promise<readonly string[]> {
  const answer = await fetch('http://coppice/v1/supervisor', { unix: join(daemon.home, 'coppice.sock') })
  return ((await answer.json()) as SupervisorView).alarms ?? []
}

test('[DM1] [DM4] what was wanted comes back, what was stopped on purpose does not', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'up', '--args', '1000')
  await daemon.json('exec', 'sleep', '--name', 'down', '--args', '1000')
  await daemon.json('exec', 'sleep', '--name', 'once', '--args', '1000', '--no-autorestart')
  await daemon.json('stop', 'down')
  const before = await pidOf(daemon, 'up')
  daemon.signal('SIGTERM')
  expect(await daemon.ended()).toBe(0)
  expect(isAlive(before)).toBe(false)
  await daemon.start()
  await daemon.until('up', 'running')
  const all = await daemon.ls()
  expect(all.map(({ id, name, status }) => [id, name, status])).toEqual([
    [1, 'up', 'running'],
    [2, 'down', 'stopped'],
    [3, 'once', 'stopped'],
  ])
})

test('[DM4] a deliberate stop holds for an entry of the process file too, until init or start', async () => {
  await using daemon = await aDaemon({ files: processFile([{ name: 'web' }, { name: 'api' }]) })
  await daemon.until('web', 'running')
  await daemon.json('stop', 'web')
  daemon.signal('SIGTERM')
  await daemon.ended()
  await daemon.start()
  await daemon.until('api', 'running')
  expect((await daemon.view('web')).status).toBe('stopped')
  await daemon.json('init')
  expect((await daemon.view('web')).status).toBe('running')
})

test('[DM2] a second daemon says who holds the place', async () => {
  await using daemon = await aDaemon()
  const second = await daemon.cli('daemon')
  expect(second.code).toBe(1)
  expect(second.stderr).toContain(String(daemon.pid))
  expect((await daemon.cli('ls')).code).toBe(0)
})

test('[DM2] of those that start at the same moment one wins, and the others say so', async () => {
  await using daemon = await aDaemon({ starts: false })
  const ends: (number | string)[] = []
  const all = Array.from({ length: 4 }, async () => {
    const { code, stderr } = await daemon.cli('daemon')
    ends.push(code === 1 ? stderr : code)
  })
  await daemon.fact('three have given up', () => ends.length === 3)
  await daemon.fact('the one answers', async () => (await daemon.cli('ls')).code === 0)
  const holder = Number(readFileSync(join(daemon.home, 'lock'), 'utf8'))
  expect(holder).toBeGreaterThan(1)
  for (const end of ends) expect(end).toContain(`process ${holder}`)
  process.kill(holder, 'SIGTERM')
  await Promise.all(all)
  expect(ends.at(-1)).toBe(0)
})

test('[DM2] [TB1] after kill -9 nothing is in the way, and what ran is taken back with its pid', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'web', '--args', '1000')
  const pid = await pidOf(daemon, 'web')
  daemon.signal('SIGKILL')
  await daemon.ended()
  expect((await daemon.cli('ls')).code).toBe(3)
  expect(isAlive(pid)).toBe(true)
  await daemon.start()
  expect(await daemon.view('web')).toMatchObject({ pid, status: 'running', restart_count: 0 })
  process.kill(pid, 'SIGKILL')
  const next = await daemon.until('web', (view) => view.pid !== null && view.pid !== pid)
  expect(next.restart_count).toBe(1)
  await daemon.json('stop', 'web')
  expect(isAlive(next.pid ?? 0)).toBe(false)
})

test('[DM6] with handle_interrupts false the processes go on, and are taken back', async () => {
  await using daemon = await aDaemon({ files: { 'config.yml': 'handle_interrupts: false\n' } })
  await daemon.json('exec', 'sleep', '--name', 'web', '--args', '1000')
  const pid = await pidOf(daemon, 'web')
  daemon.signal('SIGTERM')
  expect(await daemon.ended()).toBe(0)
  expect(isAlive(pid)).toBe(true)
  await daemon.start()
  expect(await daemon.view('web')).toMatchObject({ pid, status: 'running' })
  await daemon.json('delete', 'web')
  expect(isAlive(pid)).toBe(false)
})

test('[DM6] dependents go first', async () => {
  const program = (name: string): string => join(import.meta.dir, '../../programs', name)
  await using daemon = await aDaemon({
    files: processFile([
      { name: 'db', file: program('slow-term'), args: '0.1', env_vars: 'MARK=db' },
      { name: 'api', file: program('slow-term'), args: '0.1', env_vars: 'MARK=api', parent: 'db' },
    ]),
  })
  await daemon.until('api', 'running')
  for (const name of ['api', 'db']) await daemon.mark(name, 'start')
  daemon.signal('SIGTERM')
  expect(await daemon.ended()).toBe(0)
  const ends = daemon.marks().filter(({ what }) => what === 'term' || what === 'exit')
  expect(ends.map(({ name, what }) => `${name} ${what}`)).toEqual(['api term', 'api exit', 'db term', 'db exit'])
})

test('[DM3] modes and places are those of the configuration', async () => {
  await using daemon = await aDaemon({
    files: (dir) => ({
      'config.yml': `logs:\n  directory: ${dir}/mylogs\n  directory_mode: 0750\n  file_mode: 0604\nmessage_queue:\n  file_mode: 0600\n`,
    }),
  })
  await daemon.json('exec', 'sh', '--name', 'web', '--args', `-c "echo hello; exec sleep 1000"`)
  expect(statSync(join(daemon.dir, 'mylogs')).mode & 0o777).toBe(0o750)
  expect(statSync(join(daemon.dir, 'mylogs/web.log')).mode & 0o777).toBe(0o604)
  expect(statSync(join(daemon.home, 'coppice.sock')).mode & 0o777).toBe(0o600)
})

test('[DM5] [DM8] [DM15] an invalid process file is an alarm; what the database has goes on', async () => {
  await using daemon = await aDaemon({ files: processFile([{ name: 'web' }]) })
  await daemon.until('web', 'running')
  daemon.write('processes.json', '{ "processes": [ { "file": "sleep", "naem": "x" } ] }')
  daemon.signal('SIGHUP')
  await daemon.fact('the alarm', async () => (await alarmsOf(daemon)).join().includes('processes.json:1:'))
  const refused = await daemon.cli('init')
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('did you mean "name"')])
  daemon.signal('SIGTERM')
  await daemon.ended()
  await daemon.start()
  await daemon.until('web', 'running')
  expect((await alarmsOf(daemon)).join()).toContain('naem')
  daemon.write('processes.json', JSON.stringify({ processes: [{ file: 'sleep', args: '1000', name: 'web' }] }))
  daemon.signal('SIGHUP')
  await daemon.fact('the alarm is over', async () => (await alarmsOf(daemon)).length === 0)
})

test('[DM7] a detached daemon answers when the command returns', async () => {
  await using daemon = await aDaemon({ starts: false })
  const started = await daemon.cli('daemon', '--detach')
  expect([started.code, started.stderr]).toEqual([0, ''])
  const pid = Number(/pid (\d+)/.exec(started.stdout)?.[1])
  try {
    expect((await daemon.cli('ls')).code).toBe(0)
    expect(existsSync(join(daemon.home, 'logs/coppice.log'))).toBe(true)
    const again = await daemon.cli('daemon', '--detach')
    expect(again.code).toBe(1)
  } finally {
    process.kill(pid, 'SIGTERM')
    await daemon.fact('it has ended', () => !isAlive(pid))
  }
})

test('[DM12] who is neither root nor the owner has processes of its own only', async () => {
  if (process.getuid?.() !== 0) return
  await using daemon = await aDaemon({ files: { 'config.yml': 'message_queue:\n  file_mode: 0666\n' } })
  Bun.spawnSync(['chmod', '0755', daemon.home, daemon.dir])
  const as = async (body: object): Promise<Response> => {
    const curl = Bun.spawn(
      ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'curl', '-s', '-w', '%{http_code}', '--unix-socket',
        join(daemon.home, 'coppice.sock'), '-d', JSON.stringify(body), 'http://x/v1/processes'],
      { stdout: 'pipe' },
    ) // prettier-ignore
    return new Response(await new Response(curl.stdout).text())
  }
  const process_ = { name: 'x', command: 'sleep 1000' }
  expect(await (await as({ cwd: '/', process: { ...process_, user: 'root' } })).text()).toContain('"forbidden"')
  expect(await (await as({ cwd: '/', process: { ...process_, log: '/etc/x.log' } })).text()).toContain('"forbidden"')
  expect(await (await as({ cwd: '/', process: process_ })).text()).toContain('"done"')
  expect((await daemon.json<ProcessView>('desc', 'x')).user).toBe('nobody')
})

function processFile(processes: readonly object[]): (dir: string) => Record<string, string> {
  const text = JSON.stringify({ processes: processes.map((one) => ({ file: 'sleep', args: '1000', ...one })) }, null, 1)
  return (dir) => ({
    'config.yml': `process_config_file: ${dir}/processes.json\n`,
    'processes.json': text,
  })
}
