import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'

import type { Verdict } from '../../core/check.ts'
import { isErrno } from '../errno.ts'
import { failed, failedBy, passed, type Asking, type ProbeOf } from './asking.ts'

/** Passes when the path exists; a link counts when what it points to exists. [PB25] */
export async function askFile(probe: ProbeOf<'file'>, { context }: Asking): Promise<Verdict> {
  const path = resolve(context?.cwd ?? '.', probe.path)
  try {
    await stat(path)
    return passed(`exists: ${path}`)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return failed(`does not exist: ${path}`)
    return failedBy(error, 'cannot be looked at')
  }
}
