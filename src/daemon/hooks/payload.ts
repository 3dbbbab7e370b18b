import { explainState } from '../../core/explain.ts'
import { liveRun, type Process } from '../../core/process.ts'
import type { HookEvent } from '../../core/spec.ts'
import { status, type Status } from '../../core/status.ts'
import type { Instant } from '../../lib/time.ts'
import type { StoredGroup } from '../../store/store.ts'
import { ownCredentials, resolveAccount } from '../../system/identity.ts'
import { shellWord } from '../shell-word.ts'
import { ownUser } from '../view.ts'

/** What happened, for those who have hooks. */
export interface Happening {
  readonly event: HookEvent
  readonly process: Process
  /** Whether this is a restart that is not counted yet. */
  readonly isUncounted: boolean
  /** When, on the monotonic clock and on the wall clock. */
  readonly at: Instant
  readonly wall: number
}

export interface Setting {
  readonly groups: ReadonlyMap<string, StoredGroup>
  /** pmon3's number of the status, where that is not the one of now. */
  readonly status?: number
  /** Whether its environment is told too: pmon3 does, also to whoever may see the arguments of the hook. */
  readonly withEnvironment: boolean
}

/** A single argument, or variable with its name, may be 128 KiB, with a zero at its end. */
const longest = 131_000

/** pmon3's keys in pmon3's order (pmon3 8), and then what it does not tell. [HK5] [HK6] */
export function payloadOf(happening: Happening, setting: Setting): string {
  const whole = JSON.stringify(keysOf(happening, setting))
  if (Buffer.byteLength(whole) <= longest) return whole
  return JSON.stringify({ ...keysOf(happening, setting), args: '', env_vars: '', reason: '' })
}

function keysOf(
  { event, process, isUncounted, at, wall }: Happening,
  setting: Setting,
): Readonly<Record<string, unknown>> {
  const { id, spec, state, lastPid, restarts } = process
  const [program = '', ...args] = spec.command ?? []
  const now = status(process)
  const iso = (instant: Instant): string => new Date(wall + (instant - at)).toISOString()
  return {
    created_at: iso(process.createdAt),
    updated_at: iso(process.since),
    log: spec.output.stdout.tag === 'file' ? spec.output.stdout.path : '',
    name: spec.name,
    process_file: program,
    args: args.map(shellWord).join(' '),
    env_vars: setting.withEnvironment ? environmentOf(process) : '',
    username: spec.identity.user ?? ownUser(),
    memory_usage: '',
    cpu_usage: '',
    dependencies: spec.edges.map(({ to }) => to).join(' '),
    Groups: spec.groups.map((name) => groupOf(name, setting.groups)),
    status: setting.status ?? numbers[now],
    id,
    pid: liveRun(state)?.pid ?? lastPid ?? 0,
    ...idsOf(process),
    auto_restart: spec.restart !== 'no',
    event,
    exit: exitOf(process),
    restart_count: restarts + (isUncounted ? 1 : 0),
    reason: explainState(process, at),
    status_text: now,
  }
}

/** pmon3's numbers; of what it does not have the one that comes nearest. */
const numbers: Readonly<Record<Status, number>> = {
  queued: 0,
  blocked: 0,
  init: 1,
  running: 2,
  stuck: 2,
  stopped: 3,
  completed: 3,
  failed: 4,
  closed: 5,
  backoff: 6,
  restarting: 7,
}

function environmentOf({ spec }: Process): string {
  return [...spec.env.set].map(([name, value]) => `${name}=${shellWord(value)}`).join(' ')
}

function groupOf(name: string, groups: ReadonlyMap<string, StoredGroup>): Readonly<Record<string, unknown>> {
  const { id = 0, createdAt = 0, updatedAt = 0 } = groups.get(name) ?? {}
  const [CreatedAt, UpdatedAt] = [createdAt, updatedAt].map((at) => new Date(at).toISOString())
  return { ID: 0, CreatedAt, UpdatedAt, DeletedAt: null, name, Processes: null, id }
}

function idsOf({ spec }: Process): { readonly uid: number; readonly gid: number } {
  const account = resolveAccount(spec.identity)
  const { uid, gid } = (account.ok ? account.value?.credentials : null) ?? ownCredentials()
  return { uid, gid }
}

function exitOf({ exit }: Process): { readonly code: number } | { readonly signal: string } | null {
  if (exit === null || exit.tag === 'unknown') return null
  return exit.tag === 'code' ? { code: exit.code } : { signal: exit.signal }
}
