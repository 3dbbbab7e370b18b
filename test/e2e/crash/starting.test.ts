// Kills the daemon while it starts and while it ends, and takes its database away.
import { expect, test } from 'bun:test'
import { mkdirSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import type { CrashPoint } from '../../../src/lib/crash-points.ts'
import { applicationId } from '../../../src/store/sqlite/schema.ts'
import { program } from '../../programs/program.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { fact } from '../facts.ts'
import { signalIfThere } from '../leftovers.ts'
import { isAlive } from '../proc.ts'
import { aWorld, crashing, instantsIn, livingRuns, ordersIn, type World } from './world.ts'

/** The daemon dies, and so do some of its processes while there is none. */
async function disaster({ daemon, settled }: World): Promise<void> {
  const before = await settled()
  await daemon.json('restart', 'slow', '--no-wait')
  daemon.signal('SIGKILL')
  await daemon.ended()
  for (const name of ['victim', 'family']) signalIfThere(before.get(name)?.pid ?? 0, 'SIGKILL')
}

test('[TB20] killed at any point of a start that takes runs back, nothing is lost, doubled or orphaned', async () => {
  await using world = await aWorld()
  const { daemon } = world
  await disaster(world)
  world.trace()
  await daemon.start()
  await world.settled()
  const passed = world.disarm()
  expect(passed.get('start: run taken back')).toBe(6)
  for (const at of instantsIn(passed)) {
    const before = await world.settled()
    await disaster(world)
    world.arm(at)
    await daemon.start()
    await fact('it has died', () => daemon.hasEnded(), { within: 1000 }).catch(() => null)
    world.disarm()
    if (daemon.hasEnded()) await daemon.start()
    const after = await world.settled()
    expect({ at, wrong: await world.wrong(), names: [...after.keys()] }).toEqual({
      at,
      wrong: [],
      names: [...before.keys()],
    })
    expect(after.get('steady')?.pid).toBe(before.get('steady')?.pid ?? 0)
    expect(after.get('rests')?.status).toBe('stopped')
    const [runs, restarts] = (['run', 'restart_count'] as const).map(
      (key) => (after.get('victim')?.[key] ?? 0) - (before.get('victim')?.[key] ?? 0),
    )
    expect(runs).toBe(restarts ?? 0)
  }
}, 120_000)

test('[TB20] killed at any point of an end, the daemon brings back what it had', async () => {
  await using world = await aWorld()
  const { daemon } = world
  world.trace()
  daemon.signal('SIGTERM')
  await daemon.ended()
  const passed = world.disarm()
  await daemon.start()
  for (const at of instantsIn(passed)) {
    await world.settled()
    world.arm(at)
    daemon.signal('SIGTERM')
    await daemon.ended()
    world.disarm()
    await daemon.start()
    const after = await world.settled()
    const up = [...after.values()].filter(({ status }) => status === 'running').map(({ name }) => name)
    expect({ at, wrong: await world.wrong(), up }).toEqual({
      at,
      wrong: [],
      up: ['steady', 'victim', 'leaf', 'family', 'slow', 'stubborn'],
    })
  }
}, 120_000)

/** A daemon that was never started, in a home that `furnish` has been in. */
async function aNewDaemon(furnish: (state: string) => void): Promise<Daemon> {
  const daemon = await aDaemon({ binary: crashing(), starts: false })
  const state = join(daemon.home, 'state')
  mkdirSync(state, { mode: 0o700 })
  furnish(state)
  return daemon
}

/** Of the tables before the first: nothing but what tells that it is ours. */
function older(state: string): void {
  using database = new DatabaseSync(join(state, 'coppice.db'))
  database.exec(`PRAGMA application_id = ${applicationId}; CREATE TABLE old (x)`)
}

const beginnings: readonly (readonly [string, (state: string) => void])[] = [
  ['the first start', () => undefined],
  ['a start with a database of an older version', older],
]

for (const [what, furnish] of beginnings) {
  test(`[TB20] killed at any point of ${what}, the next one is as good`, async () => {
    for (const at of instantsIn(await traced(furnish))) {
      await using daemon = await aNewDaemon(furnish)
      const orders = ordersIn(daemon)
      orders.arm(at)
      await daemon.start()
      expect({ at, code: await daemon.ended() }).toEqual({ at, code: 137 })
      orders.disarm()
      await daemon.start()
      await daemon.json('exec', ...program('never-dies'), '--name', 'web')
      await daemon.until('web', 'running')
      expect(readdirSync(join(daemon.home, 'state')).filter((name) => name.includes('damaged'))).toEqual([])
    }
  }, 120_000)
}

async function traced(furnish: (state: string) => void): Promise<ReadonlyMap<CrashPoint, number>> {
  await using daemon = await aNewDaemon(furnish)
  const orders = ordersIn(daemon)
  orders.trace()
  await daemon.start()
  await daemon.fact('it is up', () => daemon.stderr.includes('control socket'))
  return orders.disarm()
}

test('[TB21] a stop signal that was sent is not sent again by the next daemon', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', ...program('slow-term'), '--name', 'slow', '--', '0.5')
  await daemon.mark('slow-term', 'start')
  await daemon.json('stop', 'slow', '--no-wait')
  await daemon.mark('slow-term', 'term')
  daemon.signal('SIGKILL')
  await daemon.ended()
  await daemon.start()
  await daemon.until('slow', 'stopped')
  expect(daemon.marks('slow-term').map(({ what }) => what)).toEqual(['start', 'term', 'exit'])
})

