// What the tests of pmon3's page share: programs to keep running, and eyes for what the command line prints.
import { chmodSync } from 'node:fs'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import { binary, plainEnvironment, runCoppice, type Answer } from '../binary.ts'
import type { Daemon } from '../daemon-harness.ts'

/** Starts processes that sleep; each is its own program, so that pmon3's files can name it. */
export async function sleepers(daemon: Daemon, ...names: readonly string[]): Promise<void> {
  for (const name of names) await daemon.json('exec', '/bin/sleep', '-a', '100000', '--name', name)
}

/** A program in the directory of the test. @returns its path */
export function program(daemon: Pick<Daemon, 'write'>, path: string, script: string): string {
  const whole = daemon.write(path, `#!/bin/sh\n${script}\n`)
  chmodSync(whole, 0o755)
  return whole
}

/** The rows of a plain table, without its head. */
export function rowsOf(table: string): string[][] {
  return table
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.trimEnd().split(/ {2,}/))
}

/** The columns of a plain table. */
export function headOf(table: string): string[] {
  return (table.split('\n')[0] ?? '').trimEnd().split(/ {2,}/)
}

/** Name and status of each row of pmon3's list. */
export function statusesIn(table: string): string[] {
  return rowsOf(table).map(([_id, name, _pid, _restarts, status]) => `${name} ${status}`)
}

/** What `desc` says in its second column, by the first. */
export async function descOf(daemon: Daemon, name: string): Promise<Map<string, string>> {
  const { stdout } = await daemon.cli('desc', name)
  return new Map(rowsOf(stdout).map(([property = '', ...rest]) => [property, rest.join('  ')]))
}

/** The words of `status` of all processes, by id. */
export async function statuses(daemon: Daemon): Promise<string[]> {
  return (await daemon.ls()).map(({ name, status }) => `${name} ${status}`)
}

/** The restart counter of a process. */
export async function counterOf(daemon: Daemon, name: string): Promise<number> {
  return (await daemon.view(name)).restart_count
}

/** Its live pid; it must have one. */
export async function pidOf(daemon: Daemon, name: string): Promise<number> {
  const { pid } = await daemon.until(name, (view: ProcessView) => view.pid !== null)
  return pid ?? 0
}

/** Code and stderr of a refusal; nothing of it may be on stdout. */
export function refusal({ code, stdout, stderr }: Answer): { code: number; stderr: string } {
  if (stdout !== '') throw new Error(`an error printed to stdout: ${stdout}`)
  return { code, stderr }
}

/** A config file that names a process file, and that process file. */
export function processFile(processes: readonly object[]): (dir: string) => Record<string, string> {
  return (dir) => ({
    'config.yml': `process_config_file: ${dir}/processes.json\n`,
    'processes.json': fileOf(processes),
  })
}

/** The text of a process file of such processes, which sleep if they say nothing else. */
export function fileOf(processes: readonly object[]): string {
  return JSON.stringify({ processes: processes.map((one) => ({ file: '/bin/sleep', args: '100000', ...one })) })
}

/** Runs the command line for this daemon with more in its environment. */
export function withEnvironment(
  daemon: Daemon,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Answer> {
  return runCoppice(args, { cwd: daemon.dir, env: { HOME: daemon.dir, COPPICE_HOME: daemon.home, ...env } })
}

/** What `coppice ARGS` shows on a terminal of 80 columns and 12 rows, and how it ends. */
export async function onTerminal(
  daemon: Daemon,
  args: readonly string[],
  { steps = [], env = {} }: { steps?: readonly (readonly [string, string])[]; env?: Record<string, string> } = {},
): Promise<{ shown: string; code: number; missing: string | null }> {
  const script = join(import.meta.dir, '../../support/on-a-terminal.py')
  const child = Bun.spawn(['python3', script, JSON.stringify(steps), binary, ...args], {
    cwd: daemon.dir,
    env: { ...plainEnvironment(), HOME: daemon.dir, COPPICE_HOME: daemon.home, TERM: 'xterm', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return (await new Response(child.stdout).json()) as { shown: string; code: number; missing: string | null }
}
