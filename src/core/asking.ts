import { probesOf, type Check, type Verdict } from './check.ts'
import { judge } from './judge.ts'
import type { ProbeToken } from './events.ts'
import { never } from '../lib/time.ts'
import type { Asking, Process, Run } from './process.ts'
import type { Turn } from './turn.ts'

/** Asks a check now; its answer comes as `probed` with this token. */
export function ask(
  turn: Turn,
  process: Process,
  what: { run: Run; slot: ProbeToken['slot']; check: Check; asking: Asking },
): Asking {
  const attempt = what.asking.attempt + 1
  const token: ProbeToken = { process: process.id, run: what.run.n, slot: what.slot, attempt }
  turn.effects.push({ tag: 'ask', token, probes: probesOf(what.check), spec: process.spec })
  return { ...what.asking, attempt, inFlight: true, nextAt: never }
}

/** Whether these verdicts answer the question that is in flight; anything else is stale. */
export function answers(asking: Asking | null | undefined, token: ProbeToken): asking is Asking {
  return asking !== null && asking !== undefined && asking.inFlight && asking.attempt === token.attempt
}

/** Takes the answer in: the verdict, and the asking as it goes on after `interval`. */
export function takeAnswer(
  turn: Turn,
  asking: Asking,
  answer: { check: Check; verdicts: readonly Verdict[]; interval: number; strict: boolean },
): readonly [Verdict, Asking] {
  const { now } = turn.world
  const { check, verdicts, interval, strict } = answer
  const [verdict, memory] = judge(check, asking.memory, { verdicts, now, strict })
  return [verdict, { ...asking, inFlight: false, memory, interval, nextAt: now + interval, last: verdict.detail }]
}
