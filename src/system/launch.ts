import type { Exit } from '../core/exit.ts'
import type { Identity, Limits } from '../core/spec.ts'
import { failure, success, type Result } from '../lib/result.ts'
import { signalName } from '../lib/signals.ts'
import type { Millis } from '../lib/time.ts'
import { actAs } from './credentials.ts'
import { errnoOf } from './errno.ts'
import { explainSpawn } from './explain.ts'
import type { Account } from './identity.ts'
import { enterLimits } from './limits.ts'
import { kill } from './libc.ts'
import { findProgram } from './lookup.ts'
import { enterNice } from './nice.ts'
import type { Stream } from './output.ts'

export interface LaunchOrder {
  readonly command: readonly [string, ...string[]]
  /** Absolute. */
  readonly cwd: string
  /** The whole of it. */
  readonly env: Readonly<Record<string, string>>
  /** Whom it runs as; null: whom coppice runs as. */
  readonly account: Account | null
  readonly umask: Identity['umask']
  readonly nice: Identity['nice']
  readonly limits: Limits
  /** Its descriptors from 1 on; 0 is always /dev/null. */
  readonly streams: readonly [stdout: Stream, stderr: Stream, ...rest: number[]]
  /** Called once, and never from within `launch`. The process has been reaped then. Null: we need not live to see it. */
  readonly onExit: ((exit: Exit) => void) | null
}

/** Children that the runtime will reap: whoever reaps orphans leaves these alone. */
const launched = new Set<number>()

export function isLaunched(pid: number): boolean {
  return launched.has(pid)
}

/**
 * Starts a program in a session and process group of its own, with default signal dispositions and none blocked (the
 * runtime sees to that). The only place where coppice starts anything.
 * @returns its pid, or why it could not be started: the errno's name, and a sentence with the path it is about
 */
export function launch(order: LaunchOrder): Result<number> {
  const program = findProgram(order.command[0], { cwd: order.cwd, path: order.env['PATH'] })
  if ('searched' in program) {
    return failure('ENOENT', `no such file or directory: ${order.command[0]} (not found on PATH ${program.searched})`)
  }
  const limits = enterLimits(order.limits)
  if (!limits.ok) return limits
  using limitScope = limits.value
  const nice = enterNice(order.nice)
  if (!nice.ok) return nice
  using niceScope = nice.value
  using _umask = enterUmask(order.umask)
  const child = asOrdered(order, () => start(order, program.found))
  if (!child.ok) return child
  const finish = (): Result<null> => {
    const limited = limitScope.finish(child.value)
    return limited.ok ? niceScope.finish(child.value) : limited
  }
  const finished = finish()
  if (finished.ok) return child
  const insisted = order.account === null ? finished : asOrdered(order, () => insist(finish))
  if (insisted.ok) return child
  kill(-child.value, 9)
  return insisted
}

function asOrdered<T>({ account }: LaunchOrder, act: () => Result<T>): Result<T> {
  if (account === null) return act()
  const acted = actAs(account, act)
  return acted.ok ? acted.value : acted
}

function start({ command, cwd, env, streams, onExit }: LaunchOrder, file: string): Result<number> {
  try {
    const child = Bun.spawn([file, ...command.slice(1)], {
      argv0: command[0],
      cwd,
      env,
      stdio: ['ignore', ...streams],
      detached: true,
      onExit(_child, code, signal) {
        launched.delete(child.pid)
        onExit?.(exitOf(code, signal))
      },
    })
    launched.add(child.pid)
    globalThis.crashPoint?.('spawn: launched')
    if (onExit === null) child.unref()
    return success(child.pid)
  } catch (error) {
    if (isNulRefusal(error))
      return failure('EINVAL', 'invalid argument: there is a NUL byte in an argument or a variable')
    const code = errnoOf(error)
    if (code === null) throw error
    return { ok: false, failure: explainSpawn(code, { file, cwd }) }
  }
}

/** The runtime itself looks for what the kernel would take for an end. */
function isNulRefusal(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_ARG_VALUE'
}

/** An `execve` takes well under a millisecond, unless the host is so busy that the child must wait for its turn. */
const patience: Millis = 100

/**
 * Root in a container may lack the capability to change a process of another user: then it takes to be that user. But in
 * the middle of its `execve` a child still has the saved uid of who spawned it, and is not quite that user either.
 */
function insist(finish: () => Result<null>): Result<null> {
  const deadline = performance.now() + patience
  let finished = finish()
  while (!finished.ok && performance.now() < deadline) {
    Bun.sleepSync(1) // the child may need this very processor
    finished = finish()
  }
  return finished
}

/** A child inherits it at the fork. Files that another thread makes meanwhile have modes that hold under any umask. */
function enterUmask(umask: number | null): Disposable {
  if (umask === null) return { [Symbol.dispose]: () => undefined }
  const own = process.umask(umask)
  return { [Symbol.dispose]: () => void process.umask(own) }
}

/** The runtime names the signals it knows, and gives the others by number. */
function exitOf(code: number | null, signal: NodeJS.Signals | number | null): Exit {
  if (typeof signal === 'string') return { tag: 'signal', signal }
  if (signal !== null) return { tag: 'signal', signal: signalName(signal) }
  return code === null ? { tag: 'unknown' } : { tag: 'code', code }
}
