import fc, { type Arbitrary } from 'fast-check'
import type { Exit } from '../../src/core/exit.ts'
import type {
  Budget,
  Condition,
  Edge,
  FlapPolicy,
  GroupPolicy,
  ProcessSpec,
  RestartPolicy,
} from '../../src/core/spec.ts'
import type { SignalName } from '../../src/lib/signals.ts'
import type { Millis } from '../../src/lib/time.ts'
import type { Habit } from '../sim/habit.ts'

/** A run of the whole supervisor, from begin to end, as plain data: what is declared, what goes wrong, what is asked. */
export interface Scenario {
  readonly actors: readonly ActorPlan[]
  /** Ids are given in the reverse order, so that no rule holds only because parents have lower ids. */
  readonly reversed: boolean
  readonly endsWhenDone: boolean
  readonly mayEnd: boolean
  readonly policies: PoliciesPlan
  readonly shutdownMax: Millis
  /** For each check of the prologue, how often it fails before it passes, and how many failures it forgives. */
  readonly prologue: readonly { readonly failures: number; readonly retries: number }[]
  readonly deeds: readonly Deed[]
  /** From here on every program behaves and nobody asks for anything. */
  readonly calmAt: Millis
  /** How long the news of an exit takes. */
  readonly latency: Millis
  readonly seed: number
}

/** What holds for many; the groups are `g0` and `g1`. */
export interface PoliciesPlan {
  readonly flap: FlapPolicy | null
  readonly groups: readonly GroupPolicy[]
}

export type Kind = 'service' | 'oneshot' | 'task' | 'place'

/** A process, its relations by index among the actors before it. */
export interface ActorPlan {
  readonly kind: Kind
  readonly edges: readonly { readonly to: number; readonly condition: Condition; readonly onExit: Edge['onExit'] }[]
  readonly restart: RestartPolicy
  readonly endIsFailure: boolean
  readonly delay: { readonly initial: Millis; readonly max: Millis; readonly resetAfter: Millis } | 'procmon'
  readonly startLimit: { readonly burst: number; readonly interval: Millis } | null
  readonly onStartLimit: ProcessSpec['onStartLimit']
  readonly prevented: readonly number[]
  readonly flap: ProcessSpec['flapDetection']
  readonly budget: Budget | null
  readonly groups: readonly number[]
  readonly ready: 'check' | 'once' | 'notify' | 'watched' | 'elapsed' | null
  readonly startTimeout: Millis
  readonly monitors: readonly { readonly period: Millis; readonly forgives: 'nothing' | 'retries' | 'bucket' }[]
  readonly stopTimeout: Millis
  readonly stopMode: 'group' | 'mixed' | 'process'
  readonly prerun: readonly number[]
  readonly prerunFailure: 'fail' | 'ignore'
  readonly trigger: TriggerPlan | null
  readonly significant: boolean
  readonly autostart: boolean
  /** It is not there from the beginning: somebody may declare it. */
  readonly late: boolean
  /** Its edges may lead to anybody, to itself and to nobody. */
  readonly wild: boolean
  /** The habits of its runs, one after the other; the last one stays. */
  readonly habits: readonly Habit[]
}

interface TriggerPlan {
  readonly signal: SignalName | null
  readonly every: Millis | null
  readonly shutdown: boolean
  readonly terminate: boolean
}

/** Something that somebody does at some time. `who` is an index among all actors. */
export type Deed = { readonly at: Millis } & (
  | { readonly tag: 'start' | 'reset' | 'due'; readonly who: number }
  | { readonly tag: 'stop' | 'restart'; readonly who: number; readonly force: boolean }
  | { readonly tag: 'signal'; readonly signal: SignalName }
  | { readonly tag: 'shutdown'; readonly force: boolean }
  /** The supervisor itself stands still for so long. */
  | { readonly tag: 'freeze'; readonly span: Millis }
  | { readonly tag: 'delete'; readonly who: number; readonly force: boolean }
  | { readonly tag: 'declare'; readonly plans: readonly Redeclaration[] }
  | { readonly tag: 'policies'; readonly policies: PoliciesPlan }
  /** The supervisor is killed, and another one takes over. */
  | { readonly tag: 'fall'; readonly fall: FallPlan }
  | { readonly tag: 'stale'; readonly who: number; readonly news: StaleNews; readonly off: number }
)

/** An actor as it is declared from now on: by another plan, or the one it has. */
export interface Redeclaration {
  readonly who: number
  readonly plan: ActorPlan | null
  readonly want: 'up' | 'down' | null
}

export interface FallPlan {
  readonly away: Millis
  readonly hearsFirst: boolean
  readonly tellsExits: boolean
  /** What was recorded last, and not done. */
  readonly last: {
    readonly verb: 'start' | 'stop' | 'restart' | 'delete'
    readonly who: number
    readonly spawns: boolean
  } | null
}

export type StaleNews = 'spawned' | 'spawn-failed' | 'exited' | 'left' | 'gone' | 'ready' | 'verdict' | 'old-verdict'

