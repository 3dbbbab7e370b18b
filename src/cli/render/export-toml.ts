import type { ExportView } from '../../wire/declare.ts'

/** As BurntSushi's encoder writes it for pmon3; keys of ours, which it does not know, follow as they are: [CL58]. */
export function printToml(processes: readonly ExportView[]): string {
  return processes.map((process) => `[[Processes]]\n${pairsOf(process).map(line).join('')}`).join('\n')
}

/** pmon3's names for TOML, in the order in which it writes them. */
function pairsOf(process: ExportView): [string, unknown][] {
  const { log, env_vars, dependencies, groups, more } = process
  return [
    ['File', process.file],
    ['User', process.user],
    ...(log === '' ? [] : [['Log', log] satisfies [string, string]]),
    ['Args', process.args],
    ...(env_vars === '' ? [] : [['EnvVars', env_vars] satisfies [string, string]]),
    ['Name', process.name],
    ...(dependencies.length === 0 ? [] : [['dependencies', dependencies] satisfies [string, unknown]]),
    ...(groups.length === 0 ? [] : [['groups', groups] satisfies [string, unknown]]),
    ...(process.no_auto_restart ? [['NoAutoRestart', true] satisfies [string, boolean]] : []),
    // TOML knows no null: what is null is left out.
    ...Object.entries(more).filter(([, value]) => value !== null && value !== undefined),
  ]
}

function line([key, value]: [string, unknown]): string {
  return `  ${keyOf(key)} = ${written(value)}\n`
}

function keyOf(key: string): string {
  return /^[\w-]+$/.test(key) ? key : inQuotes(key)
}

/** A table in a process stands on one line, so that the next key is still one of the process. */
function written(value: unknown): string {
  if (typeof value === 'string') return inQuotes(value)
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const pairs = Object.entries(value).filter(([, one]) => one !== null && one !== undefined)
  return `{${pairs.map(([key, one]) => `${keyOf(key)} = ${written(one)}`).join(', ')}}`
}

const short: ReadonlyMap<string, string> = new Map([
  ['"', String.raw`\"`],
  ['\\', String.raw`\\`],
  ['\b', String.raw`\b`],
  ['\t', String.raw`\t`],
  ['\n', String.raw`\n`],
  ['\f', String.raw`\f`],
  ['\r', String.raw`\r`],
])

function inQuotes(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- these are what TOML wants escaped
  return `"${text.replaceAll(/["\\\u0000-\u001f\u007f]/g, escaped)}"`
}

function escaped(letter: string): string {
  return short.get(letter) ?? `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
}
