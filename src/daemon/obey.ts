import { assertNever } from '../lib/assert.ts'
import type { Effect, RunRef } from '../core/effects.ts'
import type { Event, ProbeToken } from '../core/events.ts'
import type { Verdict } from '../core/check.ts'
import type { RunNews } from '../system/ports.ts'
import type { Ports } from './outside.ts'

interface Obedience extends AsyncDisposable {
  obey(effect: Effect): void
}

/** Does what the core says, and turns what comes of it into events. The one switch over effects. */
export function createObedience(input: {
  ports: Ports
  dispatch: (event: Event) => void
  end: (code: number) => void
}): Obedience {
  const { ports, dispatch, end } = input
  const askings = new Map<string, AbortController>()

  function obey(effect: Effect): void {
    switch (effect.tag) {
      case 'spawn':
        return spawn(effect)
      case 'signal':
        return ports.spawner.signal(effect.ref, effect)
      case 'release':
        return ports.spawner.release(effect.ref)
      case 'ask':
        return void ask(effect)
      case 'hush':
        return hush(effect.ref)
      case 'end':
        return end(effect.code)
      default:
        return assertNever(effect)
    }
  }

  function spawn({ ref, spec }: Extract<Effect, { tag: 'spawn' }>): void {
    const outcome = ports.spawner.spawn({ ref, spec, news: (news) => dispatch(eventOf(ref, news)) })
    dispatch({ tag: 'process', process: ref.process, event: { ...outcome, run: ref.run } })
  }

  async function ask({ token, probes, spec }: Extract<Effect, { tag: 'ask' }>): Promise<void> {
    const { signal } = controllerOf(token)
    const verdicts = await Promise.all(probes.map((probe) => ports.prober.ask(probe, { context: spec, signal })))
    if (!signal.aborted) dispatch(verdictEvent(token, verdicts))
  }

  function controllerOf(token: ProbeToken): AbortController {
    const key = keyOf(token)
    const known = askings.get(key)
    if (known !== undefined) return known
    const controller = new AbortController()
    askings.set(key, controller)
    return controller
  }

  function hush(ref: RunRef): void {
    askings.get(keyOf(ref))?.abort()
    askings.delete(keyOf(ref))
  }

  return {
    obey,
    async [Symbol.asyncDispose]() {
      for (const controller of askings.values()) controller.abort()
      askings.clear()
      await ports.prober[Symbol.asyncDispose]()
      await ports.spawner[Symbol.asyncDispose]()
    },
  }
}

function keyOf({ process, run }: RunRef): string {
  return `${process}:${run}`
}

/** What became of a run, as the core hears it. */
export function eventOf({ process, run }: RunRef, news: RunNews): Event {
  return { tag: 'process', process, event: { ...news, run } }
}

function verdictEvent(token: ProbeToken, verdicts: readonly Verdict[]): Event {
  if (token.process === 0) return { tag: 'prologue-probed', token, verdicts }
  return { tag: 'process', process: token.process, event: { tag: 'probed', run: token.run, token, verdicts } }
}
