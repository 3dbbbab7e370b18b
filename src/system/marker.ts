import { randomBytes } from 'node:crypto'
import { hideVariable } from './libc.ts'
import type { RunRef } from './ports.ts'

/** The variable by which descendants of a run are known, wherever they went: [PR20]. */
export const markerVariable = 'COPPICE_RUN'

/** A marker that nobody can guess: `OWNER/PROCESS.RUN/DICE`. */
export function newMarker(ownId: string, { process, run }: RunRef): string {
  return `${ownId}/${process}.${run}/${randomBytes(12).toString('base64url')}`
}

/** The marker of a command that is of no run, so that what it leaves is not taken for a part of the run it asks about. */
export function newCommandMarker(): string {
  return `command/${randomBytes(12).toString('base64url')}`
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
