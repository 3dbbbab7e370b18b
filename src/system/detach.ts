import { closeSync, openSync } from 'node:fs'
import { success, type Result } from '../lib/result.ts'
import { environmentOf } from './environment.ts'
import { errnoOf } from './errno.ts'
import { say } from './explain.ts'
import { launch } from './launch.ts'

export interface DetachOrder {
  readonly command: readonly [string, ...string[]]
  /** Where its stdout and stderr are appended to; null: nowhere. */
  readonly log: string | null
  /** Absolute; default: ours. */
  readonly cwd?: string
  /** What it gets besides our own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/**
 * Starts a program in the background: in a session of its own, without a terminal, its stdin /dev/null. It lives on
 * whatever becomes of us, and we need not wait for it. [DM7]
 * @returns its pid at once, or the errno's name and what it is about
 */
export function startDetached({ command, log, cwd = process.cwd(), env = {} }: DetachOrder): Result<number> {
  const opened = openOutput(log)
  if (!opened.ok) return opened
  const own = environmentOf({ inherit: true, set: new Map() }, { account: null, added: {} })
  const wanted = Object.entries({ ...own, ...env }).filter((entry): entry is [string, string] => entry[1] !== undefined)
  try {
    return launch({
      command,
      cwd,
      env: Object.fromEntries(wanted),
      account: null,
      umask: null,
      nice: null,
      limits: new Map(),
      streams: [opened.value, opened.value],
      onExit: null,
    })
  } finally {
    if (opened.value !== 'ignore') closeSync(opened.value)
  }
}

function openOutput(path: string | null): Result<number | 'ignore'> {
  try {
    return success(path === null ? 'ignore' : openSync(path, 'a', 0o640))
  } catch (error) {
    const code = errnoOf(error)
    if (code === null) throw error
    return { ok: false, failure: say(code, path ?? '/dev/null') }
  }
}
