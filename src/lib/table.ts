import { never, type Instant } from './time.ts'

const chunkSize = 64

interface Chunk<T> {
  readonly items: readonly (T | undefined)[]
  readonly earliest: Instant
}

/**
 * A persistent table from small dense ids to values, each with a deadline of its own.
 *
 * `set` copies one chunk of 64 and the spine, so a world of 10,000 processes changes one of them for the price of
 * some 200 pointers; the earliest deadline is kept per chunk, so that asking for it does not look at every value.
 */
export class Table<T> {
  private readonly chunks: readonly Chunk<T>[]
  private readonly deadlineOf: (value: T) => Instant
  /** How many values the table holds. */
  readonly size: number

  private constructor(chunks: readonly Chunk<T>[], deadlineOf: (value: T) => Instant, size: number) {
    this.chunks = chunks
    this.deadlineOf = deadlineOf
    this.size = size
  }

  static empty<T>(deadlineOf: (value: T) => Instant): Table<T> {
    return new Table<T>([], deadlineOf, 0)
  }

  get(id: number): T | undefined {
    return this.chunks[Math.floor(id / chunkSize)]?.items[id % chunkSize]
  }

  /** The same table with `id` holding `value`, or without it when the value is undefined. */
  set(id: number, value: T | undefined): Table<T> {
    const before = this.get(id)
    if (before === value) return this
    const at = Math.floor(id / chunkSize)
    const chunks = this.chunks.slice()
    while (chunks.length <= at) chunks.push({ items: [], earliest: never })
    const items = (chunks[at]?.items ?? []).slice()
    while (items.length <= id % chunkSize) items.push(undefined)
    items[id % chunkSize] = value
    chunks[at] = { items, earliest: earliestOf(items, this.deadlineOf) }
    const grown = (value === undefined ? 0 : 1) - (before === undefined ? 0 : 1)
    return new Table(chunks, this.deadlineOf, this.size + grown)
  }

  /** All values, by ascending id. */
  *values(): IterableIterator<T> {
    for (const chunk of this.chunks) for (const item of chunk.items) if (item !== undefined) yield item
  }

  /** The earliest deadline of all values, or `never`. */
  earliest(): Instant {
    let earliest = never
    for (const chunk of this.chunks) if (chunk.earliest < earliest) earliest = chunk.earliest
    return earliest
  }

  /** The values whose deadline has come. */
  *due(now: Instant): IterableIterator<T> {
    for (const chunk of this.chunks) {
      if (chunk.earliest > now) continue
      for (const item of chunk.items) if (item !== undefined && this.deadlineOf(item) <= now) yield item
    }
  }

  /** Pairs (before, after) of the values that differ from those of an earlier version of this table. */
  *changedSince(earlier: Table<T>): IterableIterator<readonly [T | undefined, T | undefined]> {
    const length = Math.max(this.chunks.length, earlier.chunks.length)
    for (let c = 0; c < length; c++) {
      const now = this.chunks[c]
      const then = earlier.chunks[c]
      if (now === then) continue
      const width = Math.max(now?.items.length ?? 0, then?.items.length ?? 0)
      for (let i = 0; i < width; i++) {
        const before = then?.items[i]
        const after = now?.items[i]
        if (before !== after) yield [before, after]
      }
    }
  }
}

function earliestOf<T>(items: readonly (T | undefined)[], deadlineOf: (value: T) => Instant): Instant {
  let earliest = never
  for (const item of items) {
    if (item === undefined) continue
    const deadline = deadlineOf(item)
    if (deadline < earliest) earliest = deadline
  }
  return earliest
}
