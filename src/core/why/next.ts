import { assertNever } from '../../lib/assert.ts'
import { formatDuration, never, type Instant } from '../../lib/time.ts'
import type { Process } from '../process.ts'
import type { Reason } from '../reason.ts'
import { named } from '../world.ts'
import type { View } from './clause.ts'
import { stopProgress } from './going-down.ts'
import { conditionMet } from './words.ts'

/** What comes next, or what would end it: sentences without their full stop. [WH3] */
export function nextOf(process: Process, view: View, subject: string): readonly string[] {
  const { state, spec, nextPeriodic } = process
  const start = `\`coppice start ${spec.name}\``
  switch (state.tag) {
    case 'stopped':
    case 'completed':
      if (nextPeriodic !== never) return [`${subject} runs again in ${until(nextPeriodic, view.now)}`]
      if (state.tag === 'completed') return []
      return state.reason.tag === 'not-called'
        ? callers(process, subject)
        : [`${subject} stays down until somebody starts it: ${start}`]
    case 'waiting':
      return waitingNext(process, state.reason, view, subject)
    case 'starting':
      return [`${subject} has ${until(state.deadline, view.now)} left to become ready`]
    case 'stopping':
      return [stopProgress(process, view, subject)]
    case 'delayed':
    case 'backoff':
      return [`${subject} starts again in ${until(state.until, view.now)}`]
    case 'failed':
      return state.retryAt === never
        ? [`${subject} stays so until somebody starts it: ${start}`]
        : [`${subject} is tried again in ${until(state.retryAt, view.now)}`]
    case 'stuck':
      return [
        `Its process ${state.run.pid} hangs in the kernel, as one does that waits for a disk or a network that does not answer`,
        'Nothing takes its place before it is gone',
      ]
    case 'preparing':
    case 'spawning':
    case 'running':
      return []
    default:
      return assertNever(state)
  }
}

function callers({ spec: { trigger } }: Process, subject: string): readonly string[] {
  const { signal, schedule } = trigger
  if (signal !== null) return [`${subject} runs when coppice gets ${signal}`]
  if (schedule?.tag === 'cron') return [`${subject} runs by its schedule: ${schedule.expression}`]
  return []
}

function waitingNext(process: Process, reason: Reason, view: View, subject: string): readonly string[] {
  const { world } = view
  if (reason.tag === 'waits-for' || reason.tag === 'never-satisfied') {
    const { dependency, condition } = reason
    const starts = `${subject} starts as soon as ${dependency} ${conditionMet(condition)}`
    if (named(world, dependency) === undefined)
      return [`${subject} starts as soon as a process of that name is declared and ${conditionMet(condition)}`]
    const root = rootOfWaiting(process, view)
    return root === null ? [starts] : [starts, ...nextOf(root, view, root.spec.name).slice(0, 1)]
  }
  if (reason.tag !== 'waits-for-dependents') return []
  const last = reason.names.map((name) => named(world, name)).findLast((other) => other?.state.tag === 'stopping')
  return last === undefined ? [] : [stopProgress(last, view, last.spec.name)]
}

/** Where the line of those who wait for each other begins; null in a circle. */
function rootOfWaiting(process: Process, { world }: View): Process | null {
  const met = new Set<string>()
  let present: Process = process
  while (!met.has(present.spec.name)) {
    met.add(present.spec.name)
    const { state } = present
    if (state.tag !== 'waiting' || !('dependency' in state.reason)) return present === process ? null : present
    const next = named(world, state.reason.dependency)
    if (next === undefined) return null
    present = next
  }
  return null
}

function until(at: Instant, now: Instant): string {
  return formatDuration(Math.max(0, at - now))
}
