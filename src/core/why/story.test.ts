import { expect, test } from 'bun:test'
import { aCheck, aMonitor, anEdge, aReadiness } from '../../../test/sim/builders.ts'
import { diesBy, exitsWith, ignoresTerm } from '../../../test/sim/habit.ts'
import { aTree, type Actor, type Tree } from '../../../test/sim/tree.ts'
import type { WorldSettings } from '../world.ts'
import { tellWhy } from './story.ts'

interface Situation {
  readonly title: string
  readonly actors: Readonly<Record<string, Actor>>
  readonly settings?: Partial<WorldSettings>
  readonly reach: (tree: Tree) => Promise<void>
  /** Of `worker`. */
  readonly told: readonly string[]
}

const after = (span: number) => (tree: Tree) => tree.passes(span)
const stubborn = { program: ignoresTerm, stop: { timeout: 2000 } } as const

/** What an operator asks through the API. */
function asked(verb: 'start' | 'stop' | 'restart', name: string, user: string | null = 'alice', force = false) {
  const by = { verb, user }
  return (tree: Tree) => tree.command(name, verb === 'start' ? { tag: verb, by } : { tag: verb, by, force })
}

/** Its third answer in a row after the fifth second is a failure. */
const sickApi: Actor = {
  monitors: [aMonitor({ name: 'http', period: 1000, check: { tag: 'retries', retries: 2, of: aCheck('health') } })],
  program: [{ sick: [[5000, 9e9]] }, {}],
}

