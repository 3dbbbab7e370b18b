import { join, resolve } from 'node:path'

import type { Hook, HookEvent, LogLevel } from '../../core/spec.ts'
import { octal } from '../flow.ts'
import { parseHookLine, shellWordIn } from '../hook-line.ts'
import { hooksFor } from '../hooks.ts'
import { readText, wrong, type Reading } from '../reader.ts'
import type { Node } from '../tree.ts'
import { parseMode, parseWhole } from '../values.ts'

/** One kind of setting: how it is read, and how it is shown. */
export interface Kind<T> {
  /** The value; undefined after a problem was told. What pmon3 takes a default for is a warning and that default. */
  readonly read: (node: Node, reading: Reading) => T | undefined
  show(value: T): string | number | boolean
}

/** A number in a range; outside of it pmon3's own default holds, with pmon3's message. */
export function count(range: {
  readonly min: number
  readonly max: number
  readonly fallback: number
  readonly message: string
}): Kind<number> {
  return {
    read(node, reading) {
      const text = readText(node, reading, 'a whole number')
      if (text === undefined) return undefined
      const number = parseWhole(text, { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
      if (number === null) return wrong(node, reading, 'a whole number', unitHint(text))
      if (number >= range.min && number <= range.max) return number
      reading.problems.warn(node, range.message, `${range.fallback} holds instead of ${text}`)
      return range.fallback
    },
    show: (value) => value,
  }
}

function unitHint(text: string): string | null {
  return /^\s*\d+(?:\.\d+)?\s*(?:ms|s|m)\s*$/.test(text) ? 'write the number without a unit' : null
}

/** As `count`; null: it is not set. */
export function optionalCount(range: Parameters<typeof count>[0]): Kind<number | null> {
  return { read: count(range).read, show: (value) => value ?? '' }
}

export const onOff: Kind<boolean> = {
  read(node, reading) {
    const text = readText(node, reading, 'true or false')
    if (text === undefined) return undefined
    return text === 'true' || text === 'false' ? text === 'true' : wrong(node, reading, 'true or false')
  },
  show: (value) => value,
}

/** Octal digits, with or without quotes. What is none is pmon3's own default, as there. */
export function permissions(fallback: number): Kind<number> {
  return {
    read(node, reading) {
      const text = readText(node, reading, 'octal digits such as 0660')
      if (text === undefined) return undefined
      const mode = parseMode(text)
      if (mode !== null) return mode
      reading.problems.warn(
        node,
        `"${node.key}" must be octal digits such as 0660`,
        `${octal(fallback)} holds instead of ${text}`,
      )
      return fallback
    },
    show: octal,
  }
}

/** As `permissions`; null: it is not set. */
export function optionalPermissions(fallback: number): Kind<number | null> {
  return { read: permissions(fallback).read, show: (value) => (value === null ? '' : octal(value)) }
}

/** A name or a number; null: the daemon's own. */
export const owner: Kind<string | null> = {
  read: (node, reading) => readText(node, reading, 'a name or a number'),
  show: (value) => value ?? '',
}

/** pmon3's command for an event; what cannot be run is a warning, and nothing is run. [HK5] */
export const hookLine: Kind<string | null> = {
  read(node, reading) {
    const text = readText(node, reading, 'a command')
    if (text === undefined) return undefined
    const found = parseHookLine(text)
    if (typeof found === 'string') {
      reading.problems.warn(node, `"${node.key}" must be a command (${found})`, 'nothing is run for it')
      return null
    }
    const ofShell = shellWordIn(found)
    const hint = 'have one run it: bash -c \'… "$1" …\' hook'
    if (ofShell !== null)
      reading.problems.warn(node, `"${node.key}" is run without a shell, which "${ofShell}" is for`, hint)
    return text
  },
  show: (value) => value ?? '',
}

/** What is run at an event of ours. */
export function ownHooks(on: HookEvent): Kind<readonly Hook[]> {
  return {
    read: hooksFor(on).read,
    show: (hooks) =>
      hooks.map(({ action }) => (action.tag === 'post' ? action.url : action.command.join(' '))).join(', '),
  }
}

/** An absolute path: a daemon stands nowhere. */
export const place: Kind<string> = { read: readPath, show: (value) => value }

/** As `place`; null: none. */
export const optionalPlace: Kind<string | null> = { read: readPath, show: (value) => value ?? '' }

function readPath(node: Node, reading: Reading): string | undefined {
  const text = readText(node, reading, 'an absolute path')
  if (text === undefined) return undefined
  const path = reading.home !== null && /^~(?:\/|$)/.test(text) ? join(reading.home, text.slice(1)) : text
  return path.startsWith('/') ? resolve(path) : wrong(node, reading, 'an absolute path')
}

const levels: ReadonlyMap<string, LogLevel> = new Map([
  ['trace', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['fatal', 'error'],
  ['panic', 'error'],
])

/** What pmon3 does not know is `info`. `true` is what `PMON3_DEBUG` may say. */
export const level: Kind<LogLevel> = {
  read(node, reading) {
    const text = readText(node, reading, 'debug, info, warn or error')
    if (text === undefined) return undefined
    const known = levels.get(text.toLowerCase())
    if (known === undefined) {
      reading.problems.warn(node, `"${node.key}" must be debug, info, warn or error`, `info holds instead of ${text}`)
    }
    return known ?? 'info'
  },
  show: (value) => value,
}

/** Read by pmon3 and of no use here: whatever stands there is well. */
export const idle: Kind<string | null> = {
  read: (node) => (node.tag === 'scalar' ? node.source : ''),
  show: (value) => value ?? '',
}
