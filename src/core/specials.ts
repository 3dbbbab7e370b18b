import type { SignalName } from '../lib/signals.ts'
import { never } from '../lib/time.ts'
import { addJob } from './launch.ts'
import { beginEnding } from './phases.ts'
import type { Process } from './process.ts'
import type { Reason } from './reason.ts'
import { enter, put, since, touchAll, type Turn } from './turn.ts'
import { awaitsItsCount, named, type Call, type Specials, type Turned } from './world.ts'

/** Has a special run: at once, or when those before it are done. None is lost, none overlaps. [SP4] */
export function call(turn: Turn, { name, by }: Call): void {
  // What does not end never has had its turn.
  if (named(turn.world, name)?.spec.oneshot !== true) return
  const { queue } = turn.world.specials
  const waits = by === 'schedule' && queue.some((other) => other.name === name && other.by === by)
  if (!waits) update(turn, { queue: [...queue, { name, by }] })
}

/** Calls every special of this signal. False when there is none: then the signal does what it does by default. [SP1] */
export function callBySignal(turn: Turn, signal: SignalName): boolean {
  let found = false
  for (const { spec } of turn.world.processes.values()) {
    if (spec.trigger.signal !== signal) continue
    call(turn, { name: spec.name, by: signal })
    found = true
  }
  return found
}

/** Moves the specials on: begins the next one, and runs it once the tree is down where it asks for that. [SP3] */
export function advanceSpecials(turn: Turn): void {
  const { current, queue } = turn.world.specials
  if (turn.world.phase.tag !== 'up') return
  if (current === null) {
    const [next, ...rest] = queue
    if (next === undefined) return
    update(turn, { queue: rest })
    return beginSpecial(turn, next)
  }
  if (current.stage === 'running' || turn.world.census.alive > 0) return
  update(turn, { current: { ...current, stage: 'running' } })
  run(turn, current.call.name)
}

function beginSpecial(turn: Turn, next: Call): void {
  const special = named(turn.world, next.name)
  if (special === undefined) return advanceSpecials(turn)
  const reason = since(turn, { tag: 'special', process: next.name, by: next.by })
  const holds = special.spec.trigger.shutdown
  update(turn, { current: { call: next, reason, stage: holds ? 'clearing' : 'running', holds } })
  if (holds) touchAll(turn)
  else run(turn, next.name)
}

function run(turn: Turn, name: string): void {
  const special = named(turn.world, name)
  if (special !== undefined) addJob(turn, special, { tag: 'special' })
}

/** A special has run, well or badly: the end (`terminate`), or the tree again. [SP3] [SP5] */
export function specialDone(turn: Turn, name: string, outcome: 'done' | 'failed'): void {
  const { current } = turn.world.specials
  if (current === null || current.call.name !== name) return
  update(turn, { current: null })
  if (named(turn.world, name)?.spec.trigger.terminate === true)
    return beginEnding(turn, { reason: endOf(turn, current), code: outcome === 'done' ? 0 : 1 })
  if (!current.holds) return
  countAnew(turn)
  startAgain(turn, current.reason)
}

/** Nobody of this name can have a turn any more: its calls are off, and if it has its turn, that is over. */
export function callOff(turn: Turn, name: string): void {
  const { queue } = turn.world.specials
  if (queue.some((waiting) => waiting.name === name))
    update(turn, { queue: queue.filter((waiting) => waiting.name !== name) })
  specialDone(turn, name, 'failed')
}

/** The special asked for the end, as a signal does. [SP5] */
function endOf(turn: Turn, { call: { name }, reason }: Turned): Reason {
  return since(turn, { tag: 'shutdown', by: { verb: name, user: null } }, reason)
}

/** What completed before belongs to the tree that starts again; what is down on purpose stays down. [SP3] */
function startAgain(turn: Turn, reason: Reason): void {
  for (const process of turn.world.processes.values()) {
    const { spec, want, state } = process
    if (spec.autostart && want.up && state.tag === 'completed')
      enter(turn, process, { tag: 'waiting', reason, hopeless: false })
  }
}

/** The tree comes up again: its periods are counted from then. [SP2] */
function countAnew(turn: Turn): void {
  for (const process of turn.world.processes.values()) {
    if (process.spec.trigger.schedule?.tag !== 'every') continue
    put(turn, { ...process, nextPeriodic: never })
    update(turn, { armed: false })
  }
  touchAll(turn)
}

/**
 * Begins to count the periods once the tree has come up: nothing is on its first way any more. [SP2]
 * @returns whether it did
 */
export function armPeriods(turn: Turn): boolean {
  const { phase, specials, processes, census, now } = turn.world
  if (phase.tag !== 'up' || specials.armed || specials.current !== null || census.moving > 0) return false
  update(turn, { armed: true })
  for (const process of processes.values()) {
    const { schedule } = process.spec.trigger
    if (schedule?.tag === 'every' && awaitsItsCount(process))
      put(turn, { ...process, nextPeriodic: now + schedule.period })
  }
  return true
}

/** A period has passed: calls the special, unless the tree is held down or ending. */
export function onPeriod(turn: Turn, process: Process): void {
  const { schedule } = process.spec.trigger
  if (schedule?.tag !== 'every') return
  const { period } = schedule
  // Whoever was held up for several periods runs once, and keeps its count.
  const passed = Math.floor((turn.world.now - process.nextPeriodic) / period) + 1
  put(turn, { ...process, nextPeriodic: process.nextPeriodic + passed * period })
  if (turn.world.phase.tag === 'up') call(turn, { name: process.spec.name, by: 'schedule' })
}

function update(turn: Turn, change: Partial<Specials>): void {
  turn.world = { ...turn.world, specials: { ...turn.world.specials, ...change } }
}
