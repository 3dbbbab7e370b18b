import type { Command, Operands } from '../command.ts'
import type { Option, OptionTable } from '../option.ts'
import { everywhere } from '../options.ts'
import { paint, type Style } from './style.ts'
import { padded, widthOf } from './text.ts'

/** What there is: [CL5]. */
export function printHelp(commands: readonly Command[], style: Style): string {
  const width = Math.max(...commands.map((command) => widthOf(named(command))))
  const topics = Map.groupBy(commands, ({ topic = 'Commands' }) => topic)
  return [
    'coppice keeps trees of processes alive.\n',
    section('Usage', [`coppice COMMAND [OPTIONS]`], style),
    ...[...topics].map(([topic, some]) => section(topic, listed(some, width), style)),
    '`coppice COMMAND --help` tells all about one.\n',
  ].join('\n')
}

/** All about one command. @param path the words that call it: `group`, `ls` */
export function printCommandHelp(command: Command, { path, style }: { path: readonly string[]; style: Style }): string {
  const { aliases, examples, subcommands } = command
  const parts = [
    ...(hasOwnUse(command) ? [section('Options', optionLines(command.options), style)] : []),
    ...(subcommands === undefined ? [] : [section('Commands', listed(subcommands), style)]),
  ]
  return [
    `${capitalized(command.summary)}.\n`,
    section('Usage', [usage(command, path)], style),
    ...(aliases.length === 0 ? [] : [section('Also called', [aliases.join(', ')], style)]),
    ...parts,
    ...(examples.length === 0 ? [] : [section('Examples', examples, style)]),
  ].join('\n')
}

function hasOwnUse({ subcommands, standsAlone }: Command): boolean {
  return subcommands === undefined || standsAlone === true
}

function usage(command: Command, path: readonly string[]): string {
  const { operands, standsAlone } = command
  const own = [standsAlone === true ? '[COMMAND]' : before(operands), '[OPTIONS]', after(operands)]
  const rest = hasOwnUse(command) ? own : ['COMMAND', '[OPTIONS]']
  return ['coppice', ...path, ...rest].filter((part) => part !== '').join(' ')
}

function listed(commands: readonly Command[], width?: number): string[] {
  return columns(
    commands.map((command) => [named(command), command.summary]),
    width,
  )
}

function optionLines(own: OptionTable): string[] {
  const options = Object.entries({ ...own, ...everywhere } satisfies OptionTable)
  return columns(options.map(([name, option]) => [spelled(name, option), explained(option)]))
}

function section(title: string, lines: readonly string[], style: Style): string {
  return `${paint(`${title}:`, 'bold', style)}\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function columns(rows: readonly (readonly [string, string])[], atLeast = 0): string[] {
  const width = Math.max(atLeast, ...rows.map(([left]) => widthOf(left)))
  return rows.map(([left, right]) => `${padded(left, width)}  ${right}`)
}

function named({ name, aliases }: Command): string {
  return [name, ...aliases].join(', ')
}

function spelled(name: string, option: Option): string {
  const short = option.short === undefined ? '    ' : `-${option.short}, `
  switch (option.kind) {
    case 'flag':
      return `${short}--${name}`
    case 'switch':
      return `${short}--[no-]${name}`
    case 'text':
    case 'list':
    case 'texts':
    case 'count':
    case 'duration':
    case 'choice':
      return `${short}--${name} ${option.value}`
  }
}

function explained(option: Option): string {
  if (option.kind === 'choice') return `${option.summary}: ${option.choices.join(', ')}`
  return option.kind === 'switch' ? `${option.summary} (the default)` : option.summary
}

/** The operands that stand before the options. */
function before(operands: Operands): string {
  switch (operands.tag) {
    case 'none':
      return ''
    case 'file':
      return 'FILE'
    case 'processes':
      return operands.optional === true ? '[NAME|ID…]' : 'NAME|ID…'
    case 'groups':
      return 'GROUP…'
    case 'new-group':
      return 'NAME'
    case 'members':
      return 'GROUP[,GROUP…] NAME|ID…'
    case 'program':
      return 'PROGRAM'
    case 'word':
      return operands.optional === true ? `[${operands.value}]` : operands.value
    case 'command':
      return '[COMMAND]'
  }
}

function after({ tag }: Operands): string {
  return tag === 'program' ? '[-- ARGUMENT…]' : ''
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
