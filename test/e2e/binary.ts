// The program under test: `bin/coppice`, as it was built.
import { constants } from 'node:os'
import { join } from 'node:path'

import { stopwatch } from './facts.ts'

export const binary = join(import.meta.dir, '../../bin/coppice')

/** What a call of the command line answered. */
export interface Answer {
  /** 128 + N for signal N. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** How long it took. */
  readonly ms: number
}

/** Runs `coppice ARGS…` to its end. */
export async function runCoppice(
  args: readonly string[],
  { cwd, env }: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<Answer> {
  const since = stopwatch()
  const child = Bun.spawn([binary, ...args], {
    cwd,
    env: { ...plainEnvironment(), HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  await child.exited
  return { code: codeOf(child), stdout, stderr, ms: since() }
}

/** Nothing of the machine but where its programs are: neither its settings nor the marker of a coppice around the tests. */
export function plainEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin' }
}

/** The exit code of a program that has ended, as a shell tells it. */
export function codeOf({ exitCode, signalCode }: Bun.Subprocess): number {
  if (exitCode !== null) return exitCode
  const numbers = new Map<unknown, number>(Object.entries(constants.signals))
  return 128 + (numbers.get(signalCode) ?? 0)
}
