import { settingKeys } from './keys.ts'
import type { Around, SettingKey, SettingPlaces } from './setting.ts'

const system: SettingPlaces = {
  home: null,
  config: '/etc/coppice/config.yml',
  state: '/var/lib/coppice',
  logs: '/var/log/coppice',
}

const head = `# The settings of the coppice daemon. What stands here are the defaults: take away a # and change what follows it.
# The environment wins over this file: logs.directory is CONFIGOR_LOGS_DIRECTORY. \`coppice config\` shows what holds.
`

/** A `config.yml` in which every key stands with its default, commented out. [CS11] */
export function commentedConfig(places: SettingPlaces = system): string {
  let open: readonly string[] = []
  const lines: string[] = []
  for (const [name, setting] of Object.entries(settingKeys)) {
    const parts = name.split('.')
    const outer = parts.slice(0, -1)
    const shared = open.findIndex((part, index) => part !== outer[index])
    const from = shared < 0 ? open.length : shared
    if (outer.length === 0 || from === 0) lines.push('')
    for (const [index, part] of outer.entries()) if (index >= from) lines.push(`#${indent(index)}${part}:`)
    lines.push(
      ...entryLines(setting, { key: parts.at(-1) ?? '', depth: outer.length, around: { places, isPmon3: false } }),
    )
    open = outer
  }
  return `${head}${lines.join('\n')}\n`
}

function entryLines(
  { kind, doc, note, standard }: SettingKey<unknown>,
  { key, depth, around }: { key: string; depth: number; around: Around },
): readonly string[] {
  const words = [doc, ...(note === undefined ? [] : [note])].join(' ')
  const value = kind.show(standard(around))
  return [...wrapped(words, 110).map((line) => `# ${line}`), `#${indent(depth)}${key}: ${yaml(value)}`]
}

/** A mode keeps its quotes, so that no other reader takes it for a number. */
function yaml(value: string | number | boolean): string {
  return typeof value === 'string' && (value === '' || /^0\d+$/.test(value)) ? JSON.stringify(value) : String(value)
}

function indent(depth: number): string {
  return '  '.repeat(depth)
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
