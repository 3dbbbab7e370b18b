import type { Millis } from '../lib/time.ts'
import { millisSinceBoot, procUnits } from './libc.ts'
import type { Sampler, Usage } from './ports.ts'
import { createStatReader, type Figures } from './stat-reader.ts'

/** All processes of the host, as they were read at one moment. */
interface Reading {
  /** On the clock that start times count on: milliseconds since boot. */
  readonly at: Millis
  readonly figures: ReadonlyMap<number, Figures>
}

/** Ticks that the whole tree of a main process had used at some reading. */
interface Mark {
  readonly startTime: number
  readonly ticks: number
  readonly at: Millis
}

interface Tree {
  ticks: number
  pages: number
}

const usualInterval: Millis = 500

/**
 * Reads what process trees use: /proc once for all of them, and not more often than once in an `interval`, however many
 * ask. To a tree belongs who descends from its main process or is in its session or group. [PR26]
 *
 * The time of children that have been waited for counts with their parents: a script does not seem idle because the
 * programs that it runs are short.
 */
export function createSampler({ interval = usualInterval }: { readonly interval?: Millis } = {}): Sampler & Disposable {
  const reader = createStatReader()
  const units = procUnits()
  const inMillis = (ticks: number): Millis => (1000 * ticks) / units.ticks
  let last: Reading | null = null
  /** Of earlier readings, by main pid. */
  const marks = new Map<number, Mark>()
  /** What was found in the last reading. */
  let trees = new Map<number, Tree>()

  function read(): Reading {
    const at = millisSinceBoot()
    if (last !== null && at - last.at < interval) return last
    if (last !== null) setMarks(last)
    trees = new Map()
    last = { at, figures: reader.read() }
    return last
  }

  function setMarks({ at, figures }: Reading): void {
    for (const [pid, { ticks }] of trees) {
      const main = figures.get(pid)
      if (main !== undefined) marks.set(pid, { startTime: main.startTime, ticks, at })
    }
    for (const [pid, { startTime }] of marks) if (figures.get(pid)?.startTime !== startTime) marks.delete(pid)
  }

  function usageOf(pid: number, { at, figures }: Reading): Usage | null {
    const [main, tree] = [figures.get(pid), trees.get(pid)]
    if (main === undefined || tree === undefined) return null
    const mark = marks.get(pid)
    // At the first reading: since its start, as pmon3 has it.
    const since = mark?.startTime === main.startTime ? mark : { ticks: 0, at: inMillis(main.startTime) }
    // Where the last of a tree was reaped elsewhere, its time is gone with it: then it counts as none.
    const spent = Math.max(0, inMillis(tree.ticks - since.ticks))
    const cpu = (100 * spent) / Math.max(inMillis(1), at - since.at)
    return { cpu, memory: tree.pages * units.page }
  }

  return {
    [Symbol.dispose]: () => reader[Symbol.dispose](),
    sample(pids) {
      if (pids.length === 0) return new Map()
      const reading = read()
      const unknown = pids.filter((pid) => !trees.has(pid))
      for (const [pid, tree] of treesOf(unknown, { known: trees, ...reading })) trees.set(pid, tree)
      return new Map(pids.flatMap((pid) => entryOf(pid, usageOf(pid, reading))))
    },
  }
}

function entryOf(pid: number, usage: Usage | null): [number, Usage][] {
  return usage === null ? [] : [[pid, usage]]
}

/** Sums up the trees of some main processes. One that stands in the tree of another is a tree of its own. */
function treesOf(
  mains: readonly number[],
  { figures, known }: { readonly figures: Reading['figures']; readonly known: ReadonlyMap<number, Tree> },
): ReadonlyMap<number, Tree> {
  const trees = new Map<number, Tree>(
    mains.filter((pid) => figures.has(pid)).map((pid) => [pid, { ticks: 0, pages: 0 }]),
  )
  if (trees.size === 0) return trees
  const owners = new Map<number, number | null>()
  const isMain = (pid: number): boolean => trees.has(pid) || known.has(pid)

  function ownerOf(pid: number): number | null {
    const found = owners.get(pid)
    if (found !== undefined) return found
    const one = figures.get(pid)
    if (one === undefined) return null
    owners.set(pid, null) // should pids have been given away while they were read, nobody goes round in a circle
    const owner = [pid, one.session, one.group].find(isMain) ?? ownerOf(one.parent)
    owners.set(pid, owner)
    return owner
  }

  for (const [pid, { ticks, pages }] of figures) {
    const tree = trees.get(ownerOf(pid) ?? -1)
    if (tree === undefined) continue
    tree.ticks += ticks
    tree.pages += pages
  }
  return trees
}
