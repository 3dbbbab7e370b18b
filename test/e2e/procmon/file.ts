// procmon's TOML, as its users write it, and `coppice up` on it.
import { join } from 'node:path'

import { anUp, type Up, type UpOptions } from '../harness.ts'

type Value = string | number | boolean | readonly Value[] | { readonly [key: string]: Value }
type Table = Readonly<Record<string, Value>>

export interface Task {
  readonly name: string
  readonly path: string
  readonly args?: readonly string[]
  readonly specials?: Table
  readonly monitors?: readonly Table[]
  readonly [key: string]: Value | undefined
}

export interface File {
  readonly env?: Readonly<Record<string, string>>
  readonly logger?: Table
  readonly prologue?: readonly Table[]
  readonly tasks: readonly Task[]
}

/**
 * Starts `coppice up procmon.toml` with this file, or with the one that is made for the test's directory. Its tasks come
 * back a second after a fall, also when they have lived for long.
 */
export function aProcmon(file: File | ((dir: string) => File), options: UpOptions = {}): Promise<Up> {
  const env = { DEFAULT_RESTART_DELAY: '1s', ...options.env }
  const make = (dir: string) => ({ file: tomlOf(typeof file === 'function' ? file(dir) : file), name: 'procmon.toml' })
  return anUp(make, { ...options, env })
}

/** A task that signs its marks with its name. Variables are not filled in in the command; they are in `keys`. */
export function task(name: string, command: readonly string[], keys: Partial<Task> = {}): Task {
  return { name, path: 'env', args: [`MARK=${name}`, ...command.map(literal)], ...keys }
}

/** A shell script that may call `mark WHAT…`; its arguments are `$1` and so on. */
export function script(text: string, ...args: readonly string[]): string[] {
  return ['sh', '-c', `. ${join(import.meta.dir, '../../programs/mark.sh')}\n${text}`, 'script', ...args]
}

/** The text as it stands, whatever variables there are. */
export function literal(text: string): string {
  return text.replaceAll('$', '$$$$')
}

function tomlOf({ env = {}, logger = {}, prologue = [], tasks }: File): string {
  const parts = [
    section('[env]', env),
    section('[logger]', logger),
    ...prologue.map((monitor) => section('[[prologue]]', monitor)),
    ...tasks.flatMap(({ specials = {}, monitors = [], ...keys }) => [
      section('[[task]]', keys),
      section('[task.specials]', specials),
      ...monitors.map((monitor) => section('[[task.monitors]]', monitor)),
    ]),
  ]
  return parts.filter(Boolean).join('\n')
}

function section(head: string, table: Readonly<Record<string, Value | undefined>>): string {
  const lines = Object.entries(table).map(([key, value]) => (value === undefined ? '' : `${key} = ${valueOf(value)}\n`))
  return lines.length === 0 ? '' : `${head}\n${lines.join('')}`
}

/** A basic string of TOML knows every escape that JSON writes. */
function valueOf(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(valueOf).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).map(([key, member]) => `${key} = ${valueOf(member)}`)
  return `{ ${members.join(', ')} }`
}
