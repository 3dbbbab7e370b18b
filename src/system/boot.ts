import { readFileSync } from 'node:fs'
import { errnoOf } from './errno.ts'

let known: string | null | undefined

/**
 * Names this boot of the host: pids and start times mean something only within one. Containers have it in common with
 * their host. Null where the kernel does not say it (macOS).
 */
export function bootId(): string | null {
  known ??= read()
  return known
}

function read(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return null
  }
}
