import type { Effect } from '../core/effects.ts'
import type { Event } from '../core/events.ts'
import { step } from '../core/step.ts'
import { transitions } from '../core/transitions.ts'
import { nextDeadline, type World } from '../core/world.ts'
import type { Change } from '../store/recorder.ts'
import { createObedience } from './obey.ts'
import type { Ports } from './outside.ts'

/** The loop around the core: one world, one queue of events, one alarm. */
export interface Engine extends AsyncDisposable {
  readonly world: World
  /** Tells the core what happened. It is dealt with before this returns, unless it comes from within a step. */
  dispatch(event: Event): void
  /** @returns the function that ends the subscription */
  subscribe(listener: (change: Change) => void): () => void
  /** The exit code, once the run of the supervisor is over. */
  readonly ended: Promise<number>
}

/** @param input the world to begin with, which no one else changes */
export function createEngine(input: { world: World; ports: Ports }): Engine {
  const { clock, recorder, dice } = input.ports
  let { world } = input
  let alarm = Number.POSITIVE_INFINITY
  let busy = false
  const queue: Event[] = []
  const listeners = new Set<(change: Change) => void>()
  const ended = Promise.withResolvers<number>()
  const obedience = createObedience({ ports: input.ports, dispatch, end: ended.resolve })

  function dispatch(event: Event): void {
    queue.push(event)
    if (busy) return
    busy = true
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) turn(next)
    } finally {
      busy = false
      recorder.flush()
    }
    setAlarm()
  }

  /** Take the input, step, record, obey, publish. */
  function turn(event: Event): void {
    const before = world
    const at = clock.now()
    const chance = dice()
    const [after, effects] = step(before, { at, dice: chance, event })
    const change = { before, after, transitions: transitions(before, after) }
    recorder.record({ at, dice: chance, event }, change)
    globalThis.crashPoint?.('step: recorded')
    world = after
    for (const effect of effects) {
      makeKnown(effect)
      obedience.obey(effect)
      globalThis.crashPoint?.('step: obeyed')
    }
    if (effects.some(({ tag }) => tag === 'signal')) recorder.obeyed?.()
    publish(change)
  }

  /** What is done only when it is on record; a spawn, when it is at least known that it is to be. [TB27] */
  function makeKnown(effect: Effect): void {
    if (effect.tag === 'signal' || effect.tag === 'release' || effect.tag === 'end') recorder.flush()
    const spawned = effect.tag === 'spawn' ? world.processes.get(effect.ref.process) : undefined
    if (spawned !== undefined) recorder.beforeSpawn(spawned)
  }

  function publish(change: Change): void {
    for (const listener of listeners) listener(change)
  }

  function setAlarm(): void {
    const next = nextDeadline(world)
    if (next === alarm) return
    alarm = next
    clock.alarm(next, ring)
  }

  function ring(): void {
    alarm = Number.POSITIVE_INFINITY
    dispatch({ tag: 'tick' })
  }

  return {
    get world() {
      return world
    },
    dispatch,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    ended: ended.promise,
    async [Symbol.asyncDispose]() {
      clock.alarm(Number.POSITIVE_INFINITY, ring)
      listeners.clear()
      await obedience[Symbol.asyncDispose]()
    },
  }
}