const situations: readonly Situation[] = [
  {
    title: 'a crash loop, in its delay',
    actors: { worker: { program: exitsWith(2) } },
    reach: after(350),
    told: [
      'worker is restarting because it exited with code 2 after 0ms, at 0.3s, and that was short life number 3 in a row.',
      'It starts again in 350ms.',
    ],
  },
  {
    title: 'blocked by a dependency that has failed',
    actors: { db: { restart: 'no', program: exitsWith(4, { after: 2000 }) }, worker: { parent: 'db' } },
    reach: after(3000),
    told: [
      'worker is blocked because it needs db, its parent, to be ready, and db has failed because it exited with code 4 after 2s, at 2s, and is not restarted (restart: no).',
      'It starts as soon as db is ready.',
      'db stays so until somebody starts it: `coppice start db`.',
    ],
  },
  {
    title: 'blocked by one that is blocked itself',
    actors: {
      db: { restart: 'no', program: exitsWith(4, { after: 2000 }) },
      api: { parent: 'db' },
      worker: { parent: 'api' },
    },
    reach: after(3000),
    told: [
      'worker is blocked because it needs api, its parent, to be ready, and api is blocked because it needs db, its parent, to be ready, and db has failed because it exited with code 4 after 2s, at 2s, and is not restarted (restart: no).',
      'It starts as soon as api is ready.',
      'db stays so until somebody starts it: `coppice start db`.',
    ],
  },
  {
    title: 'waits for a parent that is not ready',
    actors: { api: { ready: aReadiness(), program: { readyAfter: 'never' } }, worker: { parent: 'api' } },
    reach: after(5000),
    told: [
      'worker waits until api, its parent, is ready, and api has started and is not ready yet: its last answer was "not yet".',
      'It starts as soon as api is ready.',
      'api has 55s left to become ready.',
    ],
  },
  {
    title: 'restarted with its parent, whose monitor failed',
    actors: { api: sickApi, worker: { parent: 'api', program: { obeysAfter: 500 } } },
    reach: after(7100),
    told: [
      'worker is restarting because api, its parent, failed its check http: it is sick, 3 times in a row, at 7.007s.',
      'It got SIGTERM 93ms ago, and gets SIGKILL in 9.9s.',
    ],
  },
  {
    title: 'waits for that parent to come back',
    actors: { api: sickApi, worker: { parent: 'api', program: { obeysAfter: 20 } } },
    reach: after(7040),
    told: [
      'worker waits until api, its parent, is ready, and api is restarting because it failed its check http: it is sick, 3 times in a row, at 7.007s.',
      'It starts as soon as api is ready.',
      'api starts again in 92ms.',
    ],
  },
  {
    title: 'came back with that parent',
    actors: { api: sickApi, worker: { parent: 'api', program: { obeysAfter: 20 } } },
    reach: after(9000),
    told: [
      'worker is running: run 2 began at 7.132s, because api, its parent, failed its check http: it is sick, 3 times in a row, at 7.007s.',
    ],
  },
  {
    title: 'goes down with its parent, which goes down with its own',
    actors: {
      redis: { program: [diesBy('SIGKILL', { after: 3000 }), {}] },
      api: { parent: 'redis' },
      worker: { parent: 'api' },
    },
    reach: after(3002),
    told: [
      'worker is restarting because api, its parent, went down, because redis, the parent of api, was killed by SIGKILL after 3s, at 3s.',
      'It got SIGTERM 2ms ago, and gets SIGKILL in 10s.',
    ],
  },
  {
    title: 'stopped by an operator',
    actors: { worker: {} },
    reach: async (tree) => {
      await tree.passes(1000)
      await asked('stop', 'worker')(tree)
      await tree.passes(1000)
    },
    told: [
      'worker is stopped because alice asked to stop it, at 1s.',
      'It stays down until somebody starts it: `coppice start worker`.',
    ],
  },
  {
    title: 'its parent was stopped by an operator',
    actors: { api: {}, worker: { edges: [anEdge('api', { onExit: 'restart' })], program: { obeysAfter: 500 } } },
    reach: async (tree) => {
      await asked('stop', 'api', null)(tree)
      await tree.passes(100)
    },
    told: [
      'worker is going down because somebody asked to stop api, which it depends on, at 0s.',
      'It got SIGTERM 100ms ago, and gets SIGKILL in 9.9s.',
    ],
  },
  {
    title: 'failed, and not restarted',
    actors: { worker: { restart: 'no', endIsFailure: true, program: exitsWith(0, { after: 1500 }) } },
    reach: after(2000),
    told: [
      'worker has failed because it exited with code 0 after 1.5s, at 1.5s, and is not restarted (restart: no).',
      'It stays so until somebody starts it: `coppice start worker`.',
    ],
  },
  {
    title: 'a start that took too long',
    actors: { worker: { ready: aReadiness(), startTimeout: 5000, program: { readyAfter: 'never' } } },
    reach: after(5010),
    told: [
      'worker is restarting because it was not ready within its start timeout of 5s, and its last answer was "not yet", at 5s.',
      'It starts again in 95ms.',
    ],
  },
  {
    title: 'a program that cannot be started',
    actors: { worker: { program: { spawnFails: 'EACCES' } } },
    reach: after(4000),
    told: [
      'worker has failed because it could not be started: EACCES: /bin/worker, at 0s.',
      'It is tried again in 6s.',
    ],
  },
  {
    title: 'a start limit',
    actors: { worker: { startLimit: { burst: 3, interval: 10_000 }, program: exitsWith(2) } },
    reach: after(1000),
    told: [
      'worker has failed because it exited with code 2 after 0ms, at 0.3s, and was started 3 times within 10s, which is its start limit.',
      'It stays so until somebody starts it: `coppice start worker`.',
    ],
  },
  {
    title: 'a dependency that nobody has',
    actors: { worker: { edges: [anEdge('nobody')] } },
    reach: after(0),
    told: [
      'worker is blocked because it needs nobody, which it depends on, to be ready, and there is no process of that name.',
      'It starts as soon as a process of that name is declared and is ready.',
    ],
  },
  {
    title: 'a stop that waits for dependents',
    actors: { worker: {}, job: { parent: 'worker', ...stubborn }, other: { parent: 'worker' } },
    reach: async (tree) => {
      await asked('stop', 'worker')(tree)
      await tree.passes(500)
    },
    told: [
      'worker is going down because alice asked to stop it, at 0s.',
      'It waits until job, which stands on it, is gone: job got SIGTERM 500ms ago, and gets SIGKILL in 1.5s.',
    ],
  },
  {
    title: 'a restart that waits for a former dependent',
    actors: { worker: { program: exitsWith(1, { after: 100 }) }, job: { parent: 'worker', ...stubborn } },
    reach: after(300),
    told: [
      'worker waits until job, which stands on it, is gone. It is to start again because it exited with code 1 after 100ms, at 0.1s.',
      'job got SIGTERM 200ms ago, and gets SIGKILL in 1.8s.',
    ],
  },
  {
    title: 'what had to be killed',
    actors: { worker: stubborn },
    reach: async (tree) => {
      await asked('stop', 'worker')(tree)
      await tree.passes(3000)
    },
    told: [
      'worker is stopped because alice asked to stop it, at 0s.',
      'It stays down until somebody starts it: `coppice start worker`.',
      'Of its last run: killed after 2s: 100 (/bin/worker).',
    ],
  },
  {
    title: 'stuck',
    actors: { worker: { program: { ...ignoresTerm, diesAfter: 60_000 } } },
    reach: async (tree) => {
      await asked('stop', 'worker', 'alice', true)(tree)
      await tree.passes(2000)
    },
    told: [
      'worker is stuck: it got SIGKILL and has not died. It was to go because alice asked to stop it, at 0s.',
      'Its process 100 hangs in the kernel, as one does that waits for a disk or a network that does not answer.',
      'Nothing takes its place before it is gone.',
    ],
  },
  {
    title: 'everything ends',
    actors: { worker: stubborn },
    reach: (tree) => tree.signal('SIGTERM'),
    told: [
      'worker is going down because everything goes down, since coppice got SIGTERM, at 0s.',
      'It got SIGTERM 0ms ago, and gets SIGKILL in 2s.',
    ],
  },
  {
    title: 'flapping',
    actors: {
      worker: {
        delay: { tag: 'backoff', initial: 0, factor: 1, max: 0, jitter: 0, resetAfter: 1e9 },
        program: exitsWith(1, { after: 100 }),
      },
    },
    settings: { flap: { restarted: 2, countdown: 60_000, decrement: 0 } },
    reach: after(1000),
    told: [
      'worker rests because it exited with code 1 after 100ms, at 0.3s, and that was after 2 restarts, which is too many so soon.',
      'It starts again in 59.3s.',
    ],
  },
  {
    title: 'falls with a member of its group',
    actors: {
      db: { groups: ['g'], program: [exitsWith(1, { after: 1000 }), {}] },
      worker: { groups: ['g'], program: { obeysAfter: 20 } },
    },
    settings: { groups: new Map([['g', { strategy: 'one_for_all', budget: null, stopTogether: false }]]) },
    reach: after(1010),
    told: [
      'worker is restarting because db, which is of group g too, exited with code 1 after 1s, at 1s.',
      'It got SIGTERM 10ms ago, and gets SIGKILL in 10s.',
    ],
  },
  {
    title: 'waits for that member',
    actors: {
      db: { groups: ['g'], program: [exitsWith(1, { after: 1000 }), {}] },
      worker: { groups: ['g'], program: { obeysAfter: 20 } },
    },
    settings: { groups: new Map([['g', { strategy: 'one_for_all', budget: null, stopTogether: false }]]) },
    reach: after(1050),
    told: [
      'worker waits until the one of group g that fell is started again. It is to start again because db, which is of group g too, exited with code 1 after 1s, at 1s.',
    ],
  },
  {
    title: 'a group that is given up',
    actors: { worker: { groups: ['g'], program: exitsWith(1, { after: 100 }) } },
    settings: {
      groups: new Map([
        ['g', { strategy: 'one_for_one', budget: { intensity: 1, period: 60_000 }, stopTogether: false }],
      ]),
    },
    reach: after(5000),
    told: [
      'worker has failed because group g is given up: 2 restarts within 1m, which is too many, because it exited with code 1 after 100ms, at 0.3s.',
      'It stays so until somebody starts it: `coppice start worker`.',
    ],
  },
  {
    title: 'a circle',
    actors: { api: { parent: 'worker' }, worker: { parent: 'api' } },
    reach: after(10),
    told: [
      'worker waits until api, its parent, is ready, and api waits until worker, its parent, is ready, and they wait for each other, in a circle.',
      'It starts as soon as api is ready.',
    ],
  },
  {
    title: 'a oneshot that is called by a signal',
    actors: {
      worker: {
        oneshot: true,
        autostart: false,
        trigger: { signal: 'SIGUSR1', schedule: null, shutdown: false, terminate: false },
      },
    },
    reach: after(0),
    told: ['worker is stopped: it runs only when it is called for.', 'It runs when coppice gets SIGUSR1.'],
  },
]

for (const { title, actors, settings, reach, told } of situations) {
  test(`[WH2] [WH3] [WH4] ${title}`, async () => {
    await using tree = await aTree(actors, settings)
    await reach(tree)
    const view = { world: tree.simulation.engine.world, now: tree.now, timeOf: (at: number) => `${at / 1000}s` }
    expect(tellWhy(tree.process('worker'), view)).toEqual([...told])
  })
}
