import { parseArgs } from 'node:util'
import { nearMiss } from '../lib/near-miss.ts'
import { failure, success, type Failure, type Result } from '../lib/result.ts'
import { namesIn } from '../wire/names.ts'
import type { Call, Command, Operands } from './command.ts'
import type { Option, OptionTable } from './option.ts'
import { everywhere } from './options.ts'
import { valueOf, type Value } from './value.ts'

export type Parsed =
  | { readonly tag: 'call'; readonly command: Command; readonly call: Call<OptionTable> }
  /** The help that was asked for: of one command, or of all. */
  | { readonly tag: 'help'; readonly command: Command | null }
  | { readonly tag: 'version' }

/**
 * Understands a command line, without the program's name: [CL1] to [CL5].
 * @returns `usage`, with the nearest thing that was perhaps meant
 */
export function parse(argv: readonly string[], commands: readonly Command[]): Result<Parsed> {
  const [first, ...rest] = argv
  if (first === undefined || first === '--help' || first === '-h') return success({ tag: 'help', command: null })
  if (first === '--version' || first === '-v') return success({ tag: 'version' })
  if (first.startsWith('-')) {
    return failure('usage', `The command comes before its options, and "${first}" is no command.`, seeHelp)
  }
  const command = commandNamed(first, commands)
  return command === null ? unknownCommand(first, commands) : parseCall(command, rest)
}

const seeHelp = '`coppice help` lists the commands.'

export function commandNamed(name: string, commands: readonly Command[]): Command | null {
  return commands.find((one) => one.name === name || one.aliases.includes(name)) ?? null
}

export function unknownCommand(name: string, commands: readonly Command[]): Result<never> {
  const near = nearMiss(
    name,
    commands.flatMap((one) => [one.name, ...one.aliases]),
  )
  return failure('usage', `There is no command "${name}".`, near === null ? seeHelp : `Did you mean "${near}"?`)
}

function parseCall(command: Command, argv: readonly string[]): Result<Parsed> {
  const options = new Map(Object.entries({ ...command.options, ...everywhere }))
  const tokens = tokensOf(argv, options)
  if (tokens.some((token) => token.kind === 'option' && token.name === 'help')) {
    return success({ tag: 'help', command })
  }
  const values = new Map<string, Value>([...options].map(([name, { kind }]) => [name, initial(kind)]))
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const parsed = valueOf(token, options)
    if (!parsed.ok) return withHelp(parsed.failure, command)
    values.set(parsed.value.name, parsed.value.value)
  }
  const given = tokens.flatMap((token) => (token.kind === 'positional' ? token.value : []))
  const operands = operandsOf(command.operands, given)
  if (!operands.ok) return withHelp(operands.failure, command)
  // The table said which value each option has; `Values` says the same to the compiler.
  const call = { options: Object.fromEntries(values), operands: operands.value } as Call<OptionTable>
  return success({ tag: 'call', command, call })
}

/** The command line cut into options and the rest. Not strict: our own messages name what was perhaps meant. */
function tokensOf(argv: readonly string[], options: ReadonlyMap<string, Option>) {
  const known = [...options].map(([name, { kind, short }]) => {
    const type = kind === 'flag' || kind === 'switch' ? ('boolean' as const) : ('string' as const)
    return [name, short === undefined ? { type } : { type, short }] as const
  })
  const settings = { strict: false, tokens: true, allowPositionals: true } as const
  return parseArgs({ args: [...argv], options: Object.fromEntries(known), ...settings }).tokens
}

function initial(kind: string): Value {
  return kind === 'switch' ? true : kind === 'flag' ? false : null
}

function operandsOf(expected: Operands, given: readonly string[]): Result<readonly string[]> {
  const [first, second] = given
  switch (expected.tag) {
    case 'none':
      return first === undefined ? success([]) : tooMuch(first)
    case 'file':
      if (first === undefined) return failure('usage', 'Which file?')
      return second === undefined ? success(given) : tooMuch(second)
    case 'command':
      return second === undefined ? success(given) : tooMuch(second)
    case 'processes': {
      const names = [...new Set(given.flatMap(namesIn))]
      return names.length > 0 ? success(names) : failure('usage', 'Which process? Give its name or its id.')
    }
  }
}

function tooMuch(operand: string): Result<never> {
  return failure('usage', `"${operand}" is one argument too many.`)
}

function withHelp(problem: Failure, { name }: Command): Result<never> {
  return { ok: false, failure: { hint: `\`coppice ${name} --help\` tells how it is used.`, ...problem } }
}
