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
  /** Where to go on, instead of `lines`; where that file is no more, from the beginning of the one that is. */
  readonly after?: LogPlace
}

/** A place in a log that is still there when its supervisor is not: which file, and how far into it. */
export interface LogPlace {
  readonly file: string
  readonly position: number
}

/** The header of an answer that goes on: where its first byte stands, as `FILE@POSITION`; the rest follows from there. */
export const placeHeader = 'coppice-log-place'

export function placeText({ file, position }: LogPlace): string {
  return `${file}@${position}`
}

/** null: it is none. */
export function placeIn(text: string): LogPlace | null {
  const [, file, position] = /^([\d:]{1,64})@(\d{1,15})$/.exec(text) ?? []
  return file === undefined ? null : { file, position: Number(position) }
}

export const defaultLogQuery: LogQuery = {
  lines: { tag: 'tail', count: 10 },
  archives: false,
  follow: false,
  stream: 'stdout',
}
