import { closeSync, readSync } from 'node:fs'
import { failure, success, type Result } from '../lib/result.ts'
import { formatDuration, type Millis } from '../lib/time.ts'
import type { Exit } from '../core/exit.ts'
import { environmentOf } from './environment.ts'
import { errnoName } from './errno.ts'
import { launch } from './launch.ts'
import { openMemoryFile } from './libc.ts'
import { markerVariable, newCommandMarker } from './marker.ts'
import { holdProcess } from './process.ts'

/** As much of an answer as is read. */
const longestAnswer = 64 * 1024

/**
 * Runs a program to its end and gives what it has written to its standard output.
 * @returns `no-answer`: it could not be started, was silent for too long, or did not end with 0
 */
export async function askProgram(
  command: readonly [string, ...string[]],
  { timeout }: { readonly timeout: Millis },
): Promise<Result<string>> {
  const output = openMemoryFile()
  if (output < 0) return failure('no-answer', `memfd_create was refused: ${errnoName(output)}`)
  try {
    const exit = await run(command, { output, timeout })
    if (typeof exit === 'string') return failure('no-answer', exit)
    if (exit.tag !== 'code' || exit.code !== 0) return failure('no-answer', `it ended with ${wordFor(exit)}`)
    const bytes = Buffer.alloc(longestAnswer)
    return success(bytes.toString('utf8', 0, readSync(output, bytes, 0, bytes.length, 0)))
  } finally {
    closeSync(output)
  }
}

/** How it ended, or why it has not: a sentence. */
function run(
  command: readonly [string, ...string[]],
  { output, timeout }: { readonly output: number; readonly timeout: Millis },
): Promise<Exit | string> {
  const { promise, resolve } = Promise.withResolvers<Exit | string>()
  const started = launch({
    command,
    cwd: process.cwd(),
    env: environmentOf(
      { inherit: true, set: new Map() },
      { account: null, added: { [markerVariable]: newCommandMarker() } },
    ),
    account: null,
    umask: null,
    nice: null,
    limits: new Map(),
    streams: [output, 'ignore'],
    onExit: resolve,
  })
  if (!started.ok) return Promise.resolve(started.failure.message)
  const main = holdProcess(started.value)
  const alarm = setTimeout(() => {
    main.signalGroup(9)
    resolve(`it has not answered within ${formatDuration(timeout)}`)
  }, timeout)
  return promise.finally(() => {
    clearTimeout(alarm)
    main[Symbol.dispose]()
  })
}

function wordFor(exit: Exit): string {
  if (exit.tag === 'code') return `code ${exit.code}`
  return exit.tag === 'signal' ? exit.signal : 'a code that nobody knows'
}
