import { fstatSync, mkdirSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { liveRun } from '../core/process.ts'
import { status } from '../core/status.ts'
import { failure, success, type Result } from '../lib/result.ts'
import { createMemoryDisk, createMemoryStore, type MemoryDisk } from '../store/memory.ts'
import { decodeDisk, encodeDisk } from '../store/memory-text.ts'
import { openStore } from '../store/sqlite.ts'
import type { Found, Store } from '../store/store.ts'
import { bootId } from '../system/boot.ts'
import { findMarked, type MarkedRun } from '../system/find-marked.ts'
import { takeLock, type Lock } from '../system/lock.ts'
import { isLive, readStat } from '../system/procfs.ts'
import type { Places } from '../wire/places.ts'
import type { Log } from './log.ts'
import { openObeyed, type Obeyed } from './obeyed.ts'
import { noPromises, openPromises, type Promises } from './promises.ts'
import { keepOwnId, newOwnId } from './own-id.ts'
import { lockName, type Past } from './replaced.ts'

/** What an `up` keeps of its processes, so that they can be taken back. */
export interface UpHome extends Disposable {
  readonly store: Store
  readonly ownId: string
  readonly obeyed: Pick<Obeyed, 'found' | 'note'>
  readonly promises: Promises
  /** Descriptors that are held for life, by name. */
  readonly held: ReadonlyMap<string, number>
  /** What is left of an `up` of this file before us; null: nothing of it lives, and everything begins. */
  readonly left: { readonly stored: Found; readonly marked: readonly MarkedRun[] } | null
  /** What is in memory only, for the program that takes our place. */
  memory(): Memory | null
  /** After an end that has left nothing: there is nothing to take back. [RN12] */
  clear(): void
}

/** A store in memory, on its way from one program to the next. */
export interface Memory {
  readonly ownId: string
  readonly disk: string
}

/**
 * Opens what an `up` of this file has: a database, and, where none can be kept, memory. [RN10] [RN14]
 * @returns `up-already` where another `up` of this file runs
 */
export function openUpHome(places: Result<Places>, { past, log }: { past: Past; log: Log }): Result<UpHome> {
  const handed = past.bequest?.memory ?? null
  const disk = handed === null ? null : decodeDisk(handed.disk)
  if (handed !== null && disk?.ok === true) return success(inMemory(disk.value, handed))
  const opened = places.ok ? onDisk(places.value, past) : places
  if (opened.ok || opened.failure.code === 'up-already') return opened
  const message = `what runs could not be taken back after a kill: ${opened.failure.message}`
  log.write({ level: 'debug', process: null, message })
  return success(inMemory(createMemoryDisk(), null))
}

function inMemory(disk: MemoryDisk, before: Memory | null): UpHome {
  const ownId = before?.ownId ?? newOwnId()
  const store = createMemoryStore({ disk })
  return {
    store,
    ownId,
    obeyed: { found: Number.POSITIVE_INFINITY, note: () => undefined },
    promises: noPromises,
    held: new Map(),
    left: before === null ? null : { stored: store.found, marked: findMarked(ownId) },
    memory: () => ({ ownId, disk: encodeDisk(disk) }),
    clear: () => undefined,
    [Symbol.dispose]: () => undefined,
  }
}

function onDisk(places: Places, past: Past): Result<UpHome> {
  using stack = new DisposableStack()
  const locked = lockIn(places, past)
  if (!locked.ok) return locked
  const { lock, isOurs } = locked.value
  stack.use(lock)
  const { state, runtime } = places
  const opened = open(state, { isReplacement: past.bequest !== null })
  if (!opened.ok) return opened
  const { store, ownId, left } = opened.value
  stack.use(store)
  const obeyed = stack.use(openObeyed(join(state, 'obeyed')))
  const promises = stack.use(openPromises(join(state, 'promises')))
  const kept = stack.move()
  return success({
    store,
    ownId,
    obeyed,
    promises,
    held: new Map([[lockName(lockPath(places)), lock.descriptor]]),
    left,
    memory: () => null,
    clear() {
      store[Symbol.dispose]()
      rmSync(state, { recursive: true, force: true })
      const home = dirname(state)
      for (const path of [home, dirname(home), ...(isOurs ? [runtime] : [])]) if (!removeEmpty(path)) break
    },
    [Symbol.dispose]: () => kept[Symbol.dispose](),
  })
}

interface Opened {
  readonly store: Store
  readonly ownId: string
  readonly left: UpHome['left']
}

/** A database of which nothing lives is of an `up` that went down as a whole, with its container or its host. [RN11] */
function open(directory: string, { isReplacement }: { readonly isReplacement: boolean }): Result<Opened> {
  const opened = openStore({ directory, statusOf: status })
  if (!opened.ok) return opened
  const store = opened.value
  const ownId = keepOwnId(join(directory, 'id'))
  if (store.found.processes.length === 0) return success({ store, ownId, left: null })
  const marked = findMarked(ownId)
  if (isReplacement || marked.length > 0 || store.found.processes.some(isAlive)) {
    return success({ store, ownId, left: { stored: store.found, marked } })
  }
  store[Symbol.dispose]()
  for (const name of ['coppice.db', 'coppice.db-wal', 'coppice.db-shm', 'coppice.db.bak', 'obeyed', 'promises'])
    rmSync(join(directory, name), { force: true })
  return open(directory, { isReplacement })
}

/** By its pid; a stranger's is told from its own when it is taken back. */
function isAlive({ process, bootId: boot }: Found['processes'][number]): boolean {
  const run = liveRun(process.state)
  const stat = run !== null && boot === (bootId() ?? '') ? readStat(run.pid) : null
  return isLive(stat) && stat.startTime === run?.startTime
}

/** How often one makes the directory that another, which has just ended, removes. */
const mostTries = 10

/** Holds the place of this file. `isOurs`: the directory of its socket was made for it. */
function lockIn(places: Places, past: Past): Result<{ readonly lock: Lock; readonly isOurs: boolean }> {
  const path = lockPath(places)
  let inherited = past.take(lockName(path))
  for (let tries = 1; ; tries++) {
    const made = makeDirectories(places)
    if (!made.ok) return made
    const lock = takeLock(path, inherited)
    inherited = null
    if (!lock.ok && lock.failure.code === 'locked') {
      const message = `Another \`coppice up\` of this file already answers for its processes: ${lock.failure.message}.`
      return failure('up-already', message, 'End it first.')
    }
    if (lock.ok && isAt(path, lock.value.descriptor)) return success({ lock: lock.value, isOurs: made.value.isNew })
    if (lock.ok) lock.value[Symbol.dispose]()
    if (tries === mostTries) return lock.ok ? failure('no-lock', `${path} is removed again and again`) : lock
  }
}

function lockPath({ state }: Places): string {
  return join(state, 'lock')
}

/** Whoever removes a lock holds it: what we have locked is worth something only as long as others find it there. */
function isAt(path: string, descriptor: number): boolean {
  return statSync(path, { throwIfNoEntry: false })?.ino === fstatSync(descriptor).ino
}

function makeDirectories({ state, runtime }: Places): Result<{ readonly isNew: boolean }> {
  try {
    mkdirSync(dirname(runtime), { recursive: true, mode: 0o755 })
    const isNew = mkdirSync(runtime, { recursive: true, mode: 0o700 }) !== undefined
    mkdirSync(state, { recursive: true, mode: 0o700 })
    return success({ isNew })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return failure('no-state', `cannot make the directory ${state}: ${error.message}`)
  }
}

function removeEmpty(path: string): boolean {
  try {
    rmdirSync(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.code === 'ENOENT'
    throw error
  }
}
