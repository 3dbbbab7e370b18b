// Restart policies, flap detection and the policies of groups under a real daemon; scenarios 3 to 6 and 17 there.
import { expect, test } from 'bun:test'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import { program } from '../../programs/program.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { lateness } from '../facts.ts'

type Files = (dir: string) => Readonly<Record<string, string>>

/** pmon3's keys: two restarts, then a rest of 20 × 100 ms. */
const flapping = (enabled: boolean): string => `
process_monitor_interval: 100
flap_detection: {is_enabled: ${enabled}, threshold_restarted: 2, threshold_countdown: 20, threshold_decrement: 0}
`

interface TreeFile {
  readonly groups?: object
  readonly processes: Readonly<Record<string, object>>
}

/** A file of processes in our dialect, which leave marks under their names. */
function treeFile({ processes, ...file }: TreeFile): string {
  const marking = Object.entries(processes).map(([name, process]) => [name, { env: { MARK: name }, ...process }])
  return JSON.stringify({ ...file, processes: Object.fromEntries(marking) })
}

function declaring(file: TreeFile): Files {
  return (dir) => ({ 'config.yml': `process_config_file: ${dir}/tree.json\n`, 'tree.json': treeFile(file) })
}

async function startTimes(daemon: Daemon, name: string, count: number): Promise<number[]> {
  await daemon.mark(name, 'start', count)
  return daemon.marks(name, 'start').map(({ at }) => at)
}

test('[FL1] [FL2] [FL6] a process that flaps rests for the countdown, and starts at its end', async () => {
  await using daemon = await aDaemon({ files: { 'config.yml': flapping(true) } })
  await exec(daemon, 'web', program('crash-loop'), '--backoff-initial', '10ms', '--backoff-jitter', '0')
  const resting = await daemon.until('web', 'backoff')
  expect(resting).toMatchObject({ pid: null, run: 3, restart_count: 2, exit: { code: 1 } })
  expect(resting.reason).toContain('died again after 2 restarts')
  expect((await daemon.cli('ls')).stdout).toMatch(/web.*backoff/)
  const times = await startTimes(daemon, 'web', 4)
  expect(times[3]! - times[2]!).toBeGreaterThanOrEqual(2000 - 20)
  expect(times[3]! - times[2]!).toBeLessThan(2600 + lateness())
  expect(Math.abs(Date.parse(resting.next_try!) - times[3]!)).toBeLessThan(300 + lateness())
  await daemon.until('web', (view) => view.status === 'backoff' && view.run === 6)
})

test('[FL5] restart and stop work in backoff, also after the daemon was killed in the middle of it', async () => {
  await using daemon = await aDaemon({ files: { 'config.yml': flapping(true).replace('20', '1000') } })
  await exec(daemon, 'web', program('crash-loop'), '--backoff-initial', '10ms')
  const { next_try } = await daemon.until('web', 'backoff')
  daemon.signal('SIGKILL')
  await daemon.ended()
  await daemon.start()
  const again = await daemon.view('web')
  expect([again.status, again.run]).toEqual(['backoff', 3])
  expect(Math.abs(Date.parse(again.next_try!) - Date.parse(next_try!))).toBeLessThan(200)
  await daemon.cli('restart', 'web', '--no-wait')
  await daemon.until('web', (view) => view.status === 'backoff' && view.run === 6)
  expect((await daemon.cli('stop', 'web')).code).toBe(0)
  expect((await daemon.view('web')).status).toBe('stopped')
})

test('[FL5] [FL6] a reload switches it off, live', async () => {
  await using daemon = await aDaemon({ files: { 'config.yml': flapping(true).replace('20', '1000') } })
  await exec(daemon, 'web', program('crash-loop'), '--backoff-initial', '10ms', '--backoff-max', '10ms')
  await daemon.until('web', 'backoff')
  daemon.write('config.yml', flapping(false))
  daemon.signal('SIGHUP')
  await daemon.mark('web', 'start', 8)
  expect((await daemon.view('web')).status).not.toBe('backoff')
})

