import type { Probe, Verdict } from '../../core/check.ts'
import { assertNever } from '../../lib/assert.ts'
import type { Prober } from '../ports.ts'
import { answerOnce, type Asking } from './asking.ts'
import { askCustom, type CustomProbes } from './custom.ts'
import { askDir } from './dir.ts'
import { askExec } from './exec.ts'
import { askFile } from './file.ts'
import { askGrpc } from './grpc.ts'
import { askHttp } from './http.ts'
import { askPortFree } from './port-free.ts'
import { askRedis } from './redis.ts'
import { askTcp } from './tcp.ts'

export type { CustomProbe, CustomProbes } from './custom.ts'

/**
 * Asks probes of every kind. An asking never rejects: whatever goes wrong is a failing verdict. [PB1]–[PB5]
 * @param custom the functions behind the `custom` probes, by their id; it may grow later
 */
export function createProber({ custom = new Map() }: { custom?: CustomProbes } = {}): Prober {
  const closed = new AbortController()

  // To add a kind: a member of `Probe` in core/check.ts, a file beside this one, a case here, a row in the contract suite.
  async function attempt(probe: Probe, asking: Asking): Promise<Verdict> {
    switch (probe.kind) {
      case 'http':
        return askHttp(probe, asking)
      case 'tcp':
        return askTcp(probe, asking)
      case 'port-free':
        return askPortFree(probe)
      case 'redis':
        return askRedis(probe, asking)
      case 'grpc':
        return askGrpc(probe, asking)
      case 'exec':
        return askExec(probe, asking)
      case 'file':
        return askFile(probe, asking)
      case 'dir':
        return askDir(probe, asking)
      case 'custom':
        return askCustom(probe, asking, custom)
      default:
        return assertNever(probe)
    }
  }

  return {
    ask: (probe, { context, signal }) =>
      answerOnce((asking) => attempt(probe, asking), {
        timeout: probe.timeout,
        context,
        signals: [signal, closed.signal],
      }),
    async [Symbol.asyncDispose]() {
      closed.abort()
    },
  }
}
