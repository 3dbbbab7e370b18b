// `coppice doctor`: what it sees of real daemons, dead and alive, and what it puts right.
import { expect, test } from 'bun:test'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import type { DoctorReport, Finding } from '../../../src/wire/doctor.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { isAlive } from '../proc.ts'

/** What the doctor says. */
async function seen(daemon: Daemon, ...args: readonly string[]): Promise<DoctorReport & { readonly code: number }> {
  const { code, stdout, stderr } = await daemon.cli('doctor', '--json', ...args)
  expect(stderr).toBe('')
  return { ...(JSON.parse(stdout) as DoctorReport), code }
}

function of(check: string, { findings }: DoctorReport): Finding[] {
  return findings.filter((one) => one.check === check && one.verdict !== 'ok')
}

async function killed(daemon: Daemon): Promise<void> {
  daemon.signal('SIGKILL')
  await daemon.ended()
}

/** A program that is nobody's, gone at the end of the scope. */
class Sleeper implements Disposable {
  private readonly child: Bun.Subprocess

  constructor(env: Record<string, string>) {
    this.child = Bun.spawn(['/bin/sleep', '1000'], { env, stdio: ['ignore', 'ignore', 'ignore'] })
  }

  get pid(): number {
    return this.child.pid
  }

  [Symbol.dispose](): void {
    this.child.kill('SIGKILL')
  }
}

/** Changes the database while nobody has it open. */
function meddle(daemon: Daemon, sql: string): void {
  using database = new DatabaseSync(join(daemon.home, 'state/coppice.db'))
  database.exec(sql)
}

test('[DM64] of a daemon that works there is nothing to say, and of none that has been there neither', async () => {
  await using daemon = await aDaemon({ starts: false })
  expect((await seen(daemon)).code).toBe(0)
  await daemon.start()
  await daemon.json('exec', 'sleep', '--name', 'web', '--args', '1000')
  const report = await seen(daemon)
  expect(report.code).toBe(0)
  expect(report.findings.filter(({ verdict }) => verdict === 'problem')).toEqual([])
  const text = (await daemon.cli('doctor')).stdout
  expect(text).toContain(`is held by process ${daemon.pid}`)
  expect(text).toContain('nobody starts the daemon again when it dies')
})

test('[DM64] [DM65] a stale socket and a wrong mode are put right; what runs goes on', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'web', '--args', '1000')
  const { pid } = await daemon.until('web', 'running')
  await killed(daemon)
  chmodSync(join(daemon.home, 'state'), 0o755)
  chmodSync(join(daemon.home, 'state/id'), 0o644)
  const before = await seen(daemon)
  expect(before.code).toBe(1)
  expect(of('socket', before)).toMatchObject([{ fix: { tag: 'remove-socket' } }])
  expect(of('access', before)).toHaveLength(2)
  expect(of('runs', before)).toMatchObject([{ verdict: 'warning' }])
  expect(existsSync(join(daemon.home, 'coppice.sock'))).toBe(true)
  const after = await seen(daemon, '--fix')
  expect(after.code).toBe(0)
  expect(after.fixed.map(({ isDone }) => isDone)).toEqual([true, true, true])
  expect(existsSync(join(daemon.home, 'coppice.sock'))).toBe(false)
  expect(statSync(join(daemon.home, 'state')).mode & 0o7777).toBe(0o700)
  expect(statSync(join(daemon.home, 'state/id')).mode & 0o7777).toBe(0o600)
  await daemon.start()
  expect(await daemon.view('web')).toMatchObject({ pid, status: 'running', restart_count: 0 })
})

test('[DM64] [DM65] an orphan that no record knows is ended, with all that is of it, and nobody else', async () => {
  await using daemon = await aDaemon()
  const script = `-c "sleep 1000 & trap '' TERM; while :; do sleep 1; done"`
  await daemon.json('exec', 'sh', '--name', 'lost', '--args', script)
  await daemon.json('exec', 'sleep', '--name', 'web', '--args', '1000')
  const [lost, web] = [await daemon.until('lost', 'running'), await daemon.until('web', 'running')]
  await killed(daemon)
  meddle(daemon, "DELETE FROM processes WHERE name = 'lost'")
  const asked = await seen(daemon, '--fix')
  expect(asked.code).toBe(1)
  expect(isAlive(lost.pid ?? 0)).toBe(true)
  const [orphan] = of('orphan', asked)
  expect(orphan?.fix).toMatchObject({ tag: 'end-run' })
  const pids = orphan?.fix?.tag === 'end-run' ? orphan.fix.pids : []
  expect(pids).toContain(lost.pid ?? 0)
  expect(pids.length).toBeGreaterThan(1)
  const fixed = await seen(daemon, '--fix', '--yes')
  expect(fixed.code).toBe(0)
  for (const pid of pids) expect(isAlive(pid)).toBe(false)
  expect(isAlive(web.pid ?? 0)).toBe(true)
  await daemon.start()
  expect((await daemon.ls()).map(({ name, pid }) => [name, pid])).toEqual([['web', web.pid]])
})

test('[DM64] [DM65] an orphan of a daemon that runs is ended too, and the daemon hears nothing of it', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'web', '--args', '1000')
  const web = await daemon.until('web', 'running')
  const id = readFileSync(join(daemon.home, 'state/id'), 'utf8').trim()
  using stray = new Sleeper({ COPPICE_RUN: `${id}/77.1/xyz` })
  using stranger = new Sleeper({ COPPICE_RUN: 'ffffffffffffffff/77.1/xyz' })
  expect(of('orphan', await seen(daemon))).toMatchObject([{ fix: { pids: [stray.pid] } }])
  expect((await seen(daemon, '--fix', '-y')).code).toBe(0)
  await daemon.fact('it is gone', () => !isAlive(stray.pid))
  expect(isAlive(stranger.pid)).toBe(true)
  expect(await daemon.view('web')).toMatchObject({ pid: web.pid, run: web.run })
})

