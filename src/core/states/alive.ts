import { afterAttempt } from '../after.ts'
import type { Exit } from '../exit.ts'
import type { NotifyMessage } from '../events.ts'
import type { Process, Run, State } from '../process.ts'
import { beginCleanUp } from '../stop.ts'
import { enter, since, type Turn } from '../turn.ts'

/** The main process of a run that nobody took down has ended: at once its policy, or first what it left behind. [RS1] [ST5] */
export function onRunEnded(
  turn: Turn,
  process: Process,
  { run, event }: { run: Run; event: { exit: Exit; left: number } },
): void {
  const lived = turn.world.now - run.since
  const cause = since(turn, { tag: 'exited', process: process.spec.name, exit: event.exit, lived })
  const ref = { process: process.id, run: run.n }
  if (event.left > 0 && process.spec.stop.mode !== 'process')
    return beginCleanUp(turn, process, { run, reason: cause, exit: event.exit })
  if (event.left > 0) turn.effects.push({ tag: 'release', ref })
  turn.effects.push({ tag: 'hush', ref })
  const aftermath = event.left === 0 ? null : { after: 0, killed: [], leftBehind: event.left }
  afterAttempt(turn, { ...process, aftermath }, { cause, exit: event.exit, lived })
}

/** What a process says of itself is kept for the reader; `ready` and `watchdog` mean something only where they are waited for. */
export function says(
  turn: Turn,
  process: Process,
  { state, message }: { state: Extract<State, { run: Run }>; message: NotifyMessage },
): void {
  if (message.tag === 'status') enter(turn, process, { ...state, run: { ...state.run, says: message.text } })
  if (message.tag === 'stopping') enter(turn, process, { ...state, run: { ...state.run, says: 'stopping' } })
  if (message.tag === 'main-pid') enter(turn, process, { ...state, run: { ...state.run, pid: message.pid } })
}
