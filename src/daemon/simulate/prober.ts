import { assertNever } from '../../lib/assert.ts'
import type { Check, Probe } from '../../core/check.ts'
import type { Plan } from '../../core/spec.ts'
import type { Millis } from '../../lib/time.ts'
import type { Prober } from '../../system/ports.ts'
import type { Agenda } from './agenda.ts'

/** A prober that asks nobody outside. */
export interface SimulatedProber extends Prober {
  /** Whether anything was answered since this was last asked: then promises are on their way. */
  takeAnswered(): boolean
}

const answersAfter: Millis = 1

/** @param isWell whether the checks of a process pass now; those of the prologue always do */
export function createProber(plan: Plan, agenda: Agenda, isWell: (name: string) => boolean): SimulatedProber {
  const inverted = new Set(checksOf(plan).flatMap((check) => invertedIn(check, false)))
  let answered = false
  return {
    ask(probe, { context, signal }) {
      const { promise, resolve } = Promise.withResolvers<{ ok: boolean; detail: string }>()
      const callOff = agenda.after(answersAfter, () => {
        answered = true
        const passes = context === null || isWell(context.name)
        resolve({ ok: passes !== inverted.has(probe), detail: passes ? 'simulated: it passes' : 'simulated: it fails' })
      })
      signal.addEventListener('abort', callOff)
      return promise
    },
    takeAnswered() {
      const was = answered
      answered = false
      return was
    },
    async [Symbol.asyncDispose]() {},
  }
}

function checksOf({ specs, settings }: Plan): readonly Check[] {
  return [
    ...settings.prologue.map(({ check }) => check),
    ...specs.flatMap(({ ready, monitors }) => [
      ...(ready?.tag === 'check' ? [ready.check] : []),
      ...monitors.map(({ check }) => check),
    ]),
  ]
}

/** The probes that must fail for the whole to pass. */
function invertedIn(check: Check, isInverted: boolean): readonly Probe[] {
  switch (check.tag) {
    case 'probe':
      return isInverted ? [check.probe] : []
    case 'not':
      return invertedIn(check.of, !isInverted)
    case 'retries':
    case 'bucket':
      return invertedIn(check.of, isInverted)
    case 'all':
    case 'any':
      return check.of.flatMap((part) => invertedIn(part, isInverted))
    default:
      return assertNever(check)
  }
}
