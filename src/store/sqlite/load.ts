import type { DatabaseSync } from 'node:sqlite'
import type { Process } from '../../core/process.ts'
import { failure, success, type Failure, type Result } from '../../lib/result.ts'
import { decode } from '../codec.ts'
import { wrongInGroup } from '../shape/group.ts'
import { wrongInProcess } from '../shape/process.ts'
import type { DeclaredGroup, FoundProcess, StoredGroup } from '../store.ts'
import { numberIn, textIn, textOrNullIn, timeIn, type Row } from './row.ts'

/** What a database holds, apart from its journal. */
export interface Content {
  readonly processes: readonly FoundProcess[]
  readonly groups: readonly StoredGroup[]
  readonly closedCleanly: boolean
  /** Processes that cannot be read. */
  readonly unreadable: readonly Unreadable[]
}

export interface Unreadable {
  readonly id: number
  readonly name: string
  readonly pid: number | null
  readonly problem: string
}

/** Reads everything; what cannot be read of one process does not keep the others away. */
export function load(database: DatabaseSync): Content {
  const processes: FoundProcess[] = []
  const unreadable: Unreadable[] = []
  for (const row of database.prepare('SELECT * FROM processes ORDER BY id').iterate()) {
    const read = processIn(row)
    if (read.ok) processes.push(read.value)
    else unreadable.push({ ...whose(row), problem: read.failure.message })
  }
  const groups = database.prepare('SELECT * FROM groups ORDER BY id').all().map(groupIn)
  const clean = database.prepare("SELECT value FROM meta WHERE key = 'closed_cleanly'").get()
  return { processes, groups, closedCleanly: clean === undefined || clean['value'] === '1', unreadable }
}

/** What is said of a process that cannot be read. */
export function alarmOf({ name, pid, problem }: Unreadable): Failure {
  const running = pid === null ? '' : ` It may be running as pid ${pid}.`
  return failure(
    'store-process-unreadable',
    `what is stored of "${name}" cannot be read: ${problem}`,
    `It was moved to the table set_aside; declare it again.${running}`,
  ).failure
}

function whose(row: Row): Omit<Unreadable, 'problem'> {
  const pid = row['pid']
  return { id: numberIn(row, 'id'), name: String(row['name']), pid: typeof pid === 'number' ? pid : null }
}

function processIn(row: Row): Result<FoundProcess> {
  const spec = decode(textIn(row, 'spec'))
  if (!spec.ok) return failure('unreadable', `its spec: ${spec.failure.message}`)
  const state = decode(textIn(row, 'state'))
  if (!state.ok) return failure('unreadable', `its state: ${state.failure.message}`)
  const process = parse({ ...(typeof state.value === 'object' ? state.value : {}), spec: spec.value })
  if (!process.ok) return process
  const {
    id,
    spec: { name },
  } = process.value
  if (id !== row['id'] || name !== row['name']) return failure('unreadable', `it says that it is ${name}, id ${id}`)
  return success({
    process: process.value,
    bootId: textIn(row, 'boot_id'),
    marker: textOrNullIn(row, 'marker'),
    at: numberIn(row, 'committed_at'),
    wall: timeIn(row, 'updated_at'),
  })
}

/** The door: behind it a process is one. */
function parse(value: unknown): Result<Process> {
  const wrong = wrongInProcess(value)
  return wrong === null ? success(value as Process) : failure('unreadable', wrong.replace(/^\./, ''))
}

/** What cannot be read is not there: its file will be read again. */
function declaredIn(text: string | null): StoredGroup['declared'] {
  const decoded = text === null ? null : decode(text)
  if (decoded === null || !decoded.ok || wrongInGroup(decoded.value) !== null) return null
  return decoded.value as DeclaredGroup
}

function groupIn(row: Row): StoredGroup {
  return {
    id: numberIn(row, 'id'),
    name: textIn(row, 'name'),
    declared: declaredIn(textOrNullIn(row, 'declared')),
    createdAt: timeIn(row, 'created_at'),
    updatedAt: timeIn(row, 'updated_at'),
  }
}
