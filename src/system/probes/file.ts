import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'

import type { Verdict } from '../../core/check.ts'
import { failed, passed, type Asking, type ProbeOf } from './asking.ts'
import { codeOf } from './dial.ts'

/** Passes when the path exists; a link counts when what it points to exists. [PB25] */
export async function askFile(probe: ProbeOf<'file'>, { context }: Asking): Promise<Verdict> {
  const path = resolve(context?.cwd ?? '.', probe.path)
  try {
    await stat(path)
    return passed(`exists: ${path}`)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return failed(`does not exist: ${path}`)
    if (code === 'EACCES') return failed(`may not be looked at: ${path}`)
    return failed(String(error))
  }
}
