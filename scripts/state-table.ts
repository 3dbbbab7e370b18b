// Makes docs/state-table.md: what each state does with each event, found by trying: every state is reached with
// processes of several policies, every event is given to `step`, and the table says where each of them went.
import type { Event, ProbeToken, ProcessEvent } from '../src/core/events.ts'
import { presentRun, type Process, type State } from '../src/core/process.ts'
import { step } from '../src/core/step.ts'
import { nextDeadline, type World } from '../src/core/world.ts'
import { aMonitor, anEdge, aNotification, aReadiness, aWorld, type SpecSketch } from '../test/sim/builders.ts'

type Tag = State['tag']

const states: readonly Tag[] = [
  'stopped', 'waiting', 'preparing', 'spawning', 'starting', 'running', 'stopping', 'delayed', 'backoff', 'failed', 'completed', 'stuck',
] // prettier-ignore

const by = { verb: 'test', user: null }
const subject = 'it'

/** Processes of different policies; each is driven into every state that it can reach. */
const policies: readonly SpecSketch[] = [
  {},
  { restart: 'on-failure' },
  { restart: 'no' },
  { oneshot: true },
  { startLimit: { burst: 1, interval: 60_000 } },
  { flapDetection: { restarted: 0, countdown: 60_000, decrement: 0 } },
  { restartBudget: { intensity: 0, period: 60_000 } },
  { significant: true },
  { ready: aReadiness() },
  { ready: aNotification({ watchdog: 1000 }) },
  { monitors: [aMonitor()] },
  { prerun: ['prerun'] },
  { edges: [anEdge('dependency')] },
  { edges: [anEdge('never')] },
  { autostart: false },
]

/** Ways to go on from a state, tried again and again until no new state is found. */
const ways: readonly ((world: World) => World)[] = [
  (world) => tell(world, { tag: 'begin', by }),
  (world) => tell(world, happening(world, { tag: 'spawned', run: 0, pid: 1, startTime: 1 })),
  (world) => tell(world, happening(world, { tag: 'spawn-failed', run: 0, code: 'ENOENT', text: 'no such file' })),
  (world) => tell(world, happening(world, { tag: 'notified', run: 0, message: { tag: 'ready' } })),
  (world) => answered(world, true),
  (world) => tell(world, happening(world, { tag: 'exited', run: 0, exit: { tag: 'code', code: 1 }, left: 0 })),
  (world) => tell(world, happening(world, { tag: 'exited', run: 0, exit: { tag: 'code', code: 0 }, left: 0 })),
  (world) => tell(world, happening(world, { tag: 'stop', by, force: false })),
  (world) => later(world),
]

/** The events of the table, in words. */
const events: readonly (readonly [string, (world: World) => World])[] = [
  ['start', (world) => tell(world, happening(world, { tag: 'start', by }))],
  ['stop', (world) => tell(world, happening(world, { tag: 'stop', by, force: false }))],
  ['stop, forced', (world) => tell(world, happening(world, { tag: 'stop', by, force: true }))],
  ['restart', (world) => tell(world, happening(world, { tag: 'restart', by, force: false }))],
  ['delete', (world) => tell(world, happening(world, { tag: 'delete', by, force: false }))],
  ['declared anew', (world) => tell(world, { tag: 'declare', declarations: [{ spec: subjectOf(world).spec }], by })],
  [
    'declared up',
    (world) => tell(world, { tag: 'declare', declarations: [{ spec: subjectOf(world).spec, want: 'up' }], by }),
  ],
  ['reset', (world) => tell(world, happening(world, { tag: 'reset' }))],
  ['spawned', (world) => tell(world, happening(world, { tag: 'spawned', run: 0, pid: 1, startTime: 1 }))],
  ['spawn failed', (world) => tell(world, happening(world, { tag: 'spawn-failed', run: 0, code: 'ENOENT', text: '' }))],
  [
    'exited with 0',
    (world) => tell(world, happening(world, { tag: 'exited', run: 0, exit: { tag: 'code', code: 0 }, left: 0 })),
  ],
  [
    'exited with 1',
    (world) => tell(world, happening(world, { tag: 'exited', run: 0, exit: { tag: 'code', code: 1 }, left: 0 })),
  ],
  [
    'exited, something is left',
    (world) => tell(world, happening(world, { tag: 'exited', run: 0, exit: { tag: 'code', code: 1 }, left: 1 })),
  ],
  ['gone', (world) => tell(world, happening(world, { tag: 'gone', run: 0, killed: [] }))],
  ['notified: ready', (world) => tell(world, happening(world, { tag: 'notified', run: 0, message: { tag: 'ready' } }))],
  ['a check passes', (world) => answered(world, true)],
  ['a check fails', (world) => answered(world, false)],
  ['deadline', (world) => later(world)],
  ['everything is to end', (world) => tell(world, { tag: 'shutdown', by, force: false })],
  ['… at once', (world) => tell(world, { tag: 'shutdown', by, force: true })],
]