test('[TB21] a stop signal that was recorded and not sent is sent by the next daemon', async () => {
  await using daemon = await aDaemon({ binary: crashing() })
  await daemon.json('exec', ...program('slow-term'), '--name', 'slow')
  await daemon.mark('slow-term', 'start')
  ordersIn(daemon).arm({ point: 'signal: before', nth: 1 })
  await daemon.cli('stop', 'slow', '--no-wait')
  await daemon.ended()
  ordersIn(daemon).disarm()
  expect(daemon.marks('slow-term', 'term')).toEqual([])
  await daemon.start()
  await daemon.mark('slow-term', 'exit')
  await daemon.until('slow', 'stopped')
})

test('[TB22] a run that the last good copy of the database does not know is taken back, not doubled', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', ...program('never-dies'), '--name', 'web')
  daemon.signal('SIGTERM') // Now there is a copy.
  await daemon.ended()
  await daemon.start()
  await daemon.until('web', 'running')
  await daemon.json('restart', 'web')
  await daemon.json('exec', ...program('never-dies'), '--name', 'later')
  const [web, later] = await daemon.ls()
  daemon.signal('SIGKILL')
  await daemon.ended()
  truncateSync(join(daemon.home, 'state/coppice.db'), 100)
  await daemon.start()
  expect(await daemon.view('web')).toMatchObject({ pid: web?.pid, run: web?.run, status: 'running' })
  expect(isAlive(later?.pid ?? 0)).toBe(false)
  expect(daemon.stderr).toContain(`process ${later?.pid}, run 1 of a process 2, is in no record`)
  expect([...livingRuns(daemon)].length).toBe(1)
})

test('[TB22] what ran for a database that is gone is stopped before anything is started', async () => {
  await using daemon = await aDaemon({ binary: crashing() })
  await daemon.json('exec', ...program('never-dies'), '--name', 'web')
  const [web] = await daemon.ls()
  daemon.signal('SIGKILL')
  await daemon.ended()
  const state = join(daemon.home, 'state')
  for (const name of readdirSync(state)) if (name.startsWith('coppice.db')) rmSync(join(state, name))
  ordersIn(daemon).arm({ point: 'start: orphan ended', nth: 1 })
  await daemon.start()
  expect(await daemon.ended()).toBe(137)
  ordersIn(daemon).disarm()
  await daemon.start()
  expect(await daemon.ls()).toEqual([])
  await daemon.fact('it is gone', () => !isAlive(web?.pid ?? 0))
})
