import { commentedConfig } from '../config/settings/commented.ts'
import type { Directory } from '../config/daemon-settings.ts'
import { success, type Result } from '../lib/result.ts'
import { places } from '../wire/places.ts'
import { openConfiguration } from './configuration.ts'
import { here } from './here.ts'

/** What `coppice install` puts on the host, besides files that are the same everywhere. [IN1] */
export async function installation(): Promise<
  Result<{
    readonly executable: string
    readonly config: string
    readonly directories: readonly {
      path: string
      mode: number
      user: string | null
      group: string | null
      isLogs: boolean
    }[]
  }>
> {
  const around = here()
  const usual = places(around)
  if (!usual.ok) return usual
  const configuration = await openConfiguration({ places: usual.value, ...around })
  if (!configuration.ok) return configuration
  const { data, logs } = configuration.value.settings
  return success({
    executable: process.execPath,
    config: commentedConfig(usual.value),
    directories: [
      { ...directoryOf(data), isLogs: false },
      { ...directoryOf(logs), isLogs: true },
    ],
  })
}

function directoryOf({ directory, directoryMode, user, group }: Directory) {
  return { path: directory, mode: directoryMode, user, group }
}