const front = {
  groups: { front: { intensity: 2, period: '1m' } },
  processes: {
    web: { command: program('crash-loop'), groups: ['front'], backoff: { initial: '10ms' } },
    api: { command: program('never-dies'), groups: ['front'] },
    apart: { command: program('never-dies') },
  },
}

test('[GP5] [GP6] a group that was restarted too often is given up, and nothing else', async () => {
  await using daemon = await aDaemon({ files: declaring(front) })
  const web = await daemon.until('web', 'failed')
  expect(web).toMatchObject({ run: 3, next_try: null, exit: { code: 1 } })
  const api = await daemon.until('api', 'failed')
  expect(api.reason).toContain('group front is given up: 3 restarts within 1m')
  expect((await daemon.view('apart')).status).toBe('running')
  await daemon.cli('start', 'api')
  expect((await daemon.until('api', 'running')).run).toBe(2)
})

test('[GP6] what the members hang from is restarted once, and they come back with it', async () => {
  const processes = {
    root: { command: program('never-dies') },
    web: {
      command: program('dies-without', 'nothing'),
      parent: 'root',
      groups: ['front'],
      backoff: { initial: '10ms' },
    },
    api: { command: program('never-dies'), parent: 'root', groups: ['front'] },
  }
  await using daemon = await aDaemon({ files: declaring({ ...front, processes }), starts: false })
  const path = join(daemon.dir, 'nothing')
  processes.web.command = program('dies-without', path)
  daemon.write('tree.json', treeFile({ ...front, processes }))
  await daemon.start()
  await daemon.mark('root', 'start', 2)
  daemon.write('nothing', '')
  await daemon.until('web', (view) => view.status === 'running' && view.run > 3)
  await daemon.until('api', 'running')
  const root = await daemon.view('root')
  expect([root.run, root.restart_count]).toEqual([2, 1])
})

test('[GP2] [GP4] [GP8] members fall and are stopped together, and what a file says of groups can be changed', async () => {
  const command = program('never-dies')
  const processes = { a: { command, groups: ['g'] }, b: { command, groups: ['g'] } }
  await using daemon = await aDaemon({ files: declaring({ groups: { g: { strategy: 'one_for_all' } }, processes }) })
  const [a, b] = [await daemon.until('a', 'running'), await daemon.until('b', 'running')]
  daemon.signal('SIGKILL')
  await daemon.ended()
  await daemon.start()
  process.kill(a.pid!, 'SIGKILL')
  const after = await daemon.until('b', ({ status, pid }) => status === 'running' && pid !== b.pid)
  await daemon.until('a', 'running')
  daemon.write('tree.json', treeFile({ groups: { g: { stop_together: true } }, processes }))
  const applied = await daemon.cli('apply', 'tree.json', '--yes')
  expect(applied).toMatchObject({ code: 0 })
  expect((await daemon.view('b')).pid).toBe(after.pid)
  await daemon.cli('stop', 'a')
  await daemon.until('b', 'stopped')
})

test('[RS5] scenario 3: a start limit of 5 in 10 s lets it start exactly five times', async () => {
  await using daemon = await aDaemon()
  await exec(daemon, 'web', program('crash-loop'), '--start-limit-burst', '5', '--start-limit-interval', '10s')
  const web = await daemon.until('web', 'failed')
  expect(web).toMatchObject({ exit: { code: 1 }, run: 5, next_try: null })
  expect(web.reason).toContain('start limit')
  await Bun.sleep(500) // Nothing may follow.
  expect(daemon.marks('web', 'start')).toHaveLength(5)
})

test('[RS3] scenario 4: the delays double up to the longest', async () => {
  await using daemon = await aDaemon()
  const backoff = ['--backoff-initial', '100ms', '--backoff-max', '400ms', '--backoff-jitter', '0']
  await exec(daemon, 'web', program('crash-loop'), ...backoff)
  const times = await startTimes(daemon, 'web', 6)
  const gaps = times.slice(1).map((at, i) => at - times[i]!)
  for (const [i, least] of [100, 200, 400, 400, 400].entries()) {
    expect(gaps[i]).toBeGreaterThanOrEqual(least - 10)
    expect(gaps[i]).toBeLessThan(least + 150 + lateness())
  }
})

