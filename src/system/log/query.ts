/** Which part of a log is asked for. The same as `LogQuery` of the wire, which this folder does not know. */
export interface LogQuery {
  /** `tail`: the last so many lines; `from`: from this line on, counted from 1. */
  readonly lines: { readonly tag: 'tail' | 'from'; readonly count: number }
  /** Archives first: `NAME.log.1`, `NAME.log-20261120.gz`, …, oldest first, decompressed; lines are counted over all. */
  readonly archives: boolean
  /** Go on with what is added, across rotation. */
  readonly follow: boolean
  /** Which of two files; whoever reads one file has decided that already. */
  readonly stream: 'stdout' | 'stderr'
  /** Where to go on, instead of `lines`; where that file is no more, from the beginning of the one that is. */
  readonly after?: Place
}

/** A place in a file that is known by its identity. */
export interface Place {
  readonly file: string
  readonly position: number
}
