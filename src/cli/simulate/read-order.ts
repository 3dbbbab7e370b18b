import { failure, success, type Result } from '../../lib/result.ts'
import { parseDuration, type Millis } from '../../lib/time.ts'
import type { SimulateOrder } from '../../wire/simulate.ts'
import type { Values } from '../option.ts'
import type { simulateOptions } from '../options.ts'

/** Where nothing else is said, so long is played. */
const defaultSpan: Millis = 60_000

/** What the options of `coppice simulate` order. Fails with `usage`. [SM2] */
export function readOrder(file: string, options: Values<typeof simulateOptions>): Result<SimulateOrder> {
  const kills = readAll(options.kill, '--kill', 'NAME@TIME', ({ name, code, time }) => {
    return code === null && time !== null ? { name, at: time.from } : null
  })
  if (!kills.ok) return kills
  const exits = readAll(options.exit, '--exit', 'NAME=CODE@TIME', ({ name, code, time }) => {
    return code !== null && time !== null ? { name, code, at: time.from } : null
  })
  if (!exits.ok) return exits
  const flaps = readAll(options.flap, '--flap', 'NAME@AFTER or NAME=CODE@AFTER', ({ name, code, time }) => {
    return time === null ? null : { name, code: code ?? 1, after: time.from }
  })
  if (!flaps.ok) return flaps
  const ready = readAll(options.ready, '--ready', 'NAME@AFTER', ({ name, code, time }) => {
    return code === null && time !== null ? { name, after: time.from } : null
  })
  if (!ready.ok) return ready
  const unhealthy = readAll(options.unhealthy, '--unhealthy', 'NAME@TIME or NAME@TIME+SPAN', readSickness, true)
  if (!unhealthy.ok) return unhealthy
  return success({
    file,
    nocheck: options.nocheck,
    span: options.for ?? defaultSpan,
    seed: options.seed ?? 1,
    kills: kills.value,
    exits: exits.value,
    flaps: flaps.value,
    ready: ready.value,
    neverReady: options['never-ready'] ?? [],
    unhealthy: unhealthy.value,
    stubborn: options.stubborn ?? [],
  })
}

/** `api`, `api@3s`, `api=2@3s`, `api@3s+10s`. */
interface Cue {
  readonly name: string
  readonly code: number | null
  readonly time: { readonly from: Millis; readonly span: Millis | null } | null
}

function readSickness({ name, code, time }: Cue): { name: string; at: Millis; span: Millis } | null {
  if (code !== null || time === null) return null
  return { name, at: time.from, span: time.span ?? Number.POSITIVE_INFINITY }
}

function readAll<T>(
  texts: readonly string[] | null,
  option: string,
  shape: string,
  read: (cue: Cue) => T | null,
  mayLast = false,
): Result<readonly T[]> {
  const found: T[] = []
  for (const text of texts ?? []) {
    const cue = readCue(text)
    const lasts = cue !== null && cue.time !== null && cue.time.span !== null
    const one = cue === null || (lasts && !mayLast) ? null : read(cue)
    if (one === null) {
      return failure('usage', `${option}: "${text}" is not ${shape}.`, 'Times are written as 500ms, 3s or 1m30s.')
    }
    found.push(one)
  }
  return success(found)
}

/** The @ that counts is the last one: the name of a process may have some too. */
function readCue(text: string): Cue | null {
  const [, name = '', code, from, span] = /^(.+?)(?:=(\d{1,3}))?(?:@([^@+]+)(?:\+([^@+]+))?)?$/.exec(text) ?? []
  if (name === '' || Number(code ?? 0) > 255) return null
  const time = from === undefined ? null : { from: spanIn(from), span: span === undefined ? null : spanIn(span) }
  if (time !== null && (Number.isNaN(time.from) || Number.isNaN(time.span ?? 0))) return null
  return { name, code: code === undefined ? null : Number(code), time }
}

function spanIn(text: string): Millis {
  const span = parseDuration(text)
  return span === null || span < 0 ? Number.NaN : span
}
