import { expect, test } from 'bun:test'
import { aWorld } from '../../test/sim/builders.ts'
import type { Effect } from './effects.ts'
import type { Event, ProcessEvent } from './events.ts'
import { step } from './step.ts'
import { named, type World } from './world.ts'

const by = { verb: 'test', user: null }
const groups = ['g']

/** `a` has been told to spawn when `b`, of the same group, falls. */
function doomed(): World {
  const policy = { strategy: 'one_for_all', budget: null, stopTogether: false } as const
  const world = aWorld({ a: { groups }, b: { groups } }, { groups: new Map([['g', policy]]) })
  const [begun] = tell(world, { tag: 'begin', by })
  const [alive] = about(begun, 'b', { tag: 'spawned', run: 1, pid: 2, startTime: 1 })
  const [fallen] = about(alive, 'b', { tag: 'exited', run: 1, exit: { tag: 'code', code: 1 }, left: 0 })
  return fallen
}

function tell(world: World, event: Event): readonly [World, readonly Effect[]] {
  return step(world, { at: world.now + 1, dice: 0.5, event })
}

function about(world: World, name: string, event: ProcessEvent): readonly [World, readonly Effect[]] {
  return tell(world, { tag: 'process', process: world.ids.get(name) ?? 0, event })
}

const spawned = { tag: 'spawned', run: 1, pid: 1, startTime: 1 } as const

test('[GP2] who is being spawned when another member falls goes down as soon as it is there', () => {
  const world = doomed()
  expect(named(world, 'a')?.state).toMatchObject({ tag: 'spawning', doom: { tag: 'member-fell', process: 'b' } })
  const [after, effects] = about(world, 'a', spawned)
  expect(named(after, 'a')?.state).toMatchObject({ tag: 'stopping', reason: { tag: 'member-fell' } })
  expect(effects).toContainEqual(expect.objectContaining({ tag: 'signal', signal: 'SIGTERM' }))
})

test('[GP2] [TR9] a person who starts it meanwhile has the last word', () => {
  for (const tag of ['start', 'restart'] as const) {
    const [asked] = about(doomed(), 'a', tag === 'start' ? { tag, by } : { tag, by, force: false })
    const [after] = about(asked, 'a', spawned)
    expect(named(after, 'a')?.state.tag).toBe('running')
  }
})

test('[GP2] where it cannot be spawned it waits for the others all the same', () => {
  const [after] = about(doomed(), 'a', { tag: 'spawn-failed', run: 1, code: 'ENOENT', text: 'no such file' })
  expect(named(after, 'a')?.state).toMatchObject({ tag: 'waiting', reason: { tag: 'waits-for-group' } })
})
