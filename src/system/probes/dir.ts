import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import type { Verdict } from '../../core/check.ts'
import { isErrno } from '../errno.ts'
import { failed, failedBy, passed, type Asking, type ProbeOf } from './asking.ts'

/** Passes when the directory exists or could be created with `mode`, parents too. One that exists keeps its mode. [PB26] */
export async function askDir(probe: ProbeOf<'dir'>, { context }: Asking): Promise<Verdict> {
  const path = resolve(context?.cwd ?? '.', probe.path)
  try {
    if (await isDirectory(path)) return passed(`exists: ${path}`)
    const first = await mkdir(path, { recursive: true, mode: probe.mode })
    if (first !== undefined) await chmodUpTo(first, { from: path, mode: probe.mode })
    return passed(`created: ${path}`)
  } catch (error) {
    return explain(error, path)
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
}

// The mode given to mkdir is cut by the umask; the deepest first, lest a mode without `x` locks us out.
async function chmodUpTo(first: string, { from, mode }: { from: string; mode: number }): Promise<void> {
  await chmod(from, mode)
  if (from !== first && from !== dirname(from)) await chmodUpTo(first, { from: dirname(from), mode })
}

function explain(error: unknown, path: string): Verdict {
  if (isErrno(error, 'EEXIST', 'ENOTDIR')) return failed(`a file is in the way: ${path}`)
  return failedBy(error, 'cannot be created')
}
