import type { Process } from '../core/process.ts'
import { status, type Status } from '../core/status.ts'
import { nextDeadline, type World } from '../core/world.ts'
import type { Millis } from '../lib/time.ts'
import type { Clock } from '../system/ports.ts'
import { repeat } from '../system/repeat.ts'
import type { Manager } from '../system/supervised.ts'
import { throttle } from '../system/throttle.ts'
import type { Engine } from './engine.ts'

/** How often a service manager hears how it goes, at most. */
const reportPeriod: Millis = 1000

/**
 * Keeps a service manager told, while it is not disposed of: that we work, as often as it wants to hear it, and, when it
 * changes, how many processes there are and which are in trouble. [DM62]
 */
export function reportTo(
  manager: Pick<Manager, 'status' | 'alive' | 'watchdogPeriod'>,
  { engine, clock }: { readonly engine: Engine; readonly clock: Pick<Clock, 'now'> },
): Disposable {
  using stack = new DisposableStack()
  let told = statusLine(engine.world)
  const report = stack.use(
    throttle(reportPeriod, () => {
      const line = statusLine(engine.world)
      if (line !== told) manager.status(line)
      told = line
    }),
  )
  stack.defer(engine.subscribe(({ transitions }) => void (transitions.length > 0 && report.ask())))
  const { watchdogPeriod: period } = manager
  if (period !== null) {
    const isLate = (): boolean => clock.now() - nextDeadline(engine.world) > period
    stack.use(repeat(period, () => void (isLate() || manager.alive())))
  }
  return stack.move()
}

/** What is in trouble is named, up to so many. */
const named = 3
const troubles: ReadonlySet<Status> = new Set(['failed', 'stuck', 'backoff', 'blocked'])

/** `12 processes: 10 running, 2 failed (web, api)`. */
export function statusLine({ processes }: World): string {
  const { size } = processes
  const count = `${size} ${size === 1 ? 'process' : 'processes'}`
  const byStatus = Map.groupBy(processes.values(), status)
  const parts = [...byStatus].toSorted(([, a], [, b]) => b.length - a.length)
  return size === 0 ? count : `${count}: ${parts.map(([word, those]) => partOf(word, those)).join(', ')}`
}

function partOf(word: Status, those: readonly Process[]): string {
  if (!troubles.has(word)) return `${those.length} ${word}`
  const names = those.slice(0, named).map(({ spec }) => spec.name)
  return `${those.length} ${word} (${names.join(', ')}${those.length > named ? ', …' : ''})`
}
