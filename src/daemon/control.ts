import type { Control } from '../api/control.ts'
import { isAlive, type Process } from '../core/process.ts'
import { named } from '../core/world.ts'
import type { Clock, Sampler } from '../system/ports.ts'
import type { SupervisorView, Verb } from '../wire/routes.ts'
import type { Engine } from './engine.ts'
import { viewsOf, whyOf, type Now } from './view.ts'

/** The engine as the API sees it. */
export function createControl(input: {
  engine: Engine
  clock: Clock
  sampler: Sampler
  supervisor: SupervisorView
}): Control {
  const { engine, clock, sampler, supervisor } = input
  const now = (): Now => ({ instant: clock.now(), wall: clock.wall() })
  const processesOf = (names: readonly string[]): Process[] =>
    names.map((name) => named(engine.world, name)).filter((process) => process !== undefined)

  return {
    supervisor: () => supervisor,
    list: () => viewsOf([...engine.world.processes.values()], now(), sampler),
    resolve: (nameOrId) => resolve([...engine.world.processes.values()], nameOrId),
    views: (names) => viewsOf(processesOf(names), now(), sampler),
    why: (name) => processesOf([name]).flatMap((process) => whyOf(process, now())),
    act({ verb, names, force, caller }) {
      const by = { verb, user: caller?.user ?? null }
      for (const { id } of processesOf(names)) {
        const event = verb === 'start' ? { tag: verb, by } : { tag: verb, by, force }
        engine.dispatch({ tag: 'process', process: id, event })
      }
    },
    settled: ({ verb, names, signal }) => settled(engine, { verb, processes: processesOf(names), signal }),
  }
}

/** An id, a name, or the name several instances share. */
function resolve(processes: readonly Process[], nameOrId: string): string[] {
  const byId = /^\d+$/.test(nameOrId) ? processes.filter(({ id }) => id === Number(nameOrId)) : []
  const exact = byId.length > 0 ? byId : processes.filter(({ spec }) => spec.name === nameOrId)
  const found = exact.length > 0 ? exact : processes.filter(({ spec }) => spec.instanceOf?.name === nameOrId)
  return found.map(({ spec }) => spec.name)
}

type Progress = 'done' | 'failed' | 'pending'

async function settled(
  engine: Engine,
  order: { verb: Verb; processes: readonly Process[]; signal: AbortSignal },
): Promise<'done' | 'failed'> {
  const { promise, resolve: settle, reject } = Promise.withResolvers<'done' | 'failed'>()
  const look = (): void => {
    const progress = order.processes.map((then) => progressOf(order.verb, then, engine.world.processes.get(then.id)))
    if (progress.includes('pending')) return
    settle(progress.includes('failed') ? 'failed' : 'done')
  }
  const stopWatching = engine.subscribe(look)
  const abort = (): void => reject(order.signal.reason)
  order.signal.addEventListener('abort', abort, { once: true })
  look()
  try {
    return await promise
  } finally {
    order.signal.removeEventListener('abort', abort)
    stopWatching()
  }
}

/** How far the wish has come true. `then` is the process right after the wish was recorded. */
function progressOf(verb: Verb, then: Process, now: Process | undefined): Progress {
  if (now === undefined || now.state.tag === 'stuck') return 'failed'
  if (verb === 'stop') {
    if (now.want.up) return 'failed'
    return isAlive(now.state) ? 'pending' : 'done'
  }
  if (now.restarts > then.restarts) return 'failed'
  switch (now.state.tag) {
    case 'running':
      return now.state.isReady ? 'done' : 'pending'
    case 'completed':
      return 'done'
    case 'waiting':
      return now.state.hopeless || now.revives ? 'failed' : 'pending'
    case 'stopped':
    case 'failed':
    case 'delayed':
      return 'failed'
    case 'preparing':
    case 'spawning':
    case 'starting':
    case 'stopping':
      return isGivingUp(now) ? 'failed' : 'pending'
  }
}

/** A start attempt that is being taken down for a fault of its own has failed, whatever its policy does next. */
function isGivingUp({ state }: Process): boolean {
  return state.tag === 'stopping' && (state.reason.tag === 'start-timeout' || state.reason.tag === 'exited')
}
