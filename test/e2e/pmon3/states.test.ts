// pmon3's page, 2.4 and 2.5: every command on a process in every state, and the restart counter.
import { expect, test } from 'bun:test'
import { rmSync } from 'node:fs'

import type { ProcessView } from '../../../src/wire/process.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { isAlive } from '../proc.ts'
import { counterOf, pidOf, program, sleepers, statuses, statusesIn } from './stage.ts'

const states = ['running', 'stopped', 'failed', 'delayed', 'blocked'] as const
type State = (typeof states)[number]

/** A process `it` in this state; it would run if it were started now, but for one that is blocked. */
async function aProcess(daemon: Daemon, state: State): Promise<void> {
  const broken = daemon.write('broken', '')
  const path = program(daemon, 'it', `test -e ${broken} && exit 3\nexec sleep 100000`)
  const flags: Readonly<Record<State, readonly string[]>> = {
    running: [],
    stopped: [],
    failed: ['-n'],
    delayed: ['--backoff-initial', '1h', '--backoff-max', '1h'],
    blocked: ['-d', 'nobody'],
  }
  if (state === 'running' || state === 'stopped') rmSync(broken)
  await daemon.cli('exec', path, '--no-wait', ...flags[state])
  if (state === 'stopped') await daemon.json('stop', 'it')
  await daemon.until('it', (view) =>
    state === 'delayed' ? view.status === 'restarting' && view.next_try !== null : view.status === state,
  )
  rmSync(broken, { force: true })
}

/** What every command makes of `it`: its status word, and its exit code. */
const outcomes: Readonly<Record<string, Readonly<Record<State, readonly [string, number]>>>> = {
  'stop it': all('stopped', 0),
  'stop -f it': all('stopped', 0),
  'restart it': { ...all('running', 0), blocked: ['blocked', 1] },
  'start it': { ...all('running', 0), blocked: ['blocked', 1] },
  'del it': all('none', 0),
  'del -f it': all('none', 0),
  'kill': { ...all('stopped', 0), failed: ['failed', 1], stopped: ['stopped', 1] },
  'drop': all('none', 0),
  'init': { ...all('running', 0), blocked: ['blocked', 1] },
  'init -c': {
    running: ['running', 0],
    stopped: ['stopped', 0],
    failed: ['failed', 0],
    delayed: ['restarting', 0],
    blocked: ['blocked', 0],
  },
  'reset it': {
    running: ['running', 0],
    stopped: ['stopped', 0],
    failed: ['failed', 0],
    delayed: ['restarting', 0],
    blocked: ['blocked', 0],
  },
} // prettier-ignore

for (const state of states) {
  test(`[CL7] [CL54] [CL55] [AP42] every command on a process that is ${state}`, async () => {
    await using daemon = await aDaemon()
    for (const [line, outcome] of Object.entries(outcomes)) {
      await aProcess(daemon, state)
      const [status, code] = outcome[state]
      const answer = await daemon.cli(...line.split(' '))
      const found = (await daemon.ls()).find(({ name }) => name === 'it')?.status ?? 'none'
      expect([line, found, answer.code]).toEqual([line, status, code])
      if (code === 1) expect(answer.stderr).toStartWith('coppice: ')
      if (status !== 'none') await daemon.json('del', '-f', 'it')
    }
  })
}

test('[CL51] [DM18] stop shows one row, del a row with status stopped; both are done when they return', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'web', 'other')
  const pid = await pidOf(daemon, 'web')
  expect(statusesIn((await daemon.cli('stop', 'web')).stdout)).toEqual(['web stopped'])
  expect(isAlive(pid)).toBe(false)
  const again = await daemon.cli('stop', 'web')
  expect([again.code, statusesIn(again.stdout)]).toEqual([0, ['web stopped']])
  await daemon.json('start', 'web')
  const next = await pidOf(daemon, 'web')
  expect(statusesIn((await daemon.cli('delete', 'web')).stdout)).toEqual(['web stopped'])
  expect(isAlive(next)).toBe(false)
})

