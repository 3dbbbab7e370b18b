import { readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Output, ProcessSpec } from '../core/spec.ts'
import { errnoOf } from './errno.ts'
import { markerVariable } from './marker.ts'
import type { ProcessHandle } from './process.ts'
import { readEnvironment, readStat } from './procfs.ts'

/** How often an environment that reads as empty is read again, a millisecond apart: an `execve` is shorter. */
const patience = 10

/**
 * Whether the process of a handle, which has the pid and the start time of a run, is that run's main process: [TB2].
 *
 * Its marker decides. A program may have written a title over its environment, have cleared it by an `execve`, or
 * belong to a user whose environment is not for us to see: then it has to lead its session, as every main process does,
 * and where there is an environment, only without the marker, it has to write to the run's output file.
 */
export function isMainOf(
  { pid }: Pick<ProcessHandle, 'pid'>,
  { spec, marker }: { readonly spec: ProcessSpec; readonly marker: string },
): boolean {
  const environment = readSettled(pid)
  const shown = environment?.find((entry) => entry.startsWith(`${markerVariable}=`))?.slice(markerVariable.length + 1)
  if (shown !== undefined) return shown === marker
  if (readStat(pid)?.session !== pid) return false
  const isIntact = environment?.some((entry) => /^[A-Za-z_]\w*=/.test(entry)) === true
  return !isIntact || writesTo(pid, spec.output)
}

function readSettled(pid: number): readonly string[] | null {
  let environment = readEnvironment(pid)
  for (let asked = 1; environment?.length === 0 && asked < patience; asked++) {
    Bun.sleepSync(1)
    environment = readEnvironment(pid)
  }
  return environment
}

/** Whether its stdout or stderr is an output file of the spec, which may have been renamed (`web.log.1`) since. */
function writesTo(pid: number, { stdout, stderr }: Output): boolean {
  const files = [stdout, stderr].flatMap((sink) => (sink.tag === 'file' ? [resolved(sink.path)] : []))
  const held = [1, 2].map((descriptor) => linkOf(`/proc/${pid}/fd/${descriptor}`))
  return files.some((file) => held.some((path) => path?.startsWith(file) === true))
}

function resolved(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return path
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return null
  }
}
