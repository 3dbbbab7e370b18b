import { parseArgs } from 'node:util'
import { nearMiss } from '../lib/near-miss.ts'
import { failure, success, type Failure, type Result } from '../lib/result.ts'
import type { Call, Command } from './command.ts'
import { operandsOf } from './operands.ts'
import type { Option, OptionTable } from './option.ts'
import { everywhere } from './options.ts'
import { valueOf, type Value } from './value.ts'

export type Parsed =
  | { readonly tag: 'call'; readonly command: Command; readonly call: Call<OptionTable> }
  /** The help that was asked for: of the command that these words call, or, without one, of all. */
  | { readonly tag: 'help'; readonly words: readonly string[] }
  | { readonly tag: 'version' }

/**
 * Understands a command line, without the program's name: [CL1] to [CL5].
 * @returns `usage`, with the nearest thing that was perhaps meant
 */
export function parse(argv: readonly string[], commands: readonly Command[]): Result<Parsed> {
  const [first] = argv
  if (first === undefined || first === '--help' || first === '-h') return success({ tag: 'help', words: [] })
  if (first === '--version' || first === '-v') return success({ tag: 'version' })
  if (first.startsWith('-')) {
    return failure('usage', `The command comes before its options, and "${first}" is no command.`, seeHelp)
  }
  return parseCommand({ before: [], rest: argv }, commands)
}

const seeHelp = '`coppice help` lists the commands.'

/** Finds the command that these words call, `group ls` for one; what is not a word of it is left over. */
export function commandNamed(
  words: readonly string[],
  commands: readonly Command[],
): Result<{ readonly command: Command; readonly path: readonly string[] }> {
  const [first = '', ...rest] = words
  const command = named(first, commands)
  if (command === null) return unknownCommand(first, { before: [], commands })
  const [second] = rest
  if (second === undefined) return success({ command, path: [command.name] })
  const below = named(second, command.subcommands ?? [])
  if (below === null) return unknownCommand(second, { before: [command.name], commands: command.subcommands ?? [] })
  return success({ command: below, path: [command.name, below.name] })
}

function parseCommand(
  { before, rest }: { readonly before: readonly string[]; readonly rest: readonly string[] },
  commands: readonly Command[],
): Result<Parsed> {
  const [first, ...argv] = rest
  if (first === undefined || first === '--help' || first === '-h') return success({ tag: 'help', words: before })
  const command = named(first, commands)
  if (command === null) return unknownCommand(first, { before, commands })
  const path = [...before, command.name]
  const { subcommands } = command
  if (subcommands === undefined) return parseCall(command, path, argv)
  const isItself = command.standsAlone === true && named(argv[0] ?? '', subcommands) === null
  return isItself ? parseCall(command, path, argv) : parseCommand({ before: path, rest: argv }, subcommands)
}

function named(name: string, commands: readonly Command[]): Command | null {
  return commands.find((one) => one.name === name || one.aliases.includes(name)) ?? null
}

function unknownCommand(
  name: string,
  { before, commands }: { readonly before: readonly string[]; readonly commands: readonly Command[] },
): Result<never> {
  const names = commands.flatMap((one) => [one.name, ...one.aliases])
  const near = nearMiss(name, names)
  const whole = [...before, name].join(' ')
  const see = before.length === 0 ? seeHelp : `\`coppice help ${before.join(' ')}\` lists what there is.`
  return failure('usage', `There is no command "${whole}".`, near === null ? see : `Did you mean "${near}"?`)
}

function parseCall(command: Command, path: readonly string[], argv: readonly string[]): Result<Parsed> {
  const options = new Map(Object.entries({ ...command.options, ...everywhere }))
  const tokens = tokensOf(argv, options)
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) {
    return success({ tag: 'help', words: path })
  }
  const values = new Map<string, Value>([...options].map(([name, { kind }]) => [name, initial(kind)]))
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const parsed = valueOf(token, options)
    if (!parsed.ok) return withHelp(parsed.failure, path)
    const { name, value } = parsed.value
    values.set(name, joined(values.get(name) ?? null, value))
  }
  const given = tokens.flatMap((token) => (token.kind === 'positional' ? { text: token.value, at: token.index } : []))
  const end = tokens.find((token) => token.kind === 'option-terminator')?.index ?? Number.POSITIVE_INFINITY
  const operands = operandsOf(command.operands, {
    before: given.filter(({ at }) => at < end).map(({ text }) => text),
    after: given.filter(({ at }) => at > end).map(({ text }) => text),
  })
  if (!operands.ok) return withHelp(operands.failure, path)
  // The table said which value each option has; `Values` says the same to the compiler.
  const call = { options: Object.fromEntries(values), operands: operands.value } as Call<OptionTable>
  return success({ tag: 'call', command, call })
}

/** The command line cut into options and the rest. Not strict: our own messages name what was perhaps meant. */
function tokensOf(argv: readonly string[], options: ReadonlyMap<string, Option>) {
  const known = [...options].flatMap(([name, { kind, short, also = [] }]) => {
    const type = kind === 'flag' || kind === 'switch' ? ('boolean' as const) : ('string' as const)
    const others = [name, ...also].flatMap((long) => [long, long.replaceAll('-', '_')])
    return [
      ...others.map((long) => [long, { type }] as const),
      [name, short === undefined ? { type } : { type, short }] as const,
    ]
  })
  const settings = { strict: false, tokens: true, allowPositionals: true } as const
  return parseArgs({ args: [...argv], options: Object.fromEntries(known), ...settings }).tokens
}

function initial(kind: string): Value {
  return kind === 'switch' ? true : kind === 'flag' ? false : null
}

/** Lists grow; of anything else the last counts: [CL3]. */
function joined(before: Value, value: Value): Value {
  return Array.isArray(before) && Array.isArray(value) ? [...new Set([...before, ...value])] : value
}

function withHelp(problem: Failure, path: readonly string[]): Result<never> {
  return { ok: false, failure: { hint: `\`coppice ${path.join(' ')} --help\` tells how it is used.`, ...problem } }
}
