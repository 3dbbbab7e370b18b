import type { SQLOutputValue } from 'node:sqlite'

export type Row = Readonly<Record<string, SQLOutputValue>>

/** @throws where the column is something else, which its STRICT table forbids */
export function textIn(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw unexpected(row, column)
  return value
}

export function numberIn(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw unexpected(row, column)
  return value
}

export function textOrNullIn(row: Row, column: string): string | null {
  return row[column] === null ? null : textIn(row, column)
}

export function numberOrNullIn(row: Row, column: string): number | null {
  return row[column] === null ? null : numberIn(row, column)
}

/** Milliseconds since 1970 as they stand in a table. */
export function timeText(wall: number): string {
  return new Date(wall).toISOString()
}

/** NaN where it is no time. */
export function timeIn(row: Row, column: string): number {
  return Date.parse(textIn(row, column))
}

function unexpected(row: Row, column: string): Error {
  return new TypeError(`column ${column}: unexpected ${JSON.stringify(row[column])}`)
}
