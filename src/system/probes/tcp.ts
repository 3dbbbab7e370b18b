import type { Verdict } from '../../core/check.ts'
import { formatDuration } from '../../lib/time.ts'
import { failed, passed, type Asking, type ProbeOf } from './asking.ts'
import { dial, nameOf } from './dial.ts'

/** Passes when every port accepts a connection. It is closed at once and carries no data. [PB20] */
export async function askTcp({ host, ports, timeout }: ProbeOf<'tcp'>, asking: Asking): Promise<Verdict> {
  for (const port of ports) {
    asking.onTimeout(failed(`no connection within ${formatDuration(timeout)}: ${nameOf({ host, port })}`))
    const dialed = await dial({ host, port }, asking.signal)
    if (!dialed.ok) return dialed.failure
    dialed.value.destroy()
  }
  return passed(`accepts connections: ${ports.map((port) => nameOf({ host, port })).join(', ')}`)
}
