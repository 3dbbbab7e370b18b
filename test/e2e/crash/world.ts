// A daemon that can be told to die at a point of its own program, with some of everything to look after; and what must
// hold whenever it has come back, looked at from outside.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { CrashPoint } from '../../../src/lib/crash-points.ts'
import type { ProcessView } from '../../../src/wire/process.ts'
import { program } from '../../programs/program.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { environOf, isAlive, livingWith } from '../proc.ts'

const repository = join(import.meta.dir, '../../..')

/** The nth passage of a point. */
export interface Instant {
  readonly point: CrashPoint
  readonly nth: number
}

/** What a daemon of the build that can be told to die is told. */
export interface Orders {
  /** From now on it dies there. */
  arm(at: Instant): void
  /** From now on it counts what it passes. */
  trace(): void
  /** From now on it lives, whatever it passes. @returns how often each point was passed since `trace` */
  disarm(): ReadonlyMap<CrashPoint, number>
}

export interface World extends AsyncDisposable, Orders {
  readonly daemon: Daemon
  /** The process file, with which `coppice apply` makes everything as it was. */
  readonly file: string
  /** Waits until nothing moves any more. */
  readonly settled: () => Promise<ReadonlyMap<string, ProcessView>>
  /** What does not hold that must hold at any time, a sentence each. */
  readonly wrong: () => Promise<readonly string[]>
}

