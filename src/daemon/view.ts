import { chainOf, explain, explainState } from '../core/explain.ts'
import type { Exit } from '../core/exit.ts'
import { liveRun, type Process } from '../core/process.ts'
import type { Reason } from '../core/reason.ts'
import { status } from '../core/status.ts'
import { never, type Instant } from '../lib/time.ts'
import { ownCredentials, userName } from '../system/identity.ts'
import type { Sampler, Usage } from '../system/ports.ts'
import type { DescriptionView, ProcessView, WhyLink } from '../wire/process.ts'

/** What a view needs to know besides the process: the present instant, and the wall clock's time at it. */
export interface Now {
  readonly instant: Instant
  /** Milliseconds since 1970. */
  readonly wall: number
}

/** Makes the public view of processes; resource figures are read once for all of them. */
export function viewsOf(processes: readonly Process[], now: Now, sampler: Sampler): ProcessView[] {
  const pids = processes.map((process) => liveRun(process.state)?.pid ?? null)
  const usage = sampler.sample(pids.filter((pid) => pid !== null))
  return processes.map((process, index) => viewOf(process, now, usage.get(pids[index] ?? -1)))
}

/** All that is known of a process. Its environment may hold secrets: it is for those who could read it anyway. [AP45] */
export function descriptionOf(
  process: Process,
  now: Now,
  { sampler, showsEnv }: { readonly sampler: Sampler; readonly showsEnv: boolean },
): DescriptionView {
  const pid = liveRun(process.state)?.pid
  const usage = pid === undefined ? undefined : sampler.sample([pid]).get(pid)
  return { ...viewOf(process, now, usage), env: showsEnv ? Object.fromEntries(process.spec.env.set) : null }
}

function viewOf(process: Process, now: Now, usage: Usage | undefined): ProcessView {
  const { spec, state } = process
  const updated = iso(process.since, now)
  return {
    id: process.id,
    name: spec.name,
    pid: liveRun(state)?.pid ?? null,
    last_pid: process.lastPid,
    status: status(process),
    ready: state.tag === 'running' && state.isReady,
    run: process.runs,
    restart_count: process.restarts,
    user: spec.identity.user ?? ownUser(),
    cpu: usage?.cpu ?? 0,
    memory: usage?.memory ?? 0,
    parent: spec.parent,
    dependencies: spec.edges.map((edge) => edge.to),
    groups: spec.groups,
    since: updated,
    exit: exitView(process.exit),
    reason: explainState(process, now.instant),
    next_try: nextTry(process, now),
    log: spec.output.stdout.tag === 'file' ? spec.output.stdout.path : null,
    command: spec.command ?? [],
    cwd: spec.cwd,
    restart: spec.restart,
    created_at: iso(process.createdAt, now),
    updated_at: updated,
  }
}

/** The chain of reasons, newest last, each with the process it is about. */
export function whyOf(process: Process, now: Now): WhyLink[] {
  const links: WhyLink[] = []
  let about = process.spec.name
  for (const reason of chainOf(process.state.reason).toReversed()) {
    const text = explain(reason)
    links.unshift({ at: iso(reason.at, now), text: text.startsWith(`${about} `) ? text : `${about}: ${text}` })
    about = subjectOfCause(reason) ?? about
  }
  const present = {
    at: iso(now.instant, now),
    text: `${process.spec.name} is ${status(process)}: ${explainState(process, now.instant)}`,
  }
  return [...links, present]
}

/** Whom the cause of a reason is about, where that is another process. */
function subjectOfCause(reason: Reason): string | null {
  if ('dependency' in reason) return reason.dependency
  return reason.tag === 'prerun-failed' ? reason.prerun : null
}

function nextTry({ state, nextPeriodic }: Process, now: Now): string | null {
  if (state.tag === 'delayed' || state.tag === 'backoff') return iso(state.until, now)
  if (state.tag === 'failed' && state.retryAt !== never) return iso(state.retryAt, now)
  return nextPeriodic === never ? null : iso(nextPeriodic, now)
}

function exitView(exit: Exit | null): ProcessView['exit'] {
  if (exit === null || exit.tag === 'unknown') return null
  return exit.tag === 'code' ? { code: exit.code } : { signal: exit.signal }
}

function iso(at: Instant, now: Now): string {
  return new Date(now.wall + (at - now.instant)).toISOString()
}

let ownName: string | undefined

/** Whom coppice runs as; looked up once. */
export function ownUser(): string {
  ownName ??= userName(ownCredentials().uid)
  return ownName
}
