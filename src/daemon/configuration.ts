import { statSync, type Stats } from 'node:fs'
import { resolve } from 'node:path'
import type { DefaultLogs } from '../config/context.ts'
import type { DaemonSettings, Effective } from '../config/daemon-settings.ts'
import { loadPlan } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import { configFileCandidates } from '../config/settings/find.ts'
import { loadSettings } from '../config/settings/load.ts'
import type { GroupPolicy, Plan, ProcessSpec } from '../core/spec.ts'
import { failure, success, type Result } from '../lib/result.ts'
import { errnoOf } from '../system/errno.ts'
import type { ConfigView } from '../wire/declare.ts'
import type { Places } from '../wire/places.ts'
import { logsOf } from './directories.ts'
import { readText } from './read-plan.ts'

/** The configuration of a daemon as it stands in its files and its environment. */
export interface Configuration {
  readonly settings: DaemonSettings
  /** Where default logs go, with the mode and the owner that they get. */
  readonly logs: DefaultLogs
  /** The processes of the process file at its last good reading; empty: there is none, or it was never good. */
  readonly specs: readonly ProcessSpec[]
  /** What the process file says of groups. */
  readonly groups: ReadonlyMap<string, GroupPolicy>
  /** What is wrong with the files now, a sentence each. */
  readonly alarms: readonly string[]
  view(): ConfigView
  /**
   * Reads the files again. What is wrong leaves everything as it was.
   * @param known processes that the process file may depend on besides its own
   * @returns `bad-config` with all problems, a line each
   */
  reload(known: ReadonlyMap<string, ProcessSpec>): Promise<Result<Plan | null>>
  /** The same, if a file has changed since the last time and reloads are not forbidden. */
  refresh(known: ReadonlyMap<string, ProcessSpec>): Promise<Result<'read' | 'unchanged'>>
}

interface Surroundings {
  readonly places: Places
  readonly env: Readonly<Record<string, string | undefined>>
  readonly uid: number
  readonly cwd: string
}

interface Read {
  readonly file: string | null
  readonly settings: DaemonSettings
  readonly effective: readonly Effective[]
  readonly warnings: readonly string[]
}

/** Reads the settings of a daemon; its process file is read by the first `reload`. */
export async function openConfiguration(around: Surroundings): Promise<Result<Configuration>> {
  const first = await readSettings(around)
  if (!first.ok) return first
  let read = first.value
  let logs = logsOf(read.settings)
  let plan: Plan | null = null
  let planWarnings: readonly string[] = []
  let alarm: string | null = null
  let seen = ''

  async function reload(known: ReadonlyMap<string, ProcessSpec>): Promise<Result<Plan | null>> {
    const settings = await readSettings(around)
    if (!settings.ok) return keepAlarm(settings)
    read = settings.value
    logs = logsOf(read.settings)
    const loaded = await readProcessFile(read.settings, { ...around, known, logs })
    seen = stampOf(read)
    if (!loaded.ok) return keepAlarm(loaded)
    plan = loaded.value.plan
    planWarnings = loaded.value.warnings
    alarm = plan === null ? (planWarnings[0] ?? null) : null
    return success(plan)
  }

  function keepAlarm<T>(failed: Result<T> & { readonly ok: false }): typeof failed {
    alarm = failed.failure.message
    return failed
  }

  return success({
    get settings() {
      return read.settings
    },
    get logs() {
      return logs
    },
    get specs() {
      return plan?.specs ?? []
    },
    get groups() {
      return plan?.settings.groups ?? new Map()
    },
    get alarms() {
      return alarm === null ? [] : [alarm]
    },
    view: () => ({
      file: read.file,
      process_file: read.settings.processConfigFile,
      settings: read.effective,
      warnings: [...read.warnings, ...planWarnings],
    }),
    reload,
    async refresh(known) {
      if (read.settings.disableReloads || stampOf(read) === seen) return success('unchanged')
      const reloaded = await reload(known)
      return reloaded.ok ? success('read') : reloaded
    },
  })
}

async function readSettings({ places, env, uid, cwd }: Surroundings): Promise<Result<Read>> {
  const file =
    configFileCandidates(env, places)
      .map((path) => resolve(cwd, path))
      .find(isThere) ?? null
  const text = file === null ? success(null) : readText(file)
  if (!text.ok) return text
  const loaded = await loadSettings({ path: file, text: text.value, env, places, uid, readFile: readText })
  if (!loaded.ok) return failure('bad-config', loaded.problems.map(formatProblem).join('\n'))
  const { settings, effective, warnings } = loaded
  return success({ file, settings, effective, warnings: warnings.map(formatProblem) })
}

async function readProcessFile(
  { processConfigFile: file, dependentProcessEnqueued: dependentWait }: DaemonSettings,
  { env, cwd, known, logs }: Surroundings & { known: ReadonlyMap<string, ProcessSpec>; logs: DefaultLogs },
): Promise<Result<{ plan: Plan | null; warnings: readonly string[] }>> {
  if (file === null) return success({ plan: null, warnings: [] })
  // pmon3's stock config names one that nobody has to write.
  if (!isThere(file)) return success({ plan: null, warnings: [`${file}: there is no such process file.`] })
  const text = readText(file)
  if (!text.ok) return text
  return readProcesses({ file, text: text.value, env, cwd, known, logs, dependentWait })
}

/** Reads a process file for a daemon. Fails with `bad-config`, a line for each problem. */
export async function readProcesses(source: {
  readonly file: string
  readonly text: string
  readonly env: Surroundings['env']
  readonly cwd: string
  readonly known: ReadonlyMap<string, ProcessSpec>
  readonly logs: DefaultLogs
  readonly dependentWait: number | null
}): Promise<Result<{ plan: Plan; warnings: readonly string[] }>> {
  const { file, ...rest } = source
  const loaded = await loadPlan({ ...rest, path: file, file, readFile: readText, options: { configor: true } })
  if (!loaded.ok) return failure('bad-config', loaded.problems.map(formatProblem).join('\n'))
  if (loaded.plan.dialect === 'procmon') {
    return failure('bad-config', `${file}: is a file of procmon`, 'Run it with `coppice up`.')
  }
  return success({ plan: loaded.plan, warnings: loaded.warnings.map(formatProblem) })
}

/** Tells one state of the files from another. */
function stampOf({ file, settings }: Read): string {
  return [file, settings.processConfigFile].map((path) => (path === null ? '' : stampOfFile(path))).join(' ')
}

function stampOfFile(path: string): string {
  const found = lookAt(path)
  return found === null || found === 'secret' ? String(found) : `${found.ino}:${found.size}:${found.mtimeMs}`
}

/** What is not for us to see is there: reading it says why it cannot be read. */
function isThere(path: string): boolean {
  return lookAt(path) !== null
}

function lookAt(path: string): Stats | 'secret' | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return 'secret'
  }
}
