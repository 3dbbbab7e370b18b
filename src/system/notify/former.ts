import { closeSync, fstatSync, openSync, readlinkSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { errnoOf } from '../errno.ts'
import type { RunRef } from '../ports.ts'
import { readVariable } from '../procfs.ts'

/** The path at which a run of an earlier daemon speaks to us; null: it was given none that we would have given. */
export function formerSocket(pid: number, ref: RunRef): string | null {
  const path = readVariable(pid, 'NOTIFY_SOCKET')
  return typeof path === 'string' && isNamedFor(ref, path) ? path : null
}

/** The file behind the NOTIFY_FD of a run of an earlier daemon: it is there as long as the run has it open. */
export function formerFile(pid: number, ref: RunRef): { readonly path: string; readonly descriptor: number } | null {
  try {
    const link = `/proc/${pid}/fd/3`
    const path = readlinkSync(link).replace(/ \(deleted\)$/, '')
    if (!isNamedFor(ref, path)) return null
    const descriptor = openSync(link, 'r')
    const stat = fstatSync(descriptor)
    if (stat.isFile() && stat.uid === process.geteuid?.()) return { path, descriptor }
    closeSync(descriptor)
    return null
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return null // it has closed it, or it is not for us to see
  }
}

function isNamedFor({ process, run }: RunRef, path: string): boolean {
  return basename(dirname(path)).startsWith('notify-') && basename(path).startsWith(`${process}.${run}-`)
}