test('[CL51] exec, restart, kill, init and drop show the list', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'a')
  const shown = async (...args: string[]) => statusesIn((await daemon.cli(...args)).stdout)
  expect(await shown('exec', '/bin/sleep', '-a', '1000', '--name', 'b')).toEqual(['a running', 'b running'])
  expect(await shown('restart', 'b')).toEqual(['b running'])
  expect(await shown('kill')).toEqual(['a stopped', 'b stopped'])
  expect(await shown('init')).toEqual(['a running', 'b running'])
  expect(await shown('init', '-b')).toEqual(['a running', 'b running'])
  expect(await shown('drop')).toEqual([])
})

test('[CL54] kill and drop with nothing to do: exit 1 with pmon3 words', async () => {
  await using daemon = await aDaemon()
  expect(await daemon.cli('drop')).toMatchObject({ code: 1, stdout: '', stderr: 'coppice: there are no processes\n' })
  await sleepers(daemon, 'web')
  await daemon.json('stop', 'web')
  const killed = await daemon.cli('kill')
  expect(killed).toMatchObject({ code: 1, stdout: '', stderr: 'coppice: could not find running processes\n' })
})

test('[DM18] [DE1] a new process has the id after the highest; after drop ids begin at 1 again', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'a', 'b', 'c')
  await daemon.json('del', 'b')
  await sleepers(daemon, 'd')
  expect((await daemon.ls()).map(({ id, name }) => [id, name])).toEqual([[1, 'a'], [3, 'c'], [4, 'd']]) // prettier-ignore
  await daemon.json('drop', '-f')
  await sleepers(daemon, 'e')
  expect((await daemon.view('e')).id).toBe(1)
})

test('[CL55] [AP42] the restart counter: what adds to it, what sets it to 0, what leaves it alone', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', '/bin/sleep', '-a', '100000', '--name', 'web', '-g', 'g')
  const counted = async (...lines: string[]): Promise<number> => {
    for (const line of lines) await daemon.json(...line.split(' '))
    return counterOf(daemon, 'web')
  }
  expect(await counted()).toBe(0)
  expect(await counted('restart web')).toBe(1)
  expect(await counted('group restart g')).toBe(2)
  const pid = await pidOf(daemon, 'web')
  process.kill(pid, 'SIGKILL')
  await daemon.until('web', (view) => view.status === 'running' && view.pid !== pid)
  expect(await counted()).toBe(3)
  expect(await counted('start web', 'init', 'init -c', 'init -b')).toBe(3)
  expect(await counted('reset web')).toBe(0)
  for (const zero of ['reset', 'reset -p web', 'reset --process web', 'stop web', 'kill', 'group stop g']) {
    expect(await counted('restart web')).toBeGreaterThan(0)
    expect(await counted(zero)).toBe(0)
  }
  expect(await counted('start web')).toBe(0)
  expect(await counted('stop web', 'restart web')).toBe(1)
  expect(await counted('restart web', 'del web', 'exec /bin/sleep -a 1000 --name web -g g')).toBe(0)
  expect(await counted('restart web', 'group drop g', 'exec /bin/sleep -a 1000 --name web')).toBe(0)
})

test('[DB2] the counter survives the daemon, and a reset sets only the counter', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'web', 'api')
  await daemon.json('restart', 'web')
  daemon.signal('SIGKILL')
  await daemon.ended()
  await daemon.start()
  expect(await counterOf(daemon, 'web')).toBe(1)
  const { pid, run } = await daemon.view('web')
  expect(await daemon.json<ProcessView>('reset', 'web')).toMatchObject({ pid, run, restart_count: 0 })
  expect(await statuses(daemon)).toEqual(['web running', 'api running'])
})

test('[ST3] a process that ignores SIGTERM is killed after its stop timeout, and restart never leaves it behind', async () => {
  await using daemon = await aDaemon()
  const stubborn = program(daemon, 'stubborn', `trap '' TERM\nwhile :; do sleep 0.05; done`)
  await daemon.json('exec', stubborn, '--stop-timeout', '200ms')
  const first = await pidOf(daemon, 'stubborn')
  await daemon.json('restart', 'stubborn')
  expect(isAlive(first)).toBe(false)
  const second = await pidOf(daemon, 'stubborn')
  const { code } = await daemon.cli('stop', 'stubborn')
  expect([code, isAlive(second)]).toEqual([0, false])
})

function all(status: string, code: number): Readonly<Record<State, readonly [string, number]>> {
  const outcome = [status, code] as const
  return { running: outcome, stopped: outcome, failed: outcome, delayed: outcome, blocked: outcome }
}
