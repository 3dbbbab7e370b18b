// Scenarios of the shared list that need a daemon: 10 to 13, 24, 25, and many callers at once.
import { expect, test } from 'bun:test'
import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import type { SupervisorView } from '../../../src/wire/routes.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { lateness } from '../facts.ts'
import { isAlive } from '../proc.ts'

async function ask<T>(daemon: Daemon, path: string): Promise<T> {
  const answer = await fetch(`http://coppice${path}`, { unix: join(daemon.home, 'coppice.sock') })
  return (await answer.json()) as T
}

/** A process file with so many sleeping processes. */
function sleepers(count: number): (dir: string) => Record<string, string> {
  const processes = Array.from({ length: count }, (_, n) => ({ file: 'sleep', args: '100000', name: `p${n + 1}` }))
  return (dir) => ({
    'config.yml': `process_config_file: ${dir}/processes.json\n`,
    'processes.json': JSON.stringify({ processes }),
  })
}

test('[TB1] scenario 10: two services survive the daemon, with no gap in what they write', async () => {
  const counter = 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.02; done'
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sh', '--name', 'counts', '--', '-c', counter)
  await daemon.json('exec', 'sleep', '--name', 'dies', '-a', '1000')
  const [counts, dies] = await daemon.ls()
  daemon.signal('SIGKILL')
  await daemon.ended()
  const refused = await daemon.cli('ls')
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('coppice')])
  process.kill(dies?.pid ?? 0, 'SIGKILL')
  await daemon.fact('it is gone', () => !isAlive(dies?.pid ?? 0))
  await daemon.start()
  expect((await daemon.view('counts')).pid).toBe(counts?.pid ?? 0)
  const again = await daemon.until('dies', (view) => view.status === 'running' && view.pid !== dies?.pid)
  expect(again.restart_count).toBe(1)
  const log = (await daemon.view('counts')).log ?? ''
  const written = readFileSync(log, 'utf8').trimEnd().split('\n').map(Number)
  expect(written).toEqual(written.map((_, index) => index + 1))
  await daemon.json('stop', 'counts', '--timeout', '15s')
  expect(isAlive(counts?.pid ?? 0)).toBe(false)
})

test('[DB1] scenario 12: a damaged database is set aside, and the last good copy taken, loudly', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'web', '-a', '1000')
  const state = join(daemon.home, 'state')
  const damages: ((path: string) => void)[] = [
    (path) => truncateSync(path, 100),
    (path) => writeFileSync(path, 'garbage'.repeat(1000)),
    (path) => rmSync(path),
  ]
  for (const damage of damages) {
    daemon.signal('SIGTERM')
    await daemon.ended()
    damage(join(state, 'coppice.db'))
    await daemon.start()
    await daemon.until('web', 'running')
    const { alarms = [] } = await ask<SupervisorView>(daemon, '/v1/supervisor')
    expect(alarms.join()).toContain('coppice.db')
  }
  expect(readdirSync(state).filter((name) => name.includes('damaged')).length).toBeGreaterThanOrEqual(2)
}, 30_000)

test('[DB2] scenario 12: a database of a newer version is refused with a hint, and left alone', async () => {
  await using daemon = await aDaemon()
  daemon.signal('SIGTERM')
  await daemon.ended()
  const path = join(daemon.home, 'state/coppice.db')
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(path)
  database.exec('PRAGMA user_version = 9999')
  database.close()
  const before = readFileSync(path)
  await daemon.start()
  expect(await daemon.ended()).toBe(1)
  expect(daemon.stderr).toContain('newer')
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('[AP14] scenario 24: twenty restarts and one stop at a time end in one stable state', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'x', '-a', '1000')
  const restarts = Array.from({ length: 20 }, () => daemon.cli('restart', 'x', '--timeout', '10s'))
  const answers = await Promise.all([...restarts, daemon.cli('stop', 'x', '--timeout', '10s')])
  expect(answers.every(({ code }) => code === 0 || code === 1)).toBe(true)
  const { status } = await daemon.until('x', (view) => view.status === 'running' || view.status === 'stopped')
  const wanted = status === 'running' ? 1 : 0
  await daemon.fact('one run at most', () => sleepersAlive(daemon) === wanted)
}, 60_000)

test('[AP2] scenario 25: a thousand processes are listed, described, stopped, and come back', async () => {
  await using daemon = await aDaemon({ files: sleepers(1000) })
  await daemon.fact('all run', async () => (await daemon.ls()).every(({ status }) => status === 'running'))
  const listed = await daemon.cli('ls')
  expect(listed.stdout.split('\n').filter((line) => line.includes('running'))).toHaveLength(1000)
  expect(await daemon.view('p500')).toMatchObject({ id: 500, status: 'running' })
  await daemon.json('stop', 'p7')
  const all = await daemon.ls()
  const victims = all.filter(({ id }) => id % 100 === 1)
  for (const { pid } of victims) process.kill(pid ?? 0, 'SIGKILL')
  for (const { name, pid } of victims) await daemon.until(name, (view) => view.status === 'running' && view.pid !== pid)
  expect((await daemon.view('p7')).status).toBe('stopped')
}, 60_000)

test('[AP14] a hundred clients that ask twenty times each are all answered, and soon', async () => {
  await using daemon = await aDaemon({ files: sleepers(100) })
  await daemon.until('p100', 'running')
  const times: number[] = []
  const client = async (): Promise<void> => {
    for (let n = 0; n < 20; n++) {
      const start = performance.now()
      expect(await ask<ProcessView[]>(daemon, '/v1/processes')).toHaveLength(100)
      times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: 100 }, client))
  expect(times).toHaveLength(2000)
  const p99 = times.toSorted((a, b) => a - b)[Math.floor(0.99 * times.length)]
  expect(p99).toBeLessThan(250 + lateness())
}, 60_000)

function sleepersAlive(daemon: Daemon): number {
  const own = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return own.filter((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1')
      return (
        environment.includes(`COPPICE_HOME=${daemon.home}`) && readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n'
      )
    } catch {
      return false // It has ended meanwhile.
    }
  }).length
}
