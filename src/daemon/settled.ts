import { isAlive, type Process } from '../core/process.ts'
import type { Mark, Pending } from '../wire/replace.ts'
import type { Verb } from '../wire/routes.ts'
import type { Engine } from './engine.ts'

type Progress = 'done' | 'failed' | 'pending'

/** What of a process tells later what became of what was asked of it just now. */
export function markOf({ id, spec, createdAt, restarts }: Process): Mark {
  return { id, name: spec.name, created_at: createdAt, restart_count: restarts }
}

/** Waits until what was asked of these processes has come true, or cannot any more. [AP20] */
export async function settled(
  engine: Engine,
  order: Pending & { readonly signal: AbortSignal },
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

/** How far the wish has come true. `then` is of right after the wish was recorded. */
function progressOf(verb: Verb, then: Mark, now: Process | undefined): Progress {
  switch (verb) {
    case 'reset':
      return 'done'
    case 'delete':
      return goneProgress(then, now)
    case 'stop':
      if (now === undefined) return 'done'
      if (now.state.tag === 'stuck' || now.want.up) return 'failed'
      return isAlive(now.state) ? 'pending' : 'done'
    case 'start':
    case 'restart':
      return upProgress(then, now)
  }
}

/** Another process may have its id by now. */
function goneProgress(then: Mark, now: Process | undefined): Progress {
  if (now === undefined || now.createdAt !== then.created_at) return 'done'
  return now.state.tag === 'stuck' || now.want.up ? 'failed' : 'pending'
}

function upProgress(then: Mark, now: Process | undefined): Progress {
  if (now === undefined || now.state.tag === 'stuck') return 'failed'
  if (now.restarts > then.restart_count) return 'failed'
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
    case 'backoff':
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
