import type { Json, Schema } from './json-schema.ts'
import { processKeys } from './process-keys.ts'

/** A flag of a command that says one key of a process, as plain data. */
export interface EntryFlag {
  /** Without its dashes; words are parted by dashes. */
  readonly name: string
  readonly short?: string
  /** Further names. */
  readonly also?: readonly string[]
  /** `texts`: may be given several times. */
  readonly kind: 'flag' | 'text' | 'texts'
  /** What the help calls its value. */
  readonly value?: string
  /** The value may begin with a dash. */
  readonly dashed?: true
  readonly summary: string
  /** The key that it says: `['backoff', 'initial']`. */
  readonly path: readonly string[]
  /** What a flag says. */
  readonly gives?: boolean
  /** Several may also be parted by commas. */
  readonly commas?: true
  /** The value may be a table or a list, written as JSON. */
  readonly json?: true
}

/** Keys that are said in another way: by the operands of the command. */
const operands: ReadonlySet<string> = new Set<keyof typeof processKeys>(['command', 'file'])

type Details = Partial<Pick<EntryFlag, 'name' | 'short' | 'also' | 'kind' | 'value' | 'dashed' | 'commas'>>

/** What the table of keys does not say; the short ones are pmon3's. */
const details: ReadonlyMap<string, Details> = new Map<keyof typeof processKeys, Details>([
  ['name', { value: 'NAME' }],
  ['args', { short: 'a', kind: 'text', value: 'ARGS', dashed: true }],
  ['cwd', { value: 'DIR' }],
  ['env', { kind: 'texts', value: 'NAME=VALUE' }],
  ['env_vars', { short: 'e', kind: 'texts', value: 'VARS' }],
  ['env_file', { value: 'FILE' }],
  ['user', { short: 'u', value: 'USER' }],
  ['group', { value: 'GROUP' }],
  ['umask', { value: 'MODE' }],
  ['nice', { dashed: true }],
  ['limits', { value: 'JSON' }],
  ['parent', { value: 'NAME' }],
  ['dependencies', { short: 'd', value: 'NAMES', commas: true }],
  ['ready', { value: 'CHECK' }],
  ['monitors', { value: 'CHECK' }],
  ['no_auto_restart', { name: 'no-autorestart', short: 'n', also: ['no-auto-restart'] }],
  ['backoff', { value: 'JSON' }],
  ['start_limit', { value: 'JSON' }],
  ['hooks', { value: 'JSON' }],
  ['restart_prevent_exit_codes', { value: 'CODES', commas: true }],
  ['restart_budget', { value: 'JSON' }],
  ['success_exit_codes', { value: 'CODES', commas: true }],
  ['stop_signal', { value: 'SIGNAL' }],
  ['prerun', { value: 'NAMES', commas: true }],
  ['schedule', { value: 'WHEN' }],
  ['on_signal', { value: 'SIGNAL' }],
  ['log', { short: 'l', value: 'FILE' }],
  ['log_dir', { value: 'DIR' }],
  ['stdout', { value: 'FILE' }],
  ['stderr', { value: 'FILE' }],
  ['groups', { short: 'g', value: 'NAMES', commas: true }],
])

/** Flags that switch off what another one, or the declaration before, has switched on. */
const off: readonly EntryFlag[] = [
  {
    name: 'autorestart',
    also: ['auto-restart'],
    kind: 'flag',
    summary: 'the opposite of --no-autorestart',
    path: ['no_auto_restart'],
    gives: false,
  },
  {
    name: 'no-flap-detection',
    kind: 'flag',
    summary: 'the opposite of --flap-detection',
    path: ['flap_detection'],
    gives: false,
  },
  { name: 'no-autostart', kind: 'flag', summary: 'the opposite of --autostart', path: ['autostart'], gives: false },
]

/** A flag for every key of a process but what it runs, nested keys too: `--backoff-initial 50ms`. [CD30] */
export function entryFlags(): readonly EntryFlag[] {
  const keys = Object.entries(processKeys).filter(([name]) => !operands.has(name))
  const flags = keys.flatMap(([name, { reader, doc }]) => [
    flagOf([name], doc, reader.schema),
    ...nestedIn(reader.schema).map(([inner, schema]) => flagOf([name, inner], docOf(schema), schema)),
  ])
  return [...flags, ...off]
}

function flagOf(path: readonly string[], doc: string, schema: Schema): EntryFlag {
  const name = path.join('-').replaceAll('_', '-')
  const summary = summaryOf(doc)
  const known = path.length === 1 ? details.get(path[0] ?? '') : undefined
  if (choicesOf(schema).some(({ type }) => type === 'boolean') && !isAnyText(schema)) {
    return { name, kind: 'flag', summary, path, gives: true, ...known }
  }
  const isList = choicesOf(schema).some(({ type }) => type === 'array')
  const json = /"type":"object"|"#\/definitions\/(?:ready|monitor|hook)"/.test(JSON.stringify(schema))
  const kind = isList ? 'texts' : 'text'
  return { name, kind, value: valueName(schema), summary, path, ...known, ...(json ? { json } : {}) }
}

/** The keys of a table, if it may be one and is no list of them. */
function nestedIn(schema: Schema): readonly [string, Schema][] {
  const choices = choicesOf(schema)
  const properties = choices.some(({ type }) => type === 'array')
    ? undefined
    : choices.map((choice) => choice['properties']).find((found) => found !== undefined)
  return isSchema(properties)
    ? Object.entries(properties).flatMap(([name, inner]): [string, Schema][] =>
        isSchema(inner) ? [[name, inner]] : [],
      )
    : []
}

function docOf({ description }: Schema): string {
  return typeof description === 'string' ? description : ''
}

function choicesOf(schema: Schema): readonly Schema[] {
  const choices = schema['anyOf']
  return Array.isArray(choices) ? choices.filter(isSchema) : [schema]
}

function isAnyText({ type }: Schema): boolean {
  return Array.isArray(type)
}

function isSchema(json: Json | undefined): json is Schema {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function valueName(schema: Schema): string {
  const choices = choicesOf(schema)
  const words = choices.find((choice) => choice['enum'] !== undefined)?.['enum']
  if (Array.isArray(words)) return words.join('|')
  const refs = choices.map((choice) => choice['$ref'])
  if (refs.includes('#/definitions/duration')) return 'DURATION'
  if (refs.includes('#/definitions/size')) return 'SIZE'
  const types = choices.flatMap(({ type }) => type)
  const isNumber = types.includes('integer') || (types.includes('number') && !choices.some(isAnyText))
  return isNumber ? 'N' : 'TEXT'
}

/** As the help has it: a phrase, not a sentence. */
function summaryOf(doc: string): string {
  const phrase = doc.replace(/\.$/, '')
  return /^(?:[A-Z][a-z]|A )/.test(phrase) ? phrase.charAt(0).toLowerCase() + phrase.slice(1) : phrase
}
