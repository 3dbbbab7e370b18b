import { nearMiss } from '../../lib/near-miss.ts'
import type { Problems } from '../problem.ts'
import type { Node } from '../tree.ts'
import type { Said, SaidByName, SettingName } from './collect.ts'
import { settingKeys } from './keys.ts'

type Env = Readonly<Record<string, string | undefined>>

/** One of that library's variables that is set. */
interface Given {
  /** Without `CONFIGOR_`, in capitals. */
  readonly name: string
  readonly variable: string
  readonly text: string
}

/** Variables of the library that pmon3 reads its configuration with, and of process files. */
const others = /^(?:env|env_prefix|silent_mode|verbose_mode|debug_mode|processes_.*|apps_.*)$/i

/**
 * What the environment says: `CONFIGOR_LOGS_DIRECTORY` in any case, the older `CONFIGOR_LOGSDIR`, and pmon3's own. One
 * that is set to nothing counts as not set. [CS5]
 */
export function saidByEnvironment(env: Env, problems: Problems): SaidByName {
  const given = new Map(
    Object.entries(env).flatMap(([variable, text]): [string, Given][] => {
      const name = /^configor_(\w+)$/i.exec(variable)?.[1]?.toUpperCase()
      return name === undefined || text === undefined || text === '' ? [] : [[name, { name, variable, text }]]
    }),
  )
  const said = new Map<SettingName, Said>()
  for (const [name, { variables }] of Object.entries(settingKeys)) {
    const found = variables.map((variable) => given.get(variable)).find((one) => one !== undefined)
    if (found !== undefined) said.set(name as SettingName, saidBy(found, name as SettingName))
  }
  tellUnknown([...given.values()], problems)
  const debug = env['PMON3_DEBUG']
  if (debug !== undefined && debug !== '') {
    const text = debug === 'true' ? 'debug' : debug
    said.set('log_level', saidBy({ variable: 'PMON3_DEBUG', text }, 'log_level'))
  }
  return said
}

/** `PMON3_PROCESS_CONF`, which holds only where nothing else names a process file. [CS5] */
export function saidByProcessConf(env: Env): SaidByName {
  const text = env['PMON3_PROCESS_CONF']
  if (text === undefined || text === '') return new Map()
  return new Map([['process_config_file', saidBy({ variable: 'PMON3_PROCESS_CONF', text }, 'process_config_file')]])
}

const switches: ReadonlySet<SettingName> = new Set([
  'handle_interrupts',
  'disable_reloads',
  'flap_detection.is_enabled',
])

function saidBy({ variable, text }: Omit<Given, 'name'>, name: SettingName): Said {
  // As that library reads truth values: anything that is not false is true.
  const meant = switches.has(name) ? String(!/^(?:0|f|false)$/i.test(text)) : text
  const at = { line: 0, column: 0, path: variable }
  const node: Node = { tag: 'scalar', at, key: name, value: meant, source: meant }
  return { node, origin: `environment ${variable}` }
}

/** Programs of others may use the same library: only what looks like a slip is told. */
function tellUnknown(given: readonly Given[], problems: Problems): void {
  const known = Object.values(settingKeys).flatMap(({ variables }) => variables)
  for (const { name, variable } of given) {
    const near = known.includes(name) || others.test(name) ? null : nearMiss(name, known)
    const place = { at: { line: 0, column: 0, path: variable }, key: null }
    if (near !== null) problems.warn(place, 'sets nothing', `did you mean "${near}" after CONFIGOR_?`)
  }
}
