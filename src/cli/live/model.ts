import type { ProcessView } from '../../wire/process.ts'
import { inTreeOrder, type Leaf } from '../render/tree.ts'
import type { Key } from './keys.ts'

/** All that is known and shown by `topn`. */
export interface Model {
  /** By ascending id. */
  readonly processes: readonly ProcessView[]
  readonly sort: Sort
  readonly isTree: boolean
  /** The name of a process; null: there are none. */
  readonly selected: string | null
  /** Which row is the first that is shown. */
  readonly top: number
  readonly size: Size
  readonly mode: Mode
  /** How the last wish went, or why nothing is new. */
  readonly notice: Notice | null
}

export type Sort = 'cpu' | 'memory' | 'name'

export interface Size {
  readonly columns: number
  readonly rows: number
}

export type Mode =
  | { readonly tag: 'table' }
  /** Waits for a yes. */
  | { readonly tag: 'question'; readonly verb: 'stop' | 'restart'; readonly name: string }
  /** `back`: how many lines it is scrolled back. */
  | { readonly tag: 'log'; readonly name: string; readonly lines: readonly string[]; readonly back: number }

export interface Notice {
  readonly text: string
  readonly isBad: boolean
}

/** What happens to it. */
export type Message =
  | { readonly tag: 'key'; readonly key: Key }
  | { readonly tag: 'resized'; readonly size: Size }
  | { readonly tag: 'listed'; readonly processes: readonly ProcessView[] }
  | { readonly tag: 'noted'; readonly notice: Notice }
  /** Whole lines of a log. */
  | { readonly tag: 'logged'; readonly name: string; readonly lines: readonly string[] }

/** What is to be done, besides showing it. */
export type Wish =
  | { readonly tag: 'quit' }
  | { readonly tag: 'act'; readonly verb: 'stop' | 'restart'; readonly name: string }
  | { readonly tag: 'open-log'; readonly name: string }
  | { readonly tag: 'close-log' }

/** As pmon3 begins: what takes the most memory stands first. */
export function beginWith(processes: readonly ProcessView[], size: Size): Model {
  const model = {
    processes,
    sort: 'memory',
    isTree: false,
    top: 0,
    size,
    mode: { tag: 'table' },
    notice: null,
  } as const
  return { ...model, selected: rowsOf(model)[0]?.process.name ?? null }
}

/** The processes in the order in which they are shown: [CL96]. */
export function rowsOf({ processes, sort, isTree }: Pick<Model, 'processes' | 'sort' | 'isTree'>): readonly Leaf[] {
  const sorted = processes.toSorted(orders[sort])
  return isTree ? inTreeOrder(sorted) : sorted.map((process) => ({ process, branch: '' }))
}

const orders: Readonly<Record<Sort, (a: ProcessView, b: ProcessView) => number>> = {
  cpu: (a, b) => b.cpu - a.cpu || a.id - b.id,
  memory: (a, b) => b.memory - a.memory || a.id - b.id,
  name: (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
}

/** How many rows of the table there is room for: not for the two lines above it and the one below. */
export function roomFor({ rows }: Size): number {
  return Math.max(1, rows - 3)
}

/** How many lines of a log there is room for. */
export function logRoomFor({ rows }: Size): number {
  return Math.max(1, rows - 2)
}
