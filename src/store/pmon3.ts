import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { failure, success, type Result } from '../lib/result.ts'
import { codeOf } from './sqlite/errors.ts'
import type { Row } from './sqlite/row.ts'

/** What pmon3's `data.db` holds. */
export interface Pmon3Data {
  /** In the order of their ids. */
  readonly processes: readonly Pmon3Process[]
  readonly groups: readonly Pmon3Group[]
}

/** A process as pmon3 has it: texts are not taken apart, but for the names it lists. */
export interface Pmon3Process {
  readonly id: number
  readonly name: string
  readonly processFile: string
  readonly args: string
  /** `A=1 B=2`. */
  readonly envVars: string
  readonly dependencies: readonly string[]
  /** Names, in the order of the groups' ids. */
  readonly groups: readonly string[]
  /** Absolute; empty where pmon3 has none. */
  readonly log: string
  /** A name, else a number; null where pmon3 has neither. */
  readonly user: string | null
  readonly autoRestart: boolean
  /** pmon3's number: 0 queued, 1 init, 2 running, 3 stopped, 4 failed, 5 closed, 6 backoff, 7 restarting. */
  readonly status: number
  readonly pid: number
  /** Milliseconds since 1970; null where it is not known. */
  readonly createdAt: number | null
  readonly updatedAt: number | null
}

export interface Pmon3Group {
  readonly id: number
  readonly name: string
}

/**
 * Reads pmon3's database, of whatever version, from a copy: the file, and what SQLite keeps beside it, stay untouched.
 * @returns `pmon3-unreadable` for what is no database of pmon3, or cannot be read
 */
export function readPmon3Database(path: string): Result<Pmon3Data> {
  let directory: string | null = null
  try {
    directory = mkdtempSync(join(tmpdir(), 'coppice-pmon3-'))
    using database = new DatabaseSync(copyInto(directory, path))
    return read(database, path)
  } catch (error) {
    if (!(error instanceof Error) || (codeOf(error) === null && !('syscall' in error))) throw error
    return unreadable(path, error.message)
  } finally {
    if (directory !== null) rmSync(directory, { recursive: true, force: true })
  }
}

/** With its journals: what was written last may stand only there. */
function copyInto(directory: string, path: string): string {
  const copy = join(directory, 'data.db')
  copyFileSync(path, copy)
  for (const beside of ['-wal', '-journal']) if (existsSync(path + beside)) copyFileSync(path + beside, copy + beside)
  return copy
}

function read(database: DatabaseSync, path: string): Result<Pmon3Data> {
  const rows = (table: string): Row[] => (has(database, table) ? database.prepare(`SELECT * FROM ${table}`).all() : [])
  if (!has(database, 'processes')) return unreadable(path, 'it has no table "processes"')
  const groups = alive(rows('groups')).map((row) => ({ id: integerIn(row, 'id'), name: textIn(row, 'name') }))
  const links = rows('process_groups').map((row) => [integerIn(row, 'process_id'), integerIn(row, 'group_id')] as const)
  const processes = alive(rows('processes')).map((row) => {
    const own = new Set(links.filter(([process]) => process === integerIn(row, 'id')).map(([, group]) => group))
    return processIn(
      row,
      groups.filter(({ id }) => own.has(id)).map(({ name }) => name),
    )
  })
  return success({ processes, groups })
}

/** Asked by a statement that only a damaged file can fail. */
function has(database: DatabaseSync, table: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined
}

/** Those that GORM has not marked as deleted, in the order of their ids. */
function alive(rows: readonly Row[]): readonly Row[] {
  const left = rows.filter((row) => (row['deleted_at'] ?? null) === null)
  return left.toSorted((a, b) => integerIn(a, 'id') - integerIn(b, 'id'))
}

function processIn(row: Row, groups: readonly string[]): Pmon3Process {
  return {
    id: integerIn(row, 'id'),
    name: textIn(row, 'name'),
    processFile: textIn(row, 'process_file'),
    args: textIn(row, 'args'),
    envVars: textIn(row, 'env_vars'),
    dependencies: textIn(row, 'dependencies')
      .split(/\s+/)
      .filter((name) => name !== ''),
    groups,
    log: textIn(row, 'log'),
    user: textIn(row, 'username') || textIn(row, 'uid') || null,
    autoRestart: isTrue(row['auto_restart'] ?? 1),
    status: statusIn(row),
    pid: integerIn(row, 'pid'),
    createdAt: timeIn(row, 'created_at'),
    updatedAt: timeIn(row, 'updated_at'),
  }
}

const words = ['queued', 'init', 'running', 'stopped', 'failed', 'closed', 'backoff', 'restarting']

/** Versions before 1.10 wrote words. */
function statusIn(row: Row): number {
  const status = row['status']
  const number = typeof status === 'string' && !/^\d+$/.test(status) ? words.indexOf(status) : Number(status ?? 0)
  return number < 0 ? 0 : number
}

/** An empty text where there is no such column, or nothing in it. */
function textIn(row: Row, column: string): string {
  const value = row[column] ?? ''
  return typeof value === 'object' ? new TextDecoder().decode(value) : String(value)
}

function integerIn(row: Row, column: string): number {
  const number = Number(row[column] ?? 0)
  return Number.isSafeInteger(number) ? number : 0
}

function isTrue(value: Row[string]): boolean {
  return /^(?:1|t|true)$/i.test(String(value))
}

/** `2026-08-01 12:00:00.123456789+02:00`, as GORM writes a time; or with a zone's name behind it, or seconds. */
function timeIn(row: Row, column: string): number | null {
  const value = row[column] ?? null
  if (typeof value === 'number') return value * 1000
  const shape = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(\.\d{1,3})?\d* ?(Z|[+-]\d{2}:?\d{2})?/
  const found = typeof value === 'string' ? shape.exec(value) : null
  if (found === null) return null
  const [, day, time, fraction = '', zone = 'Z'] = found
  const at = Date.parse(`${day}T${time}${fraction}${zone.replace(/^(.\d{2})(\d{2})$/, '$1:$2')}`)
  return Number.isNaN(at) ? null : at
}

function unreadable(path: string, why: string): Result<never> {
  const hint = 'Stop pmond, so that nobody writes to it meanwhile, and start again.'
  return failure('pmon3-unreadable', `cannot read ${path}: ${why}`, hint)
}
