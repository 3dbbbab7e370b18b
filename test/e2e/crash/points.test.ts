// Kills the daemon at every named point of its program, and looks whether the next one knows everything.
import { expect, test } from 'bun:test'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { crashPoints, type CrashPoint } from '../../../src/lib/crash-points.ts'
import { binary } from '../binary.ts'
import { fact } from '../facts.ts'
import { processFile, scripts, type Script, type Views } from './scripts.ts'
import { aWorld, instantsIn, residents, type Instant, type World } from './world.ts'

for (const script of scripts) {
  test(`[TB20] [TB23] killed at any point of ${script.name}, nothing is lost, doubled or orphaned`, async () => {
    await using world = await aWorld()
    let round = 0
    const passed = await traced(world, script, (round += 1))
    expect(passed.size).toBeGreaterThan(5)
    for (const at of instantsIn(passed)) {
      await makeAsItWas(world)
      await killed(world, script, { at, round: (round += 1) })
    }
  }, 300_000)
}

async function traced(world: World, script: Script, round: number): Promise<ReadonlyMap<CrashPoint, number>> {
  await script.prepare?.(world, round)
  const before = await world.settled()
  world.trace()
  const scene = { world, before, round }
  expect(await script.act(scene)).toBe(true)
  const after = await world.settled()
  const passed = world.disarm()
  expect(script.isDone(after, scene), `what ${script.name} does`).toBe(true)
  return passed
}

async function killed(world: World, script: Script, { at, round }: { at: Instant; round: number }): Promise<void> {
  const { daemon } = world
  await script.prepare?.(world, round)
  const before = await world.settled()
  world.arm(at)
  const scene = { world, before, round }
  const ordered = script.act(scene)
  // How often a late point is passed is chance: it may not come to it.
  const died = await fact('it has died', () => daemon.hasEnded(), { within: 1500 }).catch(() => false)
  world.disarm()
  if (died) await daemon.start()
  const isAcknowledged = await ordered
  const after = await world.settled()
  const story = `${died ? 'killed' : 'not killed'} at ${at.point} #${at.nth}, ${isAcknowledged ? 'acknowledged' : 'not acknowledged'}`
  const isWell = script.isDone(after, scene) || (!isAcknowledged && (script.isUndone?.(after, scene) ?? true))
  expect({ story, isWell, wrong: await world.wrong(), miscounted: miscounted(after, before) }).toEqual({
    story,
    isWell: true,
    wrong: [],
    miscounted: [],
  })
}

/** Every run but the first of a process that nobody stops replaces one, and counts as a restart. */
function miscounted(after: Views, before: Views): string[] {
  return ['steady', 'victim'].flatMap((name) => {
    const [then, now] = [before.get(name), after.get(name)]
    const runs = (now?.run ?? 0) - (then?.run ?? 0)
    const restarts = (now?.restart_count ?? 0) - (then?.restart_count ?? 0)
    return runs === restarts ? [] : [`${name}: ${runs} more runs, ${restarts} more restarts`]
  })
}

async function makeAsItWas({ daemon, file, settled }: World): Promise<void> {
  writeFileSync(file, processFile(residents))
  await daemon.json('apply', file)
  const names = new Set(residents.map(({ name }) => name))
  const all = await settled()
  const extra = [...all.keys()].filter((name) => !names.has(name))
  if (extra.length > 0) await daemon.json('delete', ...extra)
  const down = [...all.values()].filter(
    ({ name, status }) => names.has(name) && name !== 'rests' && status === 'stopped',
  )
  if (down.length > 0) await daemon.json('start', ...down.map(({ name }) => name))
  if (all.get('rests')?.status !== 'stopped') await daemon.json('stop', 'rests')
  await settled()
}

test('the shipped binary has none of the points', () => {
  const shipped = readFileSync(binary)
  expect(shipped.includes('crashPoint')).toBe(false)
  expect(shipped.includes('commit: begun')).toBe(false)
  expect(readFileSync(join(binary, '../coppice-crash')).includes('commit: begun')).toBe(true)
})

test('every named point is somewhere in the sources, and nothing else is', () => {
  const sources = globSync('src/**/*.ts').map((path) => readFileSync(path, 'utf8'))
  const placed = sources.flatMap((text) =>
    [...text.matchAll(/crashPoint\?\.\('([^']+)'\)/g)].map(([, point]) => point ?? ''),
  )
  expect([...new Set(placed)].toSorted()).toEqual(['…', ...crashPoints].toSorted())
})