test('[DM64] a stranger on a recorded pid and a run that is gone are told, and left alone', async () => {
  await using daemon = await aDaemon()
  for (const name of ['one', 'two']) await daemon.json('exec', 'sleep', '--name', name, '--args', '1000')
  const [one, two] = [await daemon.until('one', 'running'), await daemon.until('two', 'running')]
  await killed(daemon)
  process.kill(two.pid ?? 0, 'SIGKILL')
  await daemon.fact('it is gone', () => !isAlive(two.pid ?? 0))
  using stranger = new Sleeper({})
  // The record now names the stranger's pid, and the start time of what was there before.
  meddle(
    daemon,
    `UPDATE processes SET state = replace(state, '"pid":${one.pid},', '"pid":${stranger.pid},') WHERE name = 'one'`,
  )
  const told = of('runs', await seen(daemon, '--fix', '--yes')).map(({ found }) => found)
  expect(told.join('\n')).toContain(`process ${stranger.pid}, which was one, is another's now`)
  expect(told.join('\n')).toContain(`two (process ${two.pid}) has ended while no daemon was there`)
  expect(isAlive(stranger.pid)).toBe(true)
  process.kill(one.pid ?? 0, 'SIGKILL') // Whom nobody knows any more.
  await daemon.fact('it is gone', () => !isAlive(one.pid ?? 0))
})

test('[DM64] a damaged database, a damaged copy and what was set aside are told; nothing of them is touched', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'web', '--args', '1000')
  daemon.signal('SIGTERM')
  await daemon.ended()
  const path = join(daemon.home, 'state/coppice.db')
  const rubbish = Buffer.from('this is no database, but it is long enough to be taken for one'.repeat(10))
  writeFileSync(path, rubbish)
  writeFileSync(`${path}.damaged-2026-11-20T10-00-00.000Z`, 'x')
  const report = await seen(daemon, '--fix', '--yes')
  expect(report.code).toBe(1)
  expect(of('database', report)).toMatchObject([
    { verdict: 'problem', remedy: expect.stringContaining('takes the last good copy') },
    { verdict: 'warning', found: expect.stringContaining('coppice.db.damaged-2026-11-20T10-00-00.000Z') },
  ])
  expect(readFileSync(path)).toEqual(rubbish)
})

test('[DB11] [DM64] a database of a newer coppice: the daemon says what to do, and so does the doctor', async () => {
  await using daemon = await aDaemon()
  daemon.signal('SIGTERM')
  await daemon.ended()
  meddle(daemon, 'PRAGMA user_version = 99')
  const { code, stderr } = await daemon.cli('daemon')
  expect(code).toBe(1)
  expect(stderr).toContain('was written by a newer coppice (version 99')
  expect(stderr).toContain('Install that coppice again, or start with another state directory')
  const detached = await daemon.cli('daemon', '--detach')
  expect([detached.code, detached.stderr]).toEqual([1, expect.stringContaining('written by a newer coppice')])
  const report = await seen(daemon)
  expect(of('database', report)).toMatchObject([{ verdict: 'problem', remedy: 'Install that coppice again.' }])
  meddle(daemon, 'PRAGMA user_version = 1')
})

test('[DM64] settings and process files with problems are told with their lines', async () => {
  await using daemon = await aDaemon({ starts: false, files: { 'config.yml': 'log_levle: debug\n' } })
  const report = await seen(daemon)
  expect(of('config', report)[0]?.found).toContain('config.yml:1:1')
  expect(report.code).toBe(of('config', report).some(({ verdict }) => verdict === 'problem') ? 1 : 0)
  daemon.write('config.yml', `process_config_file: ${daemon.dir}/p.json\n`)
  daemon.write('p.json', '{ "processes": [ { "file": "sleep", "naem": "x" } ] }')
  const [found] = of('process file', await seen(daemon))
  expect(found).toMatchObject({ verdict: 'problem', found: expect.stringContaining('p.json:1:') })
})

test('[DM64] a daemon whose socket is gone, and one that hangs, are told', async () => {
  await using daemon = await aDaemon()
  daemon.signal('SIGSTOP')
  try {
    const hung = of('socket', await seen(daemon, '--fix', '--yes'))
    expect(hung).toMatchObject([{ verdict: 'problem', found: expect.stringContaining('does not answer'), fix: null }])
  } finally {
    daemon.signal('SIGCONT')
  }
  expect((await daemon.cli('ls')).code).toBe(0)
}, 30_000)

test.skipIf(process.getuid?.() !== 0)('[DM64] who may not look is told so', async () => {
  await using daemon = await aDaemon()
  chmodSync(daemon.dir, 0o755)
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  const asked = Bun.spawn([...nobody, join(import.meta.dir, '../../../bin/coppice'), 'doctor', '--json'], {
    env: { PATH: process.env['PATH'] ?? '', HOME: daemon.dir, COPPICE_HOME: daemon.home },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { findings } = JSON.parse(await new Response(asked.stdout).text()) as DoctorReport
  const told = findings.map(({ check, found }) => `${check}: ${found}`).join('\n')
  expect(told).toContain(`lock: ${daemon.home}/lock cannot be looked at: permission denied`)
  expect(told).toContain(`config: ${daemon.home}/config.yml`)
  expect(told).toContain(`socket: you may not use ${daemon.home}/coppice.sock`)
  expect(findings.every(({ fix }) => fix === null)).toBe(true)
})
