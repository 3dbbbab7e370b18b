import { emptyCensus, recount } from './census.ts'
import type { Declaration, Event, ProcessEvent } from './events.ts'
import { dismissCallers, withdrawJobs } from './jobs.ts'
import { reasonToStart } from './launch.ts'
import { neighboursOf } from './neighbours.ts'
import { isLeaving, type Process } from './process.ts'
import { redeclared } from './redeclare.ts'
import type { Actor } from './reason.ts'
import type { ProcessSpec } from './spec.ts'
import { callOff } from './specials.ts'
import { stirsOf } from './stir.ts'
import { enter, put, touchAll, type Turn } from './turn.ts'
import { awaitsItsCount, named, newProcess } from './world.ts'
import { isSame } from '../lib/same.ts'
import { never } from '../lib/time.ts'

/** What was said of a process together with its declaration. */
export interface Wish {
  readonly process: number
  readonly event: Extract<ProcessEvent, { tag: 'start' | 'stop' }>
}

/**
 * Takes declarations into the world: new processes, and new specs of known ones, whatever they are at. Of two with one
 * name the later counts. [DE1] [DE2]
 * @returns what is wanted of them, still to be dispatched
 */
export function declare(turn: Turn, { declarations, by }: Extract<Event, { tag: 'declare' }>): readonly Wish[] {
  const latest = [...new Map(declarations.map((declaration) => [declaration.spec.name, declaration])).values()]
  const wishes = new Map(latest.map((declaration) => [declaration.spec.name, wishFor(turn, declaration, by)]))
  for (const { spec } of latest) beginPrerunsAnew(turn, spec)
  const before = turn.world.processes
  setSpecs(turn, latest)
  for (const { spec } of latest) {
    const process = named(turn.world, spec.name)
    const old = before.get(process?.id ?? 0)?.spec
    if (process !== undefined && old !== undefined) takeOver(turn, process, old)
  }
  awaitCounts(turn)
  touchAll(turn)
  return latest.flatMap(({ spec: { name } }) => {
    const event = wishes.get(name) ?? null
    const id = turn.world.ids.get(name)
    return event === null || id === undefined ? [] : [{ process: id, event }]
  })
}

/** What goes away and is declared anew stays, as if it were new. [DE7] */
function wishFor(turn: Turn, { spec, want }: Declaration, by: Actor): Wish['event'] | null {
  const known = named(turn.world, spec.name)
  const isNew = known === undefined || isLeaving(known)
  const wanted = want ?? (isNew ? (spec.autostart ? 'up' : 'down') : null)
  if (wanted === null || (known === undefined && wanted === 'down' && !spec.autostart)) return null
  return wanted === 'up' ? { tag: 'start', by } : { tag: 'stop', by, force: false }
}

/** Who is at its preruns and has others now begins them anew. */
function beginPrerunsAnew(turn: Turn, spec: ProcessSpec): void {
  const process = named(turn.world, spec.name)
  if (process?.state.tag !== 'preparing' || isSame(process.spec.prerun, spec.prerun)) return
  withdrawJobs(turn, process)
  enter(turn, process, { tag: 'waiting', reason: reasonToStart(process), hopeless: false })
}

/** Everything that follows from the specs alone is found out once, however many there are. */
function setSpecs(turn: Turn, declarations: readonly Declaration[]): void {
  const { world } = turn
  let { processes } = world
  let last = 0
  for (const { id } of processes.values()) last = id
  for (const { spec } of declarations) {
    const known = named(world, spec.name)
    const process: Process = known === undefined ? newProcess(++last, spec, world.now) : { ...known, spec }
    processes = processes.set(process.id, process)
  }
  const all = [...processes.values()]
  const census = all.reduce((counted, process) => recount(counted, undefined, process), emptyCensus)
  const stirs = stirsOf(all, world.settings.groups)
  turn.world = { ...world, processes, ...neighboursOf(all), census, stirs }
}

function takeOver(turn: Turn, process: Process, old: ProcessSpec): void {
  const { name, oneshot, trigger } = process.spec
  if (!oneshot) {
    dismissCallers(turn, process)
    callOff(turn, name)
  }
  const present = named(turn.world, name) ?? process
  const sameSchedule = isSame(old.trigger.schedule, trigger.schedule)
  put(turn, { ...redeclared(turn, present, old), nextPeriodic: sameSchedule ? present.nextPeriodic : never })
}

/** A period that is new is counted as soon as the tree is up. [DE4] */
function awaitCounts(turn: Turn): void {
  const { specials, processes } = turn.world
  const armed = specials.armed && ![...processes.values()].some(awaitsItsCount)
  turn.world = { ...turn.world, specials: { ...specials, armed } }
}
