/** Where something stands in a text; both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
  /** Of what stands in no text: its keys, such as `backoff.initial`, or the variable that gave it. Line and column are 0. */
  readonly path?: string
}

/** What a problem points at. */
export interface Place {
  readonly at: Position
  /** The key under which it stands; null at the top. */
  readonly key: string | null
  /** Absent: the config file itself. */
  readonly file?: string
}

/**
 * What TOML, YAML and JSON have in common, with positions. Every dialect is read from this tree, so that each is
 * written once and knows nothing of the format it came in.
 */
export type Node = Scalar | List | Table

export interface Scalar extends Place {
  readonly tag: 'scalar'
  readonly value: string | number | boolean | null
  /** As it is written, for what must not pass through a number: `0755`, `1.10`. */
  readonly source: string
}

export interface List extends Place {
  readonly tag: 'list'
  readonly items: readonly Node[]
}

export interface Table extends Place {
  readonly tag: 'table'
  readonly members: ReadonlyMap<string, Member>
}

/** A key and its value. As a place it is the key. */
export interface Member extends Place {
  readonly key: string
  readonly value: Node
}

/** Nothing was written: `key:` in YAML, `null` in JSON. It counts as if the key were not there. */
export function isNothing(node: Node): boolean {
  return node.tag === 'scalar' && node.value === null
}

/** The value of a key, unless there is none or nothing was written. */
export function valueOf(table: Table, key: string): Node | undefined {
  const value = table.members.get(key)?.value
  return value === undefined || isNothing(value) ? undefined : value
}

/** What a node is, for the end of a sentence: `a list`, `"abc"`, `5`. */
export function describe(node: Node): string {
  if (node.tag === 'list') return 'a list'
  if (node.tag === 'table') return 'a table'
  return typeof node.value === 'string' ? JSON.stringify(node.value) : node.source
}

/** The scalar that a text is, as if it stood at that place. */
export function textNode(text: string, { at, key }: Place): Scalar {
  return { tag: 'scalar', value: text, source: text, at, key }
}

/** Turns an offset into line and column. */
export function positionsIn(text: string): (offset: number) => Position {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