// Few and round, so that things happen at the same instant often.
const moment = fc.constantFrom(0, 1, 5, 20, 50, 100, 200, 300, 500, 1000, 1500, 2000, 3000, 5000)
const shortly = fc.constantFrom(0, 1, 5, 20, 50, 100, 300, 1000)

const exit: Arbitrary<Exit> = fc.oneof(
  fc.constantFrom(0, 0, 1, 3).map((code) => ({ tag: 'code', code }) as const),
  fc.constantFrom('SIGKILL', 'SIGSEGV').map((signal) => ({ tag: 'signal', signal }) as const),
)

const span = fc.tuple(moment, moment).map(([from, length]) => [from, from + length] as const)

const manners = {
  obeysAfter: fc.oneof({ weight: 3, arbitrary: shortly }, { weight: 1, arbitrary: fc.constant('never' as const) }),
  diesAfter: fc.constantFrom(0, 0, 0, 10, 1000, 2000, 5000),
}

const habit: Arbitrary<Habit> = fc.record(
  {
    spawnFails: fc.constantFrom('ENOENT', 'EACCES'),
    ends: fc.record({ after: moment, exit }),
    readyAfter: fc.oneof({ weight: 4, arbitrary: moment }, { weight: 1, arbitrary: fc.constant('never' as const) }),
    unready: fc.array(span, { maxLength: 2 }),
    sick: fc.array(span, { maxLength: 2 }),
    answersAfter: fc.constantFrom(0, 1, 30, 200, 2000),
    silentFrom: moment,
    says: fc.array(
      fc.record({
        after: shortly,
        message: fc.constantFrom(
          { tag: 'ready' } as const,
          { tag: 'stopping' } as const,
          { tag: 'watchdog' } as const,
          { tag: 'status', text: 'busy' } as const,
        ),
      }),
      { maxLength: 2 },
    ),
    children: fc.array(fc.record({ ...manners, escaped: fc.boolean() }, { requiredKeys: ['obeysAfter'] }), {
      maxLength: 2,
    }),
    ...manners,
  },
  { requiredKeys: [] },
)

/** Most habits are harmless: a world in which everything fails shows little. */
const habits = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<Habit>({}) },
    { weight: 2, arbitrary: fc.record({ ends: fc.record({ after: moment, exit }) }) },
    { weight: 1, arbitrary: fc.record({ unready: fc.array(span, { minLength: 1, maxLength: 3 }) }) },
    { weight: 3, arbitrary: habit },
  ),
  { minLength: 1, maxLength: 3 },
)

const edge = fc.record({
  to: fc.nat(7),
  condition: fc.constantFrom<Condition>('ready', 'ready', 'ready', 'started', 'completed', 'completed_successfully'),
  onExit: fc.constantFrom<Edge['onExit']>('restart', 'restart', 'ignore', 'stop'),
})

const trigger: Arbitrary<TriggerPlan> = fc.record({
  signal: fc.constantFrom<SignalName | null>('SIGUSR1', 'SIGUSR2', 'SIGHUP', null),
  every: fc.constantFrom(null, 500, 2000, 5000),
  shutdown: fc.boolean(),
  terminate: fc.constantFrom(false, false, false, false, true),
})

const flap: Arbitrary<FlapPolicy> = fc.record({
  restarted: fc.integer({ min: 0, max: 3 }),
  countdown: fc.constantFrom(100, 1000, 5000),
  decrement: fc.constantFrom(0, 0, 100, 700),
})

const budget: Arbitrary<Budget> = fc.record({
  intensity: fc.integer({ min: 0, max: 3 }),
  period: fc.constantFrom(100, 1000, 10_000),
})

const policies: Arbitrary<PoliciesPlan> = fc.record({
  flap: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: flap }),
  groups: fc.array(
    fc.record({
      strategy: fc.constantFrom<GroupPolicy['strategy']>('one_for_one', 'one_for_all', 'rest_for_one'),
      budget: fc.option(budget),
      stopTogether: rarely(),
    }),
    { minLength: 2, maxLength: 2 },
  ),
})

