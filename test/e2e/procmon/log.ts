// The supervisor's own log, as JSON.

export interface Entry {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly level: string
  /** Null: it is about the supervisor itself. */
  readonly process: string | null
  readonly msg: string
  readonly [field: string]: unknown
}

/** The entries among the lines of a text: what tasks and problems of the file say beside them is left out. */
export function entriesOf(text: string): Entry[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => {
    const { time, ...fields } = JSON.parse(line) as { time: string; level: string; msg: string }
    return { process: null, ...fields, at: new Date(time).getTime() }
  })
}
