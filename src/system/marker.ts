import { randomBytes } from 'node:crypto'
import { memoryAt } from './libc.ts'
import type { RunRef } from './ports.ts'
import { readEnvironRegion } from './procfs.ts'

/** The variable by which descendants of a run are known, wherever they went: [PR20]. */
export const markerVariable = 'COPPICE_RUN'

/** A marker that nobody can guess: `OWNER/PROCESS.RUN/DICE`. */
export function newMarker(ownId: string, { process, run }: RunRef): string {
  return `${ownId}/${process}.${run}/${randomBytes(12).toString('base64url')}`
}

/** What a marker names; null for one that names no run. */
export function parseMarker(marker: string): { readonly owner: string; readonly ref: RunRef } | null {
  const [, owner, process, run] = /^(.+)\/(\d{1,15})\.(\d{1,15})\/[\w-]+$/.exec(marker) ?? []
  return owner === undefined ? null : { owner, ref: { process: Number(process), run: Number(run) } }
}

/** The marker of a command that is of no run, so that what it leaves is not taken for a part of the run it asks about. */
export function newCommandMarker(): string {
  return `command/${randomBytes(12).toString('base64url')}`
}

/** The marker of a hook, which names the supervisor that has it run. */
export function newHookMarker(ownId: string): string {
  return `${hooksOf(ownId)}${randomBytes(12).toString('base64url')}`
}

/** How the markers of all hooks of a supervisor begin. */
export function hooksOf(ownId: string): string {
  return `hook/${ownId}/`
}

/**
 * A coppice that was itself started inside a managed process is not that process's descendant: [PR22]. It takes the
 * outer marker out of its own environment, also out of the copy that others read in /proc.
 */
export function dropOuterMarker(): void {
  if (process.env[markerVariable] === undefined) return
  delete process.env[markerVariable]
  hideVariable(markerVariable)
}

/**
 * Overwrites the value of a variable in the strings that this process was started with, which are what others read in
 * /proc/PID/environ: taking it out of `process.env` does not touch them.
 */
export function hideVariable(name: string): void {
  const region = readEnvironRegion()
  if (region === null) return
  const strings = memoryAt(region.start, region.length)
  const key = `${name}=`
  const at = strings.indexOf(key) === 0 ? 0 : strings.indexOf(`\0${key}`) + 1
  if (at === 0 && strings.indexOf(key) !== 0) return
  const end = strings.indexOf(0, at)
  strings.fill('-', at + key.length, end === -1 ? strings.length : end)
}
