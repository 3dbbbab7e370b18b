import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { failure, success, type Result } from '../lib/result.ts'
import { startDetached } from '../system/detach.ts'
import { pause } from '../system/pause.ts'
import { places } from '../wire/places.ts'
import { complain } from './complain.ts'
import { guarded } from './guard.ts'
import { here } from './here.ts'
import type { DaemonOptions } from './house.ts'
import { ownProgram } from './own-program.ts'

/** How long a daemon may take until it answers: it may have a large state to take back. */
const patience = 30_000

export interface DetachOptions extends DaemonOptions {
  /** Whether it gets a guard, which runs it again when it dies. [DM60] */
  readonly guard: boolean
}

/** A daemon in the background. */
interface Detached {
  readonly pid: number
  /** The pid of its guard; null: it has none. */
  readonly guard: number | null
  readonly socket: string
}

/** `coppice daemon --detach`: starts a daemon in the background and returns when it answers. */
export async function daemonInBackground(options: DetachOptions): Promise<number> {
  const started = await startDaemon(options)
  if (started.ok) {
    const { pid, guard, socket } = started.value
    const guardian = guard === null ? '' : `, guard ${guard}`
    process.stdout.write(`the daemon runs, pid ${pid}${guardian}, control socket ${socket}\n`)
    return 0
  }
  complain(started.failure)
  return 1
}

/**
 * Starts a daemon that has no terminal and outlives us; its log is `coppice.log` among the logs. [DM7]
 * @returns its pid and its socket, once it answers; `no-daemon` with the end of its log where it ended instead
 */
export async function startDaemon(options: DetachOptions): Promise<Result<Detached>> {
  const found = places(here())
  if (!found.ok) return found
  const { logs, socket, runtime } = found.value
  if (await answers(socket)) return failure('socket-in-use', `A daemon answers already at ${socket}.`)
  mkdirSync(logs, { recursive: true })
  const log = join(logs, 'coppice.log')
  const command = [...ownProgram(), 'daemon', ...flagsOf(options)] as const
  const isGuarded = options.guard && existsSync('/bin/sh')
  const first = startDetached({ command: isGuarded ? guarded(command, options) : command, log })
  if (!first.ok) return first
  const end = performance.now() + patience
  while (!(await answers(socket))) {
    if (!isThere(first.value))
      return failure('no-daemon', `The daemon ended at once: ${lastLines(log)}`, `Its log is ${log}.`)
    if (performance.now() > end)
      return failure('no-daemon', `The daemon does not answer at ${socket}.`, `Its log is ${log}.`)
    await pause(10)
  }
  if (!isGuarded) return success({ pid: first.value, guard: null, socket })
  return success({ pid: Number(readFileSync(join(runtime, 'lock'), 'utf8')), guard: first.value, socket })
}

function flagsOf({ logFormat, logLevel }: DaemonOptions): readonly string[] {
  return [
    ...(logFormat === null ? [] : ['--log-format', logFormat]),
    ...(logLevel === null ? [] : ['--log-level', logLevel]),
  ]
}

async function answers(socket: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const connection = connect(socket, () => resolve(true))
  connection.on('error', () => resolve(false))
  const answered = await promise
  connection.destroy()
  return answered
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
    throw error
  }
}

function lastLines(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-3).join(' ')
}