test('[RS1] [RS2] [RS8] [RS9] scenario 5: which ends are followed by a restart', async () => {
  await using daemon = await aDaemon()
  const onFailure = ['--restart', 'on-failure', '--success-exit-codes', '0,2', '--backoff-initial', '10ms']
  await exec(daemon, 'zero', program('exits', 0), ...onFailure)
  await exec(daemon, 'two', program('exits', 2), ...onFailure)
  await exec(daemon, 'three', program('exits', 3), ...onFailure)
  await exec(daemon, 'killed', program('dies-of', 'KILL'), ...onFailure)
  await exec(daemon, 'abnormal', program('dies-of', 'KILL'), '--restart', 'on-abnormal', '--backoff-initial', '10ms')
  await exec(daemon, 'normal', program('exits', 3), '--restart', 'on-abnormal')
  await exec(daemon, 'prevented', program('exits', 7), '--restart-prevent-exit-codes', '7')
  await exec(daemon, 'quick', ['true'], '--oneshot')
  for (const name of ['three', 'killed', 'abnormal']) await daemon.until(name, ({ run }) => run >= 3)
  for (const name of ['zero', 'two', 'quick']) expect((await daemon.until(name, 'completed')).run).toBe(1)
  for (const name of ['normal', 'prevented']) expect((await daemon.until(name, 'failed')).run).toBe(1)
})

test('[TR9] scenario 6: a stop ends the wait for a restart', async () => {
  await using daemon = await aDaemon()
  await exec(daemon, 'web', program('crash-loop'), '--backoff-initial', '700ms', '--backoff-jitter', '0')
  await daemon.until('web', 'restarting')
  expect((await daemon.cli('stop', 'web')).code).toBe(0)
  await Bun.sleep(1000) // The restart must not come after all.
  expect(daemon.marks('web', 'start')).toHaveLength(1)
  expect(await daemon.view('web')).toMatchObject({ status: 'stopped', restart_count: 0 })
})

test('[TR4] [TR5] scenario 17: what fell comes back, then what stood on it; the rest keeps its pid', async () => {
  await using daemon = await aDaemon({
    files: declaring({
      processes: {
        a: { command: program('never-dies') },
        b: { command: program('notify-fd', 0.1), parent: 'a', ready: 'notify: fd' },
        c: { command: program('slow-term', 0.1), parent: 'b' },
        d: { command: program('never-dies') },
      },
    }),
  })
  const c = await daemon.until('c', 'running')
  await daemon.mark('c', 'start')
  const before = await byName(daemon)
  process.kill(before['b']!.pid!, 'SIGKILL')
  await daemon.until('c', ({ status, pid }) => status === 'running' && pid !== c.pid)
  await daemon.mark('c', 'start', 2)
  const told = daemon.marks().map(({ name, what }) => `${name} ${what}`)
  expect(told.slice(told.indexOf('c term'))).toEqual(['c term', 'c exit', 'b start', 'b ready', 'c start'])
  const after = await byName(daemon)
  for (const name of ['a', 'd']) expect(after[name]).toMatchObject({ pid: before[name]!.pid, restart_count: 0 })
})

async function exec(daemon: Daemon, name: string, command: readonly string[], ...flags: string[]): Promise<void> {
  const [file = '', ...args] = command
  const marking = ['--env-vars', `MARK=${name}`, '--no-wait']
  const { code, stderr } = await daemon.cli('exec', file, '--name', name, ...marking, ...flags, '--', ...args)
  if (code !== 0) throw new Error(stderr)
}

async function byName(daemon: Daemon): Promise<Record<string, ProcessView>> {
  return Object.fromEntries((await daemon.ls()).map((view) => [view.name, view]))
}
