import type { Administration, Answered, Control, Order } from '../api/control.ts'
import type { Process } from '../core/process.ts'
import { named } from '../core/world.ts'
import { success } from '../lib/result.ts'
import { placeOfTail, readLog } from '../system/log/read.ts'
import type { LogQuery } from '../wire/log.ts'
import { refused, type Refusal } from '../wire/refusal.ts'
import type { SupervisorView } from '../wire/routes.ts'
import { actorText, eventView, type Told } from './journal.ts'
import { recording } from './recording.ts'
import { isMaster } from './rights.ts'
import { markOf, settled } from './settled.ts'
import { resolveTarget, type Known } from './targets.ts'
import type { Tree } from './tree.ts'
import { stoppingOf, storyOf } from './story.ts'
import { descriptionOf, viewsOf, whyOf, type Now } from './view.ts'

/** What a daemon can and an `up` cannot. */
export interface Daemonic {
  readonly administration: Administration
  /** Names that the process file has and the world has not: `start` declares them. */
  declarable(): readonly string[]
  /** Declares what the order changes, or what only the process file has, before it is obeyed. */
  prepare(order: Order): Answered<null>
}

/** A tree as the API sees it. */
export function createControl(input: {
  readonly tree: Tree
  readonly supervisor: () => SupervisorView
  readonly daemonic: Daemonic | null
  /** Absent: this supervisor is a part of another program. */
  readonly replace?: Control['replace']
}): Control {
  const { supervisor, daemonic } = input
  const { engine, clock, sampler, ledger } = input.tree
  const now = (): Now => ({ instant: clock.now(), wall: clock.wall() })
  const all = (): Process[] => [...engine.world.processes.values()]
  const processesOf = (names: readonly string[]): Process[] =>
    names.map((name) => named(engine.world, name)).filter((process) => process !== undefined)
  const known = (): Known => ({
    processes: all(),
    groups: new Map([
      ...all().flatMap(({ spec }) => spec.groups.map((name) => [name, null] as const)),
      ...[...ledger.groups.values()].map(({ name, id }) => [name, id] as const),
    ]),
    declarable: daemonic?.declarable() ?? [],
  })

  return {
    supervisor,
    list: () => viewsOf(all(), now(), sampler),
    resolve: (target) => resolveTarget(target, known()),
    views: (names) => viewsOf(processesOf(names), now(), sampler),
    describe: (names, caller) =>
      processesOf(names).map((process) => descriptionOf(process, now(), { sampler, showsEnv: isMaster(caller) })),
    why: (name) => processesOf([name]).flatMap((process) => whyOf(process, now())),
    story: (name) => processesOf([name]).flatMap((process) => storyOf(process, engine.world, now())),
    stopping: () => stoppingOf(engine.world, now()),
    act(order) {
      return recording(ledger, () => {
        const ready = prepare(order, daemonic)
        if (!ready.ok) return ready
        ledger.tell(...order.names.map((name) => askedFor(name, order)))
        for (const process of processesOf(order.names))
          engine.dispatch({ tag: 'process', process: process.id, event: eventOf(order) })
        return success(null)
      })
    },
    settled: (order) => settled(engine, order),
    marks: (names) => processesOf(names).map(markOf),
    log: (name, query, signal) => logOf(named(engine.world, name), query, signal),
    async placeOf(name, { lines, archives, stream }) {
      const sink = named(engine.world, name)?.spec.output[stream]
      if (sink?.tag !== 'file' || archives || lines.tag !== 'tail') return null
      return placeOfTail(sink.path, lines.count)
    },
    events: (query) => ledger.journal(query).map(eventView),
    subscribe: (listener) => ledger.subscribe((entry) => listener(eventView(entry))),
    replace: input.replace ?? (() => Promise.resolve(notReplaceable)),
    administration: daemonic?.administration ?? null,
  }
}

/** Who asked for what: also where that changes nothing. [WH10] */
function askedFor(name: string, { verb, force, changes, caller }: Order): Told {
  const how = [
    ...(force ? ['SIGKILL at once'] : []),
    ...(changes === undefined ? [] : [`changes ${Object.keys(changes.entry).join(', ')}`]),
  ]
  const by = actorText({ verb, user: caller?.user ?? null })
  return { process: name, kind: 'asked', reason: `asked to ${by}${how.length === 0 ? '' : ` (${how.join('; ')})`}`, by }
}

function prepare(order: Order, daemonic: Daemonic | null): Answered<null> {
  if (daemonic !== null) return daemonic.prepare(order)
  if (order.changes === undefined && order.verb !== 'delete') return success(null)
  return refused(
    'not-here',
    'This is a `coppice up`: it runs the processes of its file.',
    'Change the file, and start it again.',
  )
}

const notReplaceable: Refusal = refused('not-here', 'This supervisor is a part of another program.').failure

function eventOf({ verb, force, caller }: Order) {
  const by = { verb, user: caller?.user ?? null }
  switch (verb) {
    case 'start':
      return { tag: verb, by } as const
    case 'reset':
      return { tag: verb } as const
    case 'stop':
    case 'restart':
    case 'delete':
      return { tag: verb, by, force } as const
  }
}

function logOf(
  process: Process | undefined,
  query: LogQuery,
  signal: AbortSignal,
): Answered<AsyncIterable<Uint8Array>> {
  if (process === undefined) return refused('unknown-process', 'It is gone.')
  const { name, output } = process.spec
  const sink = output[query.stream]
  if (sink.tag === 'file') return success(readLog(sink.path, query, signal))
  const where = sink.tag === 'discard' ? 'is thrown away' : "goes to the supervisor's own"
  return refused(
    'no-log',
    `${name} has no log: its ${query.stream} ${where}.`,
    'Give it a `log`, or read the output of the supervisor.',
  )
}