/** What `scripts/generate.ts` writes. */
export function generateStateTable(): Promise<{ path: string; text: string }> {
  return Promise.resolve({ path: 'docs/state-table.md', text: stateTable() })
}

/** The table as Markdown: a row for each event, a column for each state. */
export function stateTable(): string {
  const samples = new Map<Tag, World[]>(states.map((tag) => [tag, []]))
  for (const policy of policies) for (const world of reach(policy)) samples.get(tagOf(world))?.push(world)
  const header = ['event', ...states.map((tag) => `**${tag}**`)]
  const rows = events.map(([name, happen]) => [name, ...states.map((tag) => cell(tag, samples.get(tag) ?? [], happen))])
  const lines = [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`)
  return `${preface}\n${lines.join('\n')}\n`
}

const preface = `# The states of a process

Generated by \`npm run generate\` from the core itself: every state was reached by processes of ${policies.length} policies, and every event
given to each of them. A cell says where they were after the step, with all its consequences; \`·\` is where they had been. Which of several
it is depends on the policy, on what stands in the way, and on how far it had come. News of a run that is not the present one changes nothing.
`

function cell(tag: Tag, worlds: readonly World[], happen: (world: World) => World): string {
  const after = worlds.map(happen)
  const found = new Set(after.filter(hasSubject).map(tagOf))
  const sorted = states.filter((state) => found.has(state)).map((state) => (state === tag ? '·' : state))
  return (after.every(hasSubject) ? sorted : [...sorted, 'forgotten']).join(', ')
}

/** One world for each way a process of this policy can be in each state, as far as a few steps lead. */
function reach(policy: SpecSketch): World[] {
  const first = aWorld(
    {
      [subject]: policy,
      prerun: { oneshot: true, autostart: false },
      dependency: { ready: aReadiness() },
      never: { autostart: false },
    },
    { shutdownMax: 10_000 },
  )
  const known = new Map<string, World>([[fingerprint(first), first]])
  for (const world of known.values()) {
    for (const way of ways) {
      const next = way(world)
      if (!known.has(fingerprint(next))) known.set(fingerprint(next), next)
    }
  }
  return [...known.values()].filter((world) => world.phase.tag === 'up')
}

/** Worlds in which the process is in the same kind of state, in the same phase of it, are one. */
function fingerprint(world: World): string {
  const { state, want, exit } = subjectOf(world)
  const phase = state.tag === 'stopping' ? `${state.phase.tag} ${state.reason.tag}` : ''
  const hopeless = state.tag === 'waiting' ? String(state.hopeless) : ''
  const ready = state.tag === 'running' ? String(state.isReady) : ''
  return [world.phase.tag, state.tag, phase, hopeless, ready, want.up, exit?.tag].join(' ')
}

/** It may have been forgotten. */
function hasSubject(world: World): boolean {
  return world.ids.has(subject)
}

function subjectOf(world: World): Process {
  const process = world.processes.get(world.ids.get(subject) ?? 0)
  if (process === undefined) throw new Error('the world has lost its subject')
  return process
}

function tagOf(world: World): Tag {
  return subjectOf(world).state.tag
}

function tell(world: World, event: Event): World {
  return step(world, { at: world.now + 1, dice: 0.5, event })[0]
}

/** The event as news of the present run. */
function happening(world: World, event: ProcessEvent): Event {
  const process = subjectOf(world)
  const run = presentRun(process) ?? 0
  return { tag: 'process', process: process.id, event: 'run' in event ? { ...event, run } : event }
}

/** Time passes until the next deadline of the process itself. */
function later(world: World): World {
  const at = nextDeadline(world)
  return at === Number.POSITIVE_INFINITY ? world : step(world, { at, dice: 0.5, event: { tag: 'tick' } })[0]
}

/** The check that has been asked, or is asked next, gets its answer. */
function answered(world: World, ok: boolean): World {
  const asked = inFlight(world) === null ? later(world) : world
  const slot = inFlight(asked)
  if (slot === null) return world
  const process = subjectOf(asked)
  const run = presentRun(process) ?? 0
  const token = { process: process.id, run, ...slot }
  return tell(asked, happening(asked, { tag: 'probed', run, token, verdicts: [{ ok, detail: 'tried' }] }))
}

/** Which check of the process has been asked and not been answered. */
function inFlight(world: World): Pick<ProbeToken, 'slot' | 'attempt'> | null {
  const { state } = subjectOf(world)
  if (state.tag !== 'starting' && state.tag !== 'running') return null
  const askings = [['ready', state.ready] as const, ...(state.tag === 'running' ? state.monitors.entries() : [])]
  const found = askings.find(([, asking]) => asking?.inFlight === true)
  return found === undefined ? null : { slot: found[0], attempt: found[1]?.attempt ?? 0 }
}
