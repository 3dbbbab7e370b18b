import type { Result } from '../../lib/result.ts'
import type { DaemonSettings, Effective } from '../daemon-settings.ts'
import { formatOf, parse } from '../parse.ts'
import { Problems, type Problem } from '../problem.ts'
import type { Reading } from '../reader.ts'
import { collect, type Layer } from './collect.ts'
import { saidByEnvironment, saidByProcessConf } from './environment.ts'
import { isSystem, namedConfig, overlayOf, pmon3Config } from './find.ts'
import type { Around, SettingPlaces } from './setting.ts'
import { effectiveOf, resolveSettings } from './resolve.ts'
import { settingsOf } from './settings-of.ts'

/** The config file of a daemon, and what its meaning depends on. */
export interface SettingsSource {
  /** Absolute; null: there is none, and defaults and the environment hold. */
  readonly path: string | null
  readonly text: string | null
  readonly env: Readonly<Record<string, string | undefined>>
  readonly places: SettingPlaces
  readonly uid: number
  /** Reads the file that may lie beside the config file and win over it; absent: it is not looked for. */
  readonly readFile?: (path: string) => Result<string>
}

export type LoadedSettings =
  | {
      readonly ok: true
      readonly settings: DaemonSettings
      readonly effective: readonly Effective[]
      readonly warnings: readonly Problem[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/**
 * Reads the settings of a daemon: environment over file over default. What pmon3 puts up with is a warning, and its own
 * default; what has the wrong type is a problem, and then there are no settings. [CS1] to [CS12]
 */
export async function loadSettings(source: SettingsSource): Promise<LoadedSettings> {
  const { env, path, text } = source
  const told: Problems[] = []
  const problemsOf = (file: string): Problems => {
    const problems = new Problems(file)
    told.push(problems)
    return problems
  }
  const outer = problemsOf(path ?? 'environment')
  tellMissing(source, outer)
  const files = path === null || text === null ? [] : [{ path, text }, ...overlaid(path, source)]
  const environment = problemsOf('environment')
  const fromEnvironment = readingOf(environment, env)
  // The later of these win.
  const layers: Layer[] = [{ said: saidByProcessConf(env), reading: fromEnvironment }]
  for (const file of files) layers.push(await readLayer(file, { env, problems: problemsOf(file.path) }))
  layers.push({ said: saidByEnvironment(env, environment), reading: fromEnvironment })
  const around = aroundOf(source)
  const resolved = resolveSettings(layers, around)
  const all = told.flatMap((problems) => problems.sorted())
  if (told.some(({ failed }) => failed)) return { ok: false, problems: all }
  return { ok: true, settings: settingsOf(resolved, around), effective: effectiveOf(resolved), warnings: all }
}

interface Text {
  readonly path: string
  readonly text: string
}

async function readLayer(
  { path, text }: Text,
  { env, problems }: { env: SettingsSource['env']; problems: Problems },
): Promise<Layer> {
  const format = formatOf(path, text)
  const reading = readingOf(problems, env)
  const root = await parse(text, format, problems)
  const isEmpty = root === null || root === undefined || (root.tag === 'scalar' && root.value === null)
  return { said: isEmpty ? new Map() : collect(root, { file: path, format, problems, reading }), reading }
}

function readingOf(problems: Problems, env: SettingsSource['env']): Reading {
  return { problems, fill: null, cwd: '/', base: '/', home: env['HOME'] ?? null }
}

/** [CS3] */
function overlaid(path: string, { env, readFile }: SettingsSource): readonly Text[] {
  const beside = overlayOf(path, env)
  const read = readFile?.(beside)
  return read?.ok === true ? [{ path: beside, text: read.value }] : []
}

/** A file that was named and is not there is most likely a slip. */
function tellMissing({ path, env }: SettingsSource, problems: Problems): void {
  const named = namedConfig(env)
  if (path !== null || named === null) return
  const message = `there is no file ${named.path}, and the defaults hold`
  problems.warn({ at: { line: 0, column: 0, path: named.variable }, key: null }, message)
}

/** pmon3's places hold for the daemon of the system, if it is pmon3's config that it reads. [CS10] */
function aroundOf({ path, env, places, uid }: SettingsSource): Around {
  const isTheirs = path === pmon3Config || (path !== null && namedConfig(env)?.variable === 'PMON3_CONF')
  return { places, isPmon3: isTheirs && isSystem(places) && uid === 0 }
}
