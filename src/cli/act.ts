import { success, type Failure, type Result } from '../lib/result.ts'
import { formatDuration, type Millis } from '../lib/time.ts'
import { longestTimeout } from '../wire/act.ts'
import { oneOrMany, type ProcessView } from '../wire/process.ts'
import type { ActAnswer, Verb as Act } from '../wire/routes.ts'
import type { Answer, Call, Context } from './command.ts'
import { connect } from './connect.ts'
import type { ExitCode } from './exit-code.ts'
import type { startOptions } from './options.ts'
import { printProcesses } from './render/processes.ts'

/** `start`, `stop` and `restart`: ask, wait, and tell how it went: [CL7], [CL8]. */
export async function act(
  verb: Act,
  { options, operands }: Call<typeof startOptions> & { readonly options: { readonly force?: boolean } },
  { system }: Context,
): Promise<Result<Answer>> {
  const client = await connect(options, system)
  if (!client.ok) return client
  const { wait, timeout, force } = options
  const acted = await client.value.act({
    verb,
    names: operands,
    wait,
    ...(force === true ? { force } : {}),
    ...(timeout === null ? {} : { timeout: Math.min(timeout, longestTimeout) }),
  })
  if (!acted.ok) return acted
  const { outcome, processes } = acted.value
  return success({
    data: oneOrMany(operands, processes),
    text: (style) => printProcesses(processes, style),
    exitCode: exitCodes[outcome],
    remarks: [],
    problems: outcome === 'failed' || outcome === 'timeout' ? shortfalls(verb, { outcome, processes, timeout }) : [],
  })
}

const exitCodes: Readonly<Record<ActAnswer['outcome'], ExitCode>> = { done: 0, accepted: 0, failed: 1, timeout: 5 }

/** One sentence for each process that is not as it was asked to be. */
function shortfalls(
  verb: Act,
  { outcome, processes, timeout }: Pick<ActAnswer, 'outcome' | 'processes'> & { timeout: Millis | null },
): Failure[] {
  const short = processes.filter((process) => !isFulfilled(verb, process))
  const late = outcome === 'timeout' && timeout !== null ? ` after ${formatDuration(timeout)}` : ''
  return (short.length > 0 ? short : processes).map(({ name, status, ready, reason }) => ({
    code: outcome === 'timeout' ? 'timed-out' : 'failed',
    message: `${name} is ${status}${status === 'running' && !ready ? ', and not ready,' : ''}${late}: ${reason}.`,
    hint: `\`coppice why ${name}\` tells more.`,
  }))
}

function isFulfilled(verb: Act, { status, ready, pid }: ProcessView): boolean {
  if (verb === 'stop') return pid === null && status !== 'queued'
  return (status === 'running' && ready) || status === 'completed'
}
