import { readFileSync } from 'node:fs'
import type { Millis } from '../lib/time.ts'
import { isErrno } from './errno.ts'
import { dropPages } from './libc.ts'
import { repeat } from './repeat.ts'

interface Mapping {
  readonly start: number
  readonly length: number
}

/** When what is started at the start is started; and how often what was used since is let go of. */
const first: Millis = 2000
const period: Millis = 60_000

/**
 * Lets go of code that has been needed and is not any more: some 30 MB of the runtime after its start, which the kernel
 * would keep for us until somebody else needs the room. What is used again comes back from the page cache in microseconds.
 */
export function keepTrim(): Disposable {
  const trim = (): void => {
    for (const { start, length } of cleanMappings(readMaps())) dropPages(start, length)
  }
  const stack = new DisposableStack()
  stack.use(repeat(period, trim))
  const timer = setTimeout(trim, first).unref()
  stack.defer(() => clearTimeout(timer))
  return stack
}

/** Mappings of files that nobody can have written to: neither now (`w`) nor before (relocations are anonymous pages). */
export function cleanMappings(smaps: string): readonly Mapping[] {
  const found: Mapping[] = []
  let candidate: Mapping | null = null
  for (const line of smaps.split('\n')) {
    const [, from, to, rights, path] = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \d+ +(\/.*)?$/.exec(line) ?? []
    if (from !== undefined && to !== undefined) {
      const start = Number.parseInt(from, 16)
      const isClean =
        path !== undefined && rights?.startsWith('r') === true && !rights.includes('w') && rights.endsWith('p')
      candidate = isClean ? { start, length: Number.parseInt(to, 16) - start } : null
    } else if (candidate !== null && line === 'Anonymous:             0 kB') found.push(candidate)
  }
  return found
}

/** Without /proc nothing is let go. */
function readMaps(): string {
  try {
    return readFileSync('/proc/self/smaps', 'latin1')
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EACCES', 'EPERM')) throw error
    return ''
  }
}
