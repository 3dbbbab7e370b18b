import type { Command, Operands } from '../command.ts'
import type { Option, OptionTable } from '../option.ts'
import { everywhere } from '../options.ts'
import { paint, type Style } from './style.ts'
import { padded, widthOf } from './text.ts'

/** What there is: [CL5]. */
export function printHelp(commands: readonly Command[], style: Style): string {
  return [
    'coppice keeps trees of processes alive.\n',
    section('Usage', [`coppice COMMAND [OPTIONS]`], style),
    section('Commands', columns(commands.map((command) => [named(command), command.summary])), style),
    '`coppice COMMAND --help` tells all about one.\n',
  ].join('\n')
}

/** All about one command. */
export function printCommandHelp(command: Command, style: Style): string {
  const options = Object.entries({ ...command.options, ...everywhere } satisfies OptionTable)
  const usage = ['coppice', command.name, operandText(command.operands), '[OPTIONS]']
    .filter((part) => part !== '')
    .join(' ')
  return [
    `${capitalized(command.summary)}.\n`,
    section('Usage', [usage], style),
    command.aliases.length === 0 ? null : section('Also called', [command.aliases.join(', ')], style),
    section('Options', columns(options.map(([name, option]) => [spelled(name, option), explained(option)])), style),
    command.examples.length === 0 ? null : section('Examples', command.examples, style),
  ]
    .filter((part) => part !== null)
    .join('\n')
}

function section(title: string, lines: readonly string[], style: Style): string {
  return `${paint(`${title}:`, 'bold', style)}\n${lines.map((line) => `  ${line}\n`).join('')}`
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => widthOf(left)))
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
    case 'duration':
    case 'choice':
      return `${short}--${name} ${option.value}`
  }
}

function explained(option: Option): string {
  if (option.kind === 'choice') return `${option.summary}: ${option.choices.join(', ')}`
  return option.kind === 'switch' ? `${option.summary} (the default)` : option.summary
}

function operandText({ tag }: Operands): string {
  switch (tag) {
    case 'none':
      return ''
    case 'file':
      return 'FILE'
    case 'processes':
      return 'NAME|ID…'
    case 'command':
      return '[COMMAND]'
  }
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