const actor: Arbitrary<ActorPlan> = fc.record({
  kind: fc.constantFrom<Kind>('service', 'service', 'service', 'service', 'oneshot', 'task', 'place'),
  edges: fc.array(edge, { maxLength: 3 }),
  restart: fc.constantFrom<RestartPolicy>(
    ...(['always', 'always', 'always', 'always', 'on-failure', 'on-abnormal', 'on-success', 'no'] as const),
  ),
  endIsFailure: rarely(),
  delay: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        initial: fc.constantFrom(1, 10, 100),
        max: fc.constantFrom(100, 500, 2000),
        resetAfter: fc.constantFrom(500, 2000, 10_000),
      }),
    },
    { weight: 1, arbitrary: fc.constant('procmon' as const) },
  ),
  startLimit: fc
    .option(fc.record({ burst: fc.integer({ min: 1, max: 4 }), interval: fc.constantFrom(1000, 10_000) }), {
      freq: 5,
    })
    .map((limit) => (limit !== null && limit.interval === 1000 ? null : limit)),
  onStartLimit: fc.constantFrom<ActorPlan['onStartLimit']>('nothing', 'nothing', 'stop-tree', 'exit'),
  prevented: fc.constantFrom([], [], [], [3]),
  flap: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(null, null, null, 'off' as const) },
    { weight: 1, arbitrary: flap },
  ),
  budget: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: budget }),
  groups: fc.constantFrom([], [], [0], [0], [1], [0, 1]),
  ready: fc.constantFrom<ActorPlan['ready']>(null, null, 'check', 'check', 'once', 'notify', 'watched', 'elapsed'),
  startTimeout: fc.constantFrom(100, 1000, 3000),
  monitors: fc.array(
    fc.record({
      period: fc.constantFrom(100, 300, 1000),
      forgives: fc.constantFrom('nothing' as const, 'retries' as const, 'bucket' as const),
    }),
    { maxLength: 2 },
  ),
  stopTimeout: fc.constantFrom(0, 100, 1000, 3000),
  stopMode: fc.constantFrom('group' as const, 'group' as const, 'mixed' as const, 'process' as const),
  prerun: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.nat(7), { maxLength: 2 }) },
  ),
  prerunFailure: fc.constantFrom('fail' as const, 'ignore' as const),
  trigger: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: trigger }),
  significant: rarely(),
  autostart: rarely().map((not) => !not),
  late: rarely(),
  wild: rarely(),
  habits,
})

const who = fc.nat(7)
const want = fc.constantFrom('up' as const, 'down' as const, null, null)
const redeclaration: Arbitrary<Redeclaration> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ who, plan: fc.constant(null), want }) },
  { weight: 3, arbitrary: fc.record({ who, plan: actor, want }) },
)
const fall: Arbitrary<FallPlan> = fc.record({
  away: moment,
  hearsFirst: fc.boolean(),
  tellsExits: fc.boolean(),
  last: fc.option(
    fc.record({
      verb: fc.constantFrom('start' as const, 'stop' as const, 'restart' as const, 'delete' as const),
      who,
      spawns: fc.boolean(),
    }),
  ),
})
const deed: Arbitrary<Deed> = fc
  .tuple(
    fc.integer({ min: 0, max: 400 }).map((step) => step * 25),
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ tag: fc.constantFrom('start' as const, 'due' as const, 'reset' as const), who }),
      },
      {
        weight: 6,
        arbitrary: fc.record({ tag: fc.constantFrom('stop' as const, 'restart' as const), who, force: rarely() }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          tag: fc.constant('signal' as const),
          signal: fc.constantFrom<SignalName>('SIGUSR1', 'SIGUSR2', 'SIGWINCH'),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          tag: fc.constant('signal' as const),
          signal: fc.constantFrom<SignalName>('SIGHUP', 'SIGTERM', 'SIGINT', 'SIGQUIT'),
        }),
      },
      { weight: 1, arbitrary: fc.record({ tag: fc.constant('shutdown' as const), force: rarely() }) },
      { weight: 1, arbitrary: fc.record({ tag: fc.constant('freeze' as const), span: moment }) },
      { weight: 3, arbitrary: fc.record({ tag: fc.constant('delete' as const), who, force: rarely() }) },
      {
        weight: 5,
        arbitrary: fc.record({
          tag: fc.constant('declare' as const),
          plans: fc.array(redeclaration, { minLength: 1, maxLength: 3 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ tag: fc.constant('fall' as const), fall }) },
      { weight: 1, arbitrary: fc.record({ tag: fc.constant('policies' as const), policies }) },
      {
        weight: 4,
        arbitrary: fc.record({
          tag: fc.constant('stale' as const),
          who,
          news: fc.constantFrom<StaleNews>(
            'spawned',
            'spawn-failed',
            'exited',
            'left',
            'gone',
            'ready',
            'verdict',
            'old-verdict',
          ),
          off: fc.constantFrom(-2, -1, 1, 7),
        }),
      },
    ),
  )
  .map(([at, what]) => ({ at, ...what }))

/** Any run of any supervisor. */
export const scenario: Arbitrary<Scenario> = fc.record({
  actors: fc.array(actor, { minLength: 1, maxLength: 8, size: 'max' }),
  reversed: fc.boolean(),
  endsWhenDone: fc.boolean(),
  mayEnd: fc.constantFrom(true, true, true, false),
  policies,
  shutdownMax: fc.constantFrom(1000, 20_000, 20_000),
  prologue: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(fc.record({ failures: fc.constantFrom(0, 0, 1, 3), retries: fc.constantFrom(0, 3) }), {
        maxLength: 2,
      }),
    },
  ),
  deeds: fc.array(deed, { maxLength: 20, size: 'max' }),
  calmAt: fc.constantFrom(500, 3000, 10_000),
  latency: fc.constantFrom(0, 0, 1, 10),
  seed: fc.nat(1_000_000),
})

function rarely(): Arbitrary<boolean> {
  return fc.constantFrom(false, false, false, false, false, false, true)
}
