import { basename, join, resolve } from 'node:path'

import type { Sink } from '../core/spec.ts'
import type { Schema } from './json-schema.ts'
import { parsed, type Reader, type Reading } from './reader.ts'

const notEmpty: Schema = { type: 'string', minLength: 1 }

/** A path, made absolute: from where coppice was started, or from the directory of the process (`base`). [CF7] */
export function path(from: 'cwd' | 'base' = 'cwd'): Reader<string> {
  return parsed(
    'a path',
    (text, reading) => (text === '' ? null : resolve(reading[from], withHome(text, reading))),
    notEmpty,
  )
}

/** A program: a path as above, or a bare name that is looked up on PATH when it is started. */
export function program(): Reader<string> {
  return parsed('a program', (text, reading) => (text === '' ? null : programPath(text, reading, 'cwd')), notEmpty)
}

/** An absolute path, except for a bare name. */
export function programPath(text: string, reading: Reading, from: 'cwd' | 'base'): string {
  return basename(text) === text && text !== '.' && text !== '..'
    ? text
    : resolve(reading[from], withHome(text, reading))
}

function withHome(path: string, { home }: Reading): string {
  return home !== null && (path === '~' || path.startsWith('~/')) ? join(home, path.slice(1)) : path
}

/** Where a stream goes: `STDOUT`, `STDERR`, `SUPPRESS`, or a file. [CF8] */
export function sink(): Reader<Sink> {
  return parsed('STDOUT, STDERR, SUPPRESS or a file', (text, reading) => sinkOf(text, reading), notEmpty)
}

export function sinkOf(text: string, reading: Reading): Sink | null {
  switch (text) {
    case '':
      return null
    case 'STDOUT':
      return { tag: 'inherit-stdout' }
    case 'STDERR':
      return { tag: 'inherit-stderr' }
    case 'SUPPRESS':
      return { tag: 'discard' }
    default:
      return { tag: 'file', path: resolve(reading.cwd, withHome(text, reading)) }
  }
}
