import type { SettingPlaces } from './setting.ts'

/** Where pmon3 has its config. */
export const pmon3Config = '/etc/pmon3/config/config.yml'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Which files may be the config of a daemon: the first that is there is it. One that is named by COPPICE_CONF or
 * PMON3_CONF is the only one; pmon3's own is for the daemon of the system alone. [CS2]
 */
export function configFileCandidates(env: Env, places: SettingPlaces): readonly string[] {
  const named = namedConfig(env)
  if (named !== null) return [named.path]
  return isSystem(places) ? [places.config, pmon3Config] : [places.config]
}

/** The config file that the environment names, and how. */
export function namedConfig(env: Env): { readonly variable: string; readonly path: string } | null {
  for (const variable of ['COPPICE_CONF', 'PMON3_CONF']) {
    const path = env[variable]
    if (path !== undefined && path !== '') return { variable, path }
  }
  return null
}

/** Whether these are the places of the system's daemon, and not those of a user or of a COPPICE_HOME. */
export function isSystem({ home, config }: SettingPlaces): boolean {
  return home === null && config === '/etc/coppice/config.yml'
}

/** The file that lies beside a config file and wins over it: `config.development.yml`, or by CONFIGOR_ENV. [CS3] */
export function overlayOf(path: string, env: Env): string {
  const variant = env['CONFIGOR_ENV'] || 'development'
  const [, base = path, ending = ''] = /^(.*[^/])(\.[^./]+)$/.exec(path) ?? []
  return `${base}.${variant}${ending}`
}