/** The build that can be told to die; it is made anew where a source is newer than it. */
export function crashing(): string {
  const { exitCode } = Bun.spawnSync([process.execPath, 'scripts/build.ts', '--crash'], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (exitCode !== 0) throw new Error('the build that can be told to die could not be made')
  return join(repository, 'bin/coppice-crash')
}

const quick = { backoff: { initial: '20ms', max: '100ms' } }

/** What lives in every world: names say their habits. */
export const residents = [
  resident('steady', program('counts'), { groups: ['core'] }),
  resident('victim', program('counts'), quick),
  resident('leaf', program('counts'), { parent: 'victim' }),
  resident('family', ['sh', '-c', 'sleep 100000 & wait'], quick),
  resident('slow', program('slow-term', 0.1)),
  resident('stubborn', program('ignores-term'), { stop_timeout: '150ms' }),
  resident('rests', program('counts')),
]

/** An entry of a process file; the program knows its name. */
export function resident(name: string, command: readonly string[], keys: object = {}): { readonly name: string } {
  const entry = { name, command, env: { MARK: name }, ...keys }
  return entry
}

/** `residents` of it are declared and settled. */
export async function aWorld(): Promise<World> {
  const processes = JSON.stringify({ processes: residents })
  const daemon = await aDaemon({ binary: crashing(), files: { 'processes.json': processes } })
  const file = join(daemon.dir, 'processes.json')
  await daemon.json('apply', file)
  await daemon.json('stop', 'rests')

  const look = async (): Promise<string[]> => [
    ...copiesAndOrphans(daemon, await views(daemon)),
    ...reused(daemon),
    ...gaps(daemon),
  ]
  const world: World = {
    daemon,
    file,
    ...ordersIn(daemon),
    async settled() {
      let all: readonly ProcessView[] = []
      const what = (): string => `nothing moves any more: ${JSON.stringify(all.filter((view) => !isSettled(view)))}`
      await daemon.fact(what, async () => {
        all = await views(daemon)
        return all.length > 0 && all.every(isSettled)
      })
      return new Map(all.map((view) => [view.name, view]))
    },
    async wrong() {
      const first = await look()
      if (first.length === 0) return []
      // Who is in the middle of an `execve` shows no environment.
      await Bun.sleep(50)
      return look()
    },
    [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose](),
  }
  await world.settled()
  return world
}

export function ordersIn({ home }: Daemon): Orders {
  const order = join(home, 'crash-order')
  return {
    arm: ({ point, nth }) => writeFileSync(order, `${point}#${nth}`),
    trace: () => writeFileSync(order, 'trace\n'),
    disarm() {
      const passed = new Map<CrashPoint, number>()
      if (!existsSync(order)) return passed
      const [first, ...lines] = readFileSync(order, 'utf8').split('\n')
      rmSync(order)
      for (const point of first === 'trace' ? (lines.slice(0, -1) as CrashPoint[]) : []) {
        passed.set(point, (passed.get(point) ?? 0) + 1)
      }
      return passed
    },
  }
}

/** `COPPICE_WALK=all` kills at more passages of each point than the first and the last. */
const isLong = process.env['COPPICE_WALK'] === 'all'

/** First and last passage of each point; in the long walk some in between, too. */
export function instantsIn(passed: ReadonlyMap<CrashPoint, number>): Instant[] {
  return [...passed].flatMap(([point, count]) => {
    const between = isLong ? [2, 3, Math.ceil(count / 3), Math.ceil(count / 2), count - 1] : []
    const nths = new Set([1, ...between.filter((nth) => nth > 1 && nth < count), count])
    return [...nths].map((nth) => ({ point, nth }))
  })
}

async function views({ home }: Daemon): Promise<readonly ProcessView[]> {
  const answer = await fetch('http://localhost/v1/processes', { unix: join(home, 'coppice.sock') })
  return (await answer.json()) as ProcessView[]
}

function isSettled({ status, ready }: ProcessView): boolean {
  return (status === 'running' && ready) || status === 'stopped' || status === 'failed' || status === 'completed'
}

/** Who lives with a marker must be of the one run that is listed; and who is listed must live. */
function copiesAndOrphans(daemon: Daemon, views: readonly ProcessView[]): string[] {
  const listed = new Map(views.filter(({ pid }) => pid !== null).map((view) => [`${view.id}.${view.run}`, view]))
  const living = livingRuns(daemon)
  const unlisted = [...living].filter(([run]) => !listed.has(run))
  const dead = [...listed].filter(
    ([run, { pid }]) => !isAlive(pid ?? 0) || living.get(run)?.includes(pid ?? 0) !== true,
  )
  return [
    ...unlisted.map(([run, pids]) => `nobody lists run ${run}, which lives: ${pids.join(' ')}`),
    ...dead.map(([run, { name, pid }]) => `${name} is told to be run ${run}, pid ${pid}, which does not live`),
  ]
}

/** Pids of everyone who carries the marker of a run of this daemon, by `process.run`. */
export function livingRuns({ dir }: Daemon): Map<string, number[]> {
  const runs = new Map<string, number[]>()
  for (const pid of livingWith(`MARKS=${dir}/marks`).filter(isAlive)) {
    const marker = environOf(pid).find((entry) => entry.startsWith('COPPICE_RUN='))
    const run = marker?.split('/')[1]
    if (run !== undefined) runs.set(run, [...(runs.get(run) ?? []), pid])
  }
  return runs
}

/** No number of a run is used twice, by what the programs themselves have written. */
function reused(daemon: Daemon): string[] {
  const seen = new Map<string, string>()
  return daemon.marks(undefined, 'start ').flatMap(({ name, what }) => {
    const marker = what.split(' ')[1] ?? ''
    const run = `${name} ${marker.split('/')[1]}`
    const before = seen.get(run)
    seen.set(run, marker)
    return before === undefined ? [] : [`run ${run} was given twice: ${before}, ${marker}`]
  })
}

/** In the log of each run the numbers go from 1 on without a gap. */
function gaps({ home }: Daemon): string[] {
  const logs = join(home, 'logs')
  return readdirSync(logs).flatMap((name) => {
    const last = new Map<string, number>()
    const lines = readFileSync(join(logs, name), 'utf8').split('\n').slice(0, -1)
    return lines.flatMap((line) => {
      const [marker = '', text] = line.split(' ')
      if (!/^[0-9a-f]{16}\//.test(marker)) return []
      const [before, number] = [last.get(marker) ?? 0, Number(text)]
      last.set(marker, number)
      return number === before + 1 ? [] : [`${name}: after ${before} comes ${text} in ${marker}`]
    })
  })
}
