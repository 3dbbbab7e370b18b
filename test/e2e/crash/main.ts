// What `scripts/build.ts --crash` compiles: coppice, which does as COPPICE_HOME/crash-order says, where there is one.
//   POINT#N   it kills itself at the Nth passage of the point
//   trace     it appends each point that it passes to the file, a line each
import { appendFileSync, readFileSync } from 'node:fs'

import type { CrashPoint } from '../../../src/lib/crash-points.ts'

const file = `${process.env['COPPICE_HOME']}/crash-order`
let order = ''
let passages = 0

globalThis.crashPoint = (point: CrashPoint) => {
  const [now = '', ...rest] = read().split('\n')
  if (now === 'trace' && rest.length > 0) return appendFileSync(file, `${point}\n`)
  if (now !== order) passages = 0
  order = now
  const [fatal, nth] = now.split('#')
  if (point === fatal && ++passages === Number(nth)) process.kill(process.pid, 'SIGKILL')
}

function read(): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '' // There is no order.
  }
}

await import('../../../src/main.ts')
