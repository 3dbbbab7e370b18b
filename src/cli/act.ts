import type { Client } from '../client/client.ts'
import { success, type Failure, type Result } from '../lib/result.ts'
import { formatDuration, type Millis } from '../lib/time.ts'
import { longestTimeout } from '../wire/act.ts'
import type { Waiting } from '../wire/declare.ts'
import { oneOrMany, type ProcessView } from '../wire/process.ts'
import type { ActAnswer, ActRequest, Verb as Act } from '../wire/routes.ts'
import type { Answer } from './command.ts'
import type { ExitCode } from './exit-code.ts'
import type { Values } from './option.ts'
import type { actOptions } from './options.ts'
import { printProcesses } from './render/processes.ts'

/** What is asked for, besides how long to wait for it. */
export interface Wish extends Pick<ActRequest, 'force' | 'changes' | 'cwd' | 'rolling'> {
  readonly verb: Act
  readonly names: readonly string[]
}

type VerbOf = Act | ((name: string) => Act)

type ActValues = Values<typeof actOptions>

/**
 * Asks, waits, and tells how it went: [CL7], [CL8]. As JSON, one process that is named alone is an object: [CL17]; of
 * what does not name processes, `always` a list.
 */
export async function act(
  client: Client,
  { verb, names, ...request }: Wish,
  { options, json = 'by-names' }: { readonly options: ActValues; readonly json?: 'by-names' | 'list' },
): Promise<Result<Answer>> {
  const acted = await client.act({ verb, names, ...request, ...waitingOf(options) })
  if (!acted.ok) return acted
  const { processes } = acted.value
  const data = json === 'list' ? processes : oneOrMany(names, processes)
  return success(answerOf(acted.value, { verb, data, timeout: options.timeout }))
}

/** How an answer about processes is shown. @param verb what was asked for each. @param data what `--json` prints of it */
export function answerOf(
  { outcome, processes, left = [] }: ActAnswer,
  { verb, data, timeout }: { readonly verb: VerbOf; readonly data: unknown; readonly timeout: Millis | null },
): Answer {
  const isShort = outcome === 'failed' || outcome === 'timeout'
  return {
    data,
    text: (style) => printProcesses(processes, style),
    exitCode: exitCodes[outcome],
    remarks: [],
    problems: isShort ? [...shortfalls(verb, { outcome, processes, timeout }), ...leftOver(left)] : [],
  }
}

/** pmon3 shows all processes after some commands, not only those it acted on: [CL51]. */
export async function withList(client: Client, answer: Answer, { json, quiet }: ActValues): Promise<Result<Answer>> {
  if (json || quiet) return success(answer)
  const all = await client.list()
  return all.ok ? success({ ...answer, text: (style) => printProcesses(all.value, style) }) : all
}

/** What the options say of waiting, as a request has it. */
export function waitingOf({ wait, timeout }: Pick<ActValues, 'wait' | 'timeout'>): Waiting {
  return { wait, ...(timeout === null ? {} : { timeout: Math.min(timeout, longestTimeout) }) }
}

/** SIGKILL at once, where that was asked for. */
export function forced({ force }: { readonly force: boolean }): Pick<ActRequest, 'force'> {
  return force ? { force } : {}
}

export function rolled({ rolling }: { readonly rolling: number | null }): Pick<ActRequest, 'rolling'> {
  return rolling === null ? {} : { rolling }
}

const exitCodes: Readonly<Record<ActAnswer['outcome'], ExitCode>> = { done: 0, accepted: 0, failed: 1, timeout: 5 }

/** One sentence for each process that is not as it was asked to be. */
function shortfalls(
  verb: VerbOf,
  { outcome, processes, timeout }: Pick<ActAnswer, 'outcome' | 'processes'> & { timeout: Millis | null },
): Failure[] {
  const short = processes.filter(
    (process) => !isFulfilled(typeof verb === 'string' ? verb : verb(process.name), process),
  )
  const late = outcome === 'timeout' && timeout !== null ? ` after ${formatDuration(timeout)}` : ''
  return (short.length > 0 ? short : processes).map(({ name, status, ready, reason }) => ({
    code: outcome === 'timeout' ? 'timed-out' : 'failed',
    message: `${name} is ${status}${status === 'running' && !ready ? ', and not ready,' : ''}${late}: ${reason}.`,
    hint: `\`coppice why ${name}\` tells more.`,
  }))
}

function isFulfilled(verb: Act, { status, ready, pid }: ProcessView): boolean {
  if (verb === 'reset') return true
  if (verb === 'stop' || verb === 'delete') return pid === null && status !== 'queued'
  return (status === 'running' && ready) || status === 'completed'
}

/** Of a rolling restart that came to a halt: [CL59]. */
function leftOver(names: readonly string[]): Failure[] {
  if (names.length === 0) return []
  return [{ code: 'failed', message: `Left as they are: ${names.join(', ')}.` }]
}
