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
      timeline.push(...phaseLines(before, after))
      for (const transition of transitions) {
        count(transition, after.now)
        if (isWorthALine(transition)) timeline.push(lineOf(transition, after.now))
      }
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

/** That it was started is told by the line before, or by the one that says that it runs. */
function isWorthALine({ from, to, becameReady, process }: Transition): boolean {
  return from !== to || becameReady || process.state.tag !== 'spawning'
}

function lineOf({ process, to, becameReady }: Transition, now: Instant): SimulatedLine {
  const { spec, runs } = process
  return { at: now, process: spec.name, status: to, ready: becameReady, run: runs, text: explainState(process, now) }
}

function phaseLines(before: World, { phase, now }: World): readonly SimulatedLine[] {
  if (before.phase.tag === phase.tag) return []
  const line = (text: string): SimulatedLine[] => [{ at: now, process: null, status: null, ready: false, run: 0, text }]
  if (phase.tag === 'prologue') return line('the prologue is checked')
  if (phase.tag === 'ending') return line(`everything goes down: ${explain(phase.reason)}`)
  return phase.tag === 'over' ? line(`over, exit code ${phase.code}`) : []
}
