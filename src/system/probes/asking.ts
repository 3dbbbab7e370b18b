import type { Probe, Verdict } from '../../core/check.ts'
import { formatDuration, type Millis } from '../../lib/time.ts'
import type { ProbeContext } from '../ports.ts'
import { ringAfter } from './alarm.ts'

/** The probe of one kind. */
export type ProbeOf<Kind extends Probe['kind']> = Extract<Probe, { readonly kind: Kind }>

/** What one attempt is given. No kind of probe knows the time: when it is up, the asking is over. */
export interface Asking {
  /** Of the process that is asked about; null for the prologue. */
  readonly context: ProbeContext
  /** Aborted when the asking is over, however it ended. Whatever an attempt opens, it closes on this. */
  readonly signal: AbortSignal
  /** What to answer should the time run out from here on, instead of `no answer within 1s`. */
  onTimeout(verdict: Verdict): void
}

export type Attempt = (asking: Asking) => Promise<Verdict>

export function passed(detail: string): Verdict {
  return { ok: true, detail }
}

export function failed(detail: string): Verdict {
  return { ok: false, detail }
}

/** `what`, and the words of what was thrown. */
export function failedBy(error: unknown, what: string): Verdict {
  return failed(`${what}: ${error instanceof Error ? error.message : String(error)}`)
}

interface Terms {
  readonly timeout: Millis
  readonly context: ProbeContext
  /** When one of them is aborted, nobody waits for the answer any longer. */
  readonly signals: readonly AbortSignal[]
}

/** Makes one attempt and resolves exactly once: with its verdict, at the timeout, or when a signal is aborted. */
export function answerOnce(attempt: Attempt, { timeout, context, signals }: Terms): Promise<Verdict> {
  return new Promise((resolve) => {
    const scope = new AbortController()
    let atTimeout = failed(`no answer within ${formatDuration(timeout)}`)
    const end = (verdict: Verdict): void => {
      resolve({ ok: verdict.ok, detail: printable(verdict.detail) })
      if (scope.signal.aborted) return
      silence()
      for (const signal of signals) signal.removeEventListener('abort', cancel)
      scope.abort(over)
    }
    const cancel = (): void => end(failed('aborted'))
    const silence = ringAfter(timeout, () => end(atTimeout))
    for (const signal of signals) signal.addEventListener('abort', cancel)
    if (signals.some((signal) => signal.aborted)) return cancel()
    const onTimeout = (verdict: Verdict): void => void (atTimeout = verdict)
    const begun = attempt({ context, signal: scope.signal, onTimeout })
    begun.then(end, (bug: unknown) => end(failedBy(bug, 'the probe itself failed')))
  })
}

// Much of it are the words of a server: they must neither steer a terminal nor fill a log.
function printable(detail: string): string {
  const line = detail.replace(/\p{Cc}+/gu, ' ').trim()
  return line.length <= longestDetail ? line : `${line.slice(0, longestDetail - 1)}…`
}

const longestDetail = 200

// An abort without a reason makes an error with a stack, thousands of times an hour, for nobody to read.
const over = 'the asking is over'
