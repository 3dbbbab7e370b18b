/** Which part of a log: the query of `GET /v1/processes/NAME/log`. */
export interface LogQuery {
  /** `tail`: the last so many lines; `from`: from this line on, counted from 1 (pmon3's `-n +K`). */
  readonly lines: { readonly tag: 'tail' | 'from'; readonly count: number }
  /** Archives first: `NAME.log.1`, `NAME.log-20261120.gz`, …, oldest first, decompressed. */
  readonly archives: boolean
  /** Go on with what is added, across rotation and restarts. */
  readonly follow: boolean
  /** stdout and stderr have files of their own: which one. Where both go to one file it means nothing. */
  readonly stream: 'stdout' | 'stderr'
}

export const defaultLogQuery: LogQuery = {
  lines: { tag: 'tail', count: 10 },
  archives: false,
  follow: false,
  stream: 'stdout',
}
