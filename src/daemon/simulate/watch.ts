import { explain, explainState } from '../../core/explain.ts'
import type { Transition } from '../../core/transitions.ts'
import type { World } from '../../core/world.ts'
import { status } from '../../core/status.ts'
import type { Instant, Millis } from '../../lib/time.ts'
import type { Change } from '../../store/recorder.ts'
import type { SimulatedLine, SimulatedProcess } from '../../wire/simulate.ts'

/** Writes down what happens in a simulated world. */
export interface Watch {
  readonly timeline: readonly SimulatedLine[]
  see(change: Change): void
  /** Something that the world does not tell of. */
  note(at: Instant, process: string, text: string): void
  /** @param end the instant at which nobody looks any more */
  summary(world: World, end: Instant): readonly SimulatedProcess[]
}

interface Tally {
  isRunning: boolean
  since: Instant
  ran: Millis
}

export function createWatch(): Watch {
  const timeline: SimulatedLine[] = []
  const tallies = new Map<string, Tally>()

  function count({ process, to }: Transition, at: Instant): void {
    const tally = tallies.get(process.spec.name) ?? { isRunning: false, since: 0, ran: 0 }
    const isRunning = to === 'running'
    if (tally.isRunning) tally.ran += at - tally.since
    tallies.set(process.spec.name, { ...tally, isRunning, since: at })
  }

  return {
    timeline,
    see({ before, after, transitions }) {
      timeline.push(...beginLines(before, after))
      for (const transition of transitions) {
        count(transition, after.now)
        // That it is started is told at the same instant by its running, or by its starting.
        if (transition.process.state.tag !== 'spawning') timeline.push(lineOf(transition, after.now))
      }
      timeline.push(...endLines(before, after))
    },
    note(at, process, text) {
      timeline.push({ at, process, status: null, ready: false, run: 0, text })
    },
    summary(world, end) {
      return [...world.processes.values()].map((process) => {
        const { spec, runs, restarts } = process
        const { isRunning, since, ran } = tallies.get(spec.name) ?? { isRunning: false, since: 0, ran: 0 }
        const running = ran + (isRunning ? end - since : 0)
        const isExpected = spec.autostart && !spec.oneshot
        return {
          name: spec.name,
          status: status(process),
          starts: runs,
          restarts,
          not_running: isExpected ? end - running : null,
        }
      })
    },
  }
}

function lineOf({ process, to, becameReady }: Transition, now: Instant): SimulatedLine {
  const { spec, runs } = process
  return { at: now, process: spec.name, status: to, ready: becameReady, run: runs, text: explainState(process, now) }
}

/** What everything that follows in the same step comes of. */
function beginLines(before: World, { phase, now }: World): readonly SimulatedLine[] {
  if (before.phase.tag === phase.tag) return []
  if (phase.tag === 'prologue') return [ownLine(now, 'the prologue is checked')]
  const isEnd = phase.tag === 'ending' || (phase.tag === 'over' && before.phase.tag !== 'ending')
  return isEnd ? [ownLine(now, `everything goes down: ${explain(phase.reason)}`)] : []
}

function endLines(before: World, { phase, now }: World): readonly SimulatedLine[] {
  if (phase.tag !== 'over' || before.phase.tag === 'over') return []
  return [ownLine(now, `over, exit code ${phase.code}`)]
}

function ownLine(at: Instant, text: string): SimulatedLine {
  return { at, process: null, status: null, ready: false, run: 0, text }
}
