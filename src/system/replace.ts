import { accessSync, closeSync, constants as access, fstatSync, readSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import { failure, type Failure } from '../lib/result.ts'
import { errnoName } from './errno.ts'
import { say } from './explain.ts'
import { openMemoryFile, replaceImage, setInherited, setSignalMask, type ResourceLimit } from './libc.ts'
import { assumeOpenFiles, openFilesAtStart } from './open-files.ts'

/** What one program image hands to the one that takes its place: a text, and open descriptors by name. */
export interface Heritage extends Disposable {
  readonly text: string
  /** Whoever takes one closes it; null: there is none of that name. The disposal closes those that nobody took. */
  take(name: string): number | null
}

export interface Replacement {
  /** Absolute paths come first; nobody looks on PATH. */
  readonly command: readonly [string, ...string[]]
  /** Besides our own environment. */
  readonly env: Readonly<Record<string, string>>
  readonly descriptors: ReadonlyMap<string, number>
  readonly text: string
}

/** `PID:DESCRIPTOR`: a child that has it from somewhere is not meant. */
const variable = 'COPPICE_HERITAGE'

/** Those that a supervisor hears; and SIGIO, which kills where nobody has asked for it yet. */
const kept = (['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGIO'] as const).flatMap(
  (name) => constants.signals[name] ?? [],
)

/**
 * Puts another program in the place of this one, with the same pid, the same children and these descriptors. Signals that
 * come in between wait until `letSignalsThrough`.
 * @returns only where that was refused, and then everything is as it was
 */
export function replaceProgram({ command, env, descriptors, text }: Replacement): Failure {
  setSignalMask(kept, 'wait')
  const failed = replace({ command, env, descriptors, text })
  setSignalMask(kept, 'through')
  return failed
}

function replace({ command, env, descriptors, text }: Replacement): Failure {
  const content = { descriptors: Object.fromEntries(descriptors), openFiles: openFilesAtStart(), text }
  const memory = openMemoryFile()
  if (memory < 0) return failure('no-exec', `memfd_create was refused: ${errnoName(memory)}`).failure
  const handed = [memory, ...descriptors.values()]
  writeAll(memory, Buffer.from(JSON.stringify(content)))
  for (const descriptor of handed) setInherited(descriptor, 'inherited')
  const [file] = command
  const refused = replaceImage({
    file,
    argv: command,
    env: { ...ownEnvironment(), ...env, [variable]: `${process.pid}:${memory}` },
  })
  for (const descriptor of handed) setInherited(descriptor, 'close-on-exec')
  closeSync(memory)
  return say(errnoName(refused), file)
}

/**
 * What the image before this one has left to us; null: this program was started, and did not take the place of another.
 * To be called once, before anything is started: it takes what is for us alone out of our environment.
 */
export function takeHeritage(): Heritage | null {
  const given = process.env[variable] ?? ''
  delete process.env[variable]
  const [, pid, memory] = /^(\d+):(\d+)$/.exec(given) ?? []
  if (memory === undefined || Number(pid) !== process.pid) return null
  const { descriptors, openFiles, text } = readContent(Number(memory))
  const left = new Map(Object.entries(descriptors))
  for (const descriptor of left.values()) setInherited(descriptor, 'close-on-exec')
  if (openFiles !== undefined) assumeOpenFiles(openFiles)
  return {
    text,
    take(name) {
      const descriptor = left.get(name) ?? null
      left.delete(name)
      return descriptor
    },
    [Symbol.dispose]() {
      for (const descriptor of left.values()) closeSync(descriptor)
      left.clear()
    },
  }
}

/** Once somebody listens: has the signals come that have waited. */
export function letSignalsThrough(): void {
  setSignalMask(kept, 'through')
}

interface Content {
  readonly descriptors: Readonly<Record<string, number>>
  /** Absent: it is as it would be at any start. */
  readonly openFiles?: ResourceLimit | null
  readonly text: string
}

/** Written by an image of this program, perhaps an older one, and by nobody else. */
function readContent(memory: number): Content {
  const bytes = Buffer.alloc(fstatSync(memory).size)
  for (let at = 0; at < bytes.length;) {
    const read = readSync(memory, bytes, at, bytes.length - at, at)
    if (read === 0) break
    at += read
  }
  closeSync(memory)
  const { descriptors = {}, text = '', ...rest } = JSON.parse(bytes.toString()) as Partial<Content>
  return { descriptors, text, ...rest }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at, at)
}

function ownEnvironment(): Record<string, string> {
  const own: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) own[name] = value
  return own
}

/** Why a file cannot be run; null where it can, as far as one can tell. */
export function whyNotExecutable(path: string): Failure | null {
  try {
    accessSync(path, access.X_OK)
    return null
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return failure('no-executable', `${path} cannot be run: ${error.message}`).failure
  }
}
