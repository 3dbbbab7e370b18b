// What `events`, `why` and `why --stop` say of a real daemon.
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { ownUser } from '../../../src/daemon/view.ts'
import type { EventView } from '../../../src/wire/declare.ts'
import type { StoppingView, WhyView } from '../../../src/wire/process.ts'
import { binary, plainEnvironment } from '../binary.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'

const me = ownUser()
const stubborn = "trap '' TERM; while :; do sleep 1; done"

test('[WH10] [WH11] [WH12] the journal of a daemon has who asked for what, what was read, and its own begin and end', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'web', '--', '1000')
  await daemon.json('stop', 'web')
  await daemon.json('stop', 'web')
  await daemon.cli('reload')
  daemon.signal('SIGHUP')
  const config = await daemon.fact('both were read', async () => {
    const read = await daemon.json<EventView[]>('events', '--kind', 'config')
    return read.length === 2 && read
  })
  expect(config.map(({ reason, by }) => ({ reason, by }))).toEqual([
    { reason: 'the files of the daemon were read again', by: `reload by ${me}` },
    { reason: 'the files of the daemon were read again', by: 'SIGHUP' },
  ])
  const asked = await daemon.json<EventView[]>('events', '--kind', 'asked', '--process', 'web')
  expect(asked.map(({ by }) => by)).toEqual([`exec by ${me}`, `stop by ${me}`, `stop by ${me}`])
  const moves = await daemon.json<EventView[]>('events', '--kind', 'status', '-p', 'web')
  expect(moves.at(-1)).toMatchObject({ to: 'stopped', run: 1, exit: { signal: 'SIGTERM' }, by: `stop by ${me}` })
  daemon.signal('SIGTERM')
  await daemon.ended()
  await daemon.start()
  const own = await daemon.json<EventView[]>('events', '--kind', 'supervisor')
  expect(
    own.map(({ process, reason }) => `${String(process)} ${reason.replace(/coppice \S+ begins, pid \d+/, 'begins')}`),
  ).toEqual(['null begins', 'null goes down: everything ends: SIGTERM', 'null over, exit code 0', 'null begins'])
})

/** `coppice events -f --json` of a daemon, with what it has printed. */
function follow(daemon: Daemon): Disposable & { readonly seen: () => EventView[] } {
  const path = join(daemon.dir, 'followed')
  const child = Bun.spawn([binary, 'events', '-f', '--json'], {
    cwd: daemon.dir,
    env: { ...plainEnvironment(), HOME: daemon.dir, COPPICE_HOME: daemon.home },
    stdio: ['ignore', Bun.file(path), 'ignore'],
  })
  return {
    seen: () => {
      const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
      return lines.map((line) => JSON.parse(line) as EventView)
    },
    [Symbol.dispose]: () => child.kill('SIGKILL'),
  }
}

test('[WH13] who follows the journal goes on with the next daemon, and misses and repeats nothing', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'web', '--', '1000')
  using followed = follow(daemon)
  const sees = (what: string, fits: (event: EventView) => boolean) =>
    daemon.fact(what, () => followed.seen().some(fits))
  await sees('what was', ({ process }) => process === 'web')
  daemon.signal('SIGKILL')
  await daemon.ended()
  await daemon.start()
  await daemon.json('stop', 'web')
  await sees('what comes', ({ process, to }) => process === 'web' && to === 'stopped')
  const all = await daemon.json<EventView[]>('events')
  expect(followed.seen()).toEqual(all.filter(({ id }) => id >= (followed.seen()[0]?.id ?? 0)))
  expect(followed.seen().filter(({ reason }) => reason.includes('begins'))).toHaveLength(2)
})

test('[WH1] [WH2] why leads from a worker to the failed check of its parent', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'api', '--ready', 'tcp:1', '--no-wait', '--', '1000')
  await daemon.json('exec', 'sleep', '--name', 'worker', '--parent', 'api', '--no-wait', '--', '1000')
  const told = await daemon.fact('its last answer is known', async () => {
    const why = await daemon.json<WhyView>('why', 'worker')
    return why.sentences[0]?.includes('its last answer was') === true && why
  })
  expect(told.sentences).toEqual([
    'worker waits until api, its parent, is ready, and api has started and is not ready yet: its last answer was "connection refused: localhost:1".',
    'It starts as soon as api is ready.',
    expect.stringMatching(/^api has .+ left to become ready\.$/),
  ])
  await daemon.json('stop', 'api')
  const { stdout } = await daemon.cli('why', 'worker')
  expect(stdout).toMatch(
    new RegExp(
      `worker is blocked because it needs api, its parent, to be ready, and api is stopped because ${me} asked to stop it, at \\d\\d:\\d\\d:\\d\\d\\.\n`,
    ),
  )
})

test('[WH5] why --stop tells who blocks a shutdown', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'db', '--', '1000')
  const flags = ['--parent', 'db', '--stop-timeout', '3s']
  await daemon.json('exec', 'sh', '--name', 'worker', ...flags, '--', '-c', `${stubborn} # ${daemon.dir}`)
  expect((await daemon.cli('why', '--stop')).stdout).toBe('Nothing is being stopped.\n')
  daemon.signal('SIGTERM')
  const told = await daemon.fact('it goes down', async () => {
    const stopping = await daemon.json<StoppingView>('why', '--stop')
    return stopping.processes.length === 2 && stopping
  })
  expect(told).toMatchObject({
    ending: true,
    processes: [
      { name: 'worker', phase: 'asked', waits_for: [] },
      { name: 'db', phase: 'draining', waits_for: ['worker'], kill_at: null },
    ],
  })
  expect(told.processes[0]?.text).toMatch(/^worker got SIGTERM .+ ago, and gets SIGKILL in .+\.$/)
  await daemon.ended()
  await daemon.start()
  const killed = await daemon.json<EventView[]>('events', '--kind', 'killed', '-p', 'worker')
  expect(killed).toMatchObject([{ reason: expect.stringMatching(/^killed after 3s: /) }])
}, 20_000)
