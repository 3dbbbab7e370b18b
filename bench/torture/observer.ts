// What an outside observer knows: from the marks of the programs, their logs and the kernel, and not from the daemon.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { livingWith } from '../facts.ts'
import { ownMarker } from '../launch.ts'
import type { Daemon, View } from './daemon.ts'

/** A run that came to its `main`, by what its program wrote. */
export interface Start {
  readonly name: string
  readonly marker: string
  readonly pid: number
  readonly run: number
}

export function startsIn({ dir }: Daemon): Start[] {
  return linesOf(join(dir, 'starts')).map((line) => {
    const [name = '', marker = '', pid] = line.split(' ')
    return { name, marker, pid: Number(pid), run: Number(/\.(\d+)\//.exec(marker)?.[1]) }
  })
}

/** Each a sentence: two copies at one moment, numbers of runs that were used twice, lost or doubled lines of logs. */
export function violationsIn(daemon: Daemon): string[] {
  return [
    ...overlaps(daemon),
    ...reused(startsIn(daemon)),
    ...logsOf(daemon).flatMap((log) => lostIn(daemon, log).problems),
  ]
}

/** Bytes of all logs that the programs say to have written. */
export function bytesIn(daemon: Daemon): number {
  return logsOf(daemon).reduce((sum, log) => sum + lostIn(daemon, log).bytes, 0)
}

/** Who lives, by marker, against whom the daemon lists. */
export function strangersAndLost(daemon: Daemon, views: readonly View[]): string[] {
  const listed = new Map(views.flatMap(({ pid, name }) => (pid === null ? [] : [[pid, name] as const])))
  const living = livingWith(ownMarker).flatMap((pid) => {
    const marker = markerOf(pid)
    return marker === null || !marker.startsWith(`${ownId(daemon)}/`) ? [] : [{ pid, marker }]
  })
  const alive = new Set(living.map(({ pid }) => pid))
  return [
    ...living
      .filter(({ pid }) => !listed.has(pid))
      .map(({ pid, marker }) => `nobody lists ${pid}, ${marker}, which lives`),
    ...[...listed]
      .filter(([pid]) => !alive.has(pid))
      .map(([pid, name]) => `${name} is listed with ${pid}, which does not live`),
  ]
}

function ownId({ home }: Daemon): string {
  return readFileSync(join(home, 'state/id'), 'utf8').trim()
}

function markerOf(pid: number): string | null {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return entries.find((entry) => entry.startsWith('COPPICE_RUN='))?.slice('COPPICE_RUN='.length) ?? null
  } catch {
    return null // It has ended meanwhile.
  }
}

function overlaps({ dir }: Daemon): string[] {
  return linesOf(join(dir, 'overlaps')).map((line) => `two copies: ${line}`)
}

function reused(starts: readonly Start[]): string[] {
  const seen = new Map<string, string>()
  return starts.flatMap(({ name, run, marker }) => {
    const key = `${name} ${run}`
    const before = seen.get(key)
    seen.set(key, marker)
    return before === undefined ? [] : [`run ${run} of ${name} was given twice: ${before} and ${marker}`]
  })
}

function logsOf({ home }: Daemon): string[] {
  const logs = join(home, 'logs')
  return existsSync(logs) ? readdirSync(logs).map((name) => join(logs, name)) : []
}

/** The numbers of each run go from 1 on, and its bytes are those that it says to have written, but for the last line. */
function lostIn({ dir }: Daemon, log: string): { problems: string[]; bytes: number } {
  const problems: string[] = []
  const runs = new Map<string, { last: number; bytes: number; longest: number }>()
  for (const line of linesOf(log)) {
    const [marker = '', text] = line.split(' ')
    if (!/^[0-9a-f]{16}\/\d+\.\d+\//.test(marker)) continue
    const run = runs.get(marker) ?? { last: 0, bytes: 0, longest: 0 }
    if (Number(text) !== run.last + 1) problems.push(`${log}: after ${run.last} comes ${text} in ${marker}`)
    const length = line.length + 1
    runs.set(marker, { last: Number(text), bytes: run.bytes + length, longest: length })
  }
  const name = basename(log, '.log')
  for (const [marker, { bytes, longest }] of runs) {
    const told = Number(linesOf(join(dir, 'written', `${name}-${marker.split('/')[1]}`))[0] ?? 0)
    // Killed between the line and the telling of it.
    if (bytes !== told && bytes !== told + longest)
      problems.push(`${log}: ${marker} wrote ${told} bytes, there are ${bytes}`)
  }
  return { problems, bytes: [...runs.values()].reduce((sum, run) => sum + run.bytes, 0) }
}

function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
}
