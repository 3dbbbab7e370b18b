import type { Effective } from '../daemon-settings.ts'
import type { Layer, SettingName } from './collect.ts'
import { settingKeys, type SettingValues } from './keys.ts'
import type { Around, SettingKey } from './setting.ts'

/** What holds, and who said so. */
interface Resolved<T = unknown> {
  readonly value: T
  /** null: nobody; it is the default. */
  readonly origin: string | null
}

export interface ResolvedSettings {
  readonly values: SettingValues
  readonly origins: ReadonlyMap<SettingName, string | null>
}

const names = Object.keys(settingKeys) as readonly SettingName[]

/** What holds of several layers, of which the later win; then what `permissions` says, then the default. [CS6] [CS8] */
export function resolveSettings(layers: readonly Layer[], around: Around): ResolvedSettings {
  const said = new Map(names.flatMap((name) => saidOf(name, layers).map((one) => [name, one] as const)))
  const resolved = names.map((name): [SettingName, Resolved] => {
    const { inherits, standard }: SettingKey<unknown> = settingKeys[name]
    const general = names.find((other) => other === inherits)
    const inherited = general === undefined ? undefined : said.get(general)
    const heritage = inherited && { value: inherited.value, origin: `${inherits}, ${inherited.origin}` }
    return [name, said.get(name) ?? heritage ?? { value: standard(around), origin: null }]
  })
  return {
    // Each value was read by the kind of the setting whose name it has, or is its default.
    values: Object.fromEntries(resolved.map(([name, { value }]) => [name, value])) as SettingValues,
    origins: new Map(resolved.map(([name, { origin }]) => [name, origin])),
  }
}

/** All layers are read, so that what is wrong in one is told though another wins. */
function saidOf(name: SettingName, layers: readonly Layer[]): readonly Resolved[] {
  const { kind }: SettingKey<unknown> = settingKeys[name]
  const found = layers.flatMap(({ said, reading }): Resolved[] => {
    const one = said.get(name)
    const value = one && kind.read({ ...one.node, key: one.node.key ?? name }, reading)
    return one === undefined || value === undefined ? [] : [{ value, origin: one.origin }]
  })
  return found.slice(-1)
}

/** Every setting as `coppice config` shows it. [CS9] */
export function effectiveOf({ values, origins }: ResolvedSettings): readonly Effective[] {
  return names.map((name) => {
    const { kind, note }: SettingKey<unknown> = settingKeys[name] as SettingKey<unknown>
    return {
      key: name,
      value: kind.show(values[name]),
      origin: origins.get(name) ?? 'default',
      note: note ?? null,
    }
  })
}
