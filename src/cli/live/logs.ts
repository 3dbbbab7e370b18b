import type { Client } from '../../client/client.ts'
import { failure, success, type Failure, type Result } from '../../lib/result.ts'
import type { LogQuery } from '../../wire/log.ts'
import type { ProcessView } from '../../wire/process.ts'
import type { Answer } from '../command.ts'
import { connect } from '../connect.ts'
import { printFailure } from '../render/failure.ts'
import { prefixer, prefixesOf } from '../render/log.ts'
import type { Style } from '../render/style.ts'
import type { System } from '../system.ts'

interface LogOrder {
  readonly target: { readonly file: string | null; readonly socket: string | null }
  readonly names: readonly string[]
  readonly query: LogQuery
}

/** Reads `-n`: `20` is the last 20 lines, `+20` everything from line 20 on: [LR10]. */
export function readLines(text: string | null, otherwise: LogQuery['lines']): Result<LogQuery['lines']> {
  if (text === null) return success(otherwise)
  if (!/^\+?\d{1,15}$/.test(text)) {
    const hint = 'Write 20 for the last 20 lines, or +20 for all from line 20 on.'
    return failure('usage', `-n: "${text}" is no number of lines.`, hint)
  }
  const count = Number(text)
  return success(text.startsWith('+') ? { tag: 'from', count: Math.max(1, count) } : { tag: 'tail', count })
}

/** Writes the logs of these processes to stdout: [LR10] to [LR14]. */
export async function showLogs({ target, names, query }: LogOrder, system: System): Promise<Result<Answer>> {
  const client = await connect(target, system)
  if (!client.ok) return client
  const found = await client.value.describe(names)
  if (!found.ok) return found
  const processes: readonly ProcessView[] = 'name' in found.value ? [found.value] : found.value
  const colour = await isColoured(system)
  const prefixes = processes.length === 1 ? [] : prefixesOf(processes.map(nameOf), { colour })
  const outlet = outletOf(system)
  const show = async (process: ProcessView, nth: number): Promise<Shown> => {
    const shown = await showLog(client.value, { process, prefix: prefixes[nth] ?? null, query, outlet })
    // Whoever follows the others sees no end of it.
    if (query.follow && shown.problem !== null) await system.err(printFailure(shown.problem, plain))
    return shown
  }
  const shown = query.follow ? await Promise.all(processes.map(show)) : await oneByOne(processes, show)
  const failed = [
    ...shown.flatMap(({ problem }) => problem ?? []),
    ...(outlet.problem === null ? [] : [outlet.problem]),
  ]
  return success({
    data: null,
    text: () => '',
    exitCode: failed.length > 0 ? 1 : 0,
    remarks: shown.flatMap(({ remark }) => remark ?? []),
    problems: query.follow ? failed.filter((problem) => problem === outlet.problem) : failed,
  })
}

const plain: Style = { boxed: false, colour: false, width: null, clock: 'utc' }

function nameOf({ name }: ProcessView): string {
  return name
}

async function oneByOne(
  processes: readonly ProcessView[],
  show: (process: ProcessView, nth: number) => Promise<Shown>,
): Promise<readonly Shown[]> {
  const all: Shown[] = []
  for (const [nth, process] of processes.entries()) all.push(await show(process, nth))
  return all
}

/** What there is to say besides the log itself. */
interface Shown {
  readonly problem: Failure | null
  readonly remark: string | null
}

async function showLog(
  client: Client,
  order: {
    readonly process: ProcessView
    /** null: the bytes as they are. */
    readonly prefix: string | null
    readonly query: LogQuery
    readonly outlet: Outlet
  },
): Promise<Shown> {
  const { process, prefix, query, outlet } = order
  const stream = await client.log(process.name, query, outlet.closed)
  if (!stream.ok) return { problem: outlet.closed.aborted ? null : stream.failure, remark: null }
  const lines = prefix === null ? null : prefixer(prefix)
  let isEmpty = true
  for await (const bytes of stream.value) {
    isEmpty &&= bytes.length === 0
    await outlet.write(lines === null ? bytes : lines.take(bytes))
    if (outlet.closed.aborted) return { problem: null, remark: null }
  }
  if (lines !== null) await outlet.write(lines.end())
  if (query.follow) return { problem: stream.value.failure ?? ended(process.name), remark: null }
  const where = process.log === null ? '' : `: ${process.log} is empty or not there`
  const remark = isEmpty && wantsSome(query) ? `${process.name} has written nothing${where}.` : null
  return { problem: stream.value.failure, remark }
}

function ended(name: string): Failure {
  return { code: 'supervisor-ended', message: `The log of ${name} ends here, because the supervisor has ended.` }
}

/** `-n 0` asks for nothing, and `-n +20` for what may not be there. */
function wantsSome({ lines: { tag, count } }: LogQuery): boolean {
  return tag === 'from' ? count === 1 : count > 0
}

/** stdout, one piece after the other. */
interface Outlet {
  write(bytes: Uint8Array): Promise<void>
  /** Aborted when nobody reads any more, or it cannot be written to. */
  readonly closed: AbortSignal
  readonly problem: Failure | null
}

function outletOf(system: System): Outlet {
  const closing = new AbortController()
  let problem: Failure | null = null
  let turn: Promise<void> = Promise.resolve()

  async function put(bytes: Uint8Array): Promise<void> {
    if (closing.signal.aborted || bytes.length === 0) return
    const written = await system.out(bytes)
    if (written.ok && written.value === 'written') return
    if (!written.ok) problem = written.failure
    closing.abort()
  }

  return {
    write: (bytes) => (turn = turn.then(() => put(bytes))),
    closed: closing.signal,
    get problem() {
      return problem
    },
  }
}

async function isColoured(system: System): Promise<boolean> {
  const { env } = system
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false
  return (await system.terminal('out')) !== null
}
