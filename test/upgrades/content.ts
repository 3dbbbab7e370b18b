// What every fixture holds: a process in each kind of state, and every kind of value that has its own way into JSON.
import type { Batch } from '../../src/store/store.ts'
import { aMonitor, anEdge, aReadiness } from '../sim/builders.ts'
import { aBatch, aGroup, aMoment, anEntry, aProcess, aRun, runningState, stored } from '../contract/store/stored.ts'

const http = {
  tag: 'bucket',
  capacity: 3,
  leak: 10_000,
  of: {
    tag: 'probe',
    probe: {
      kind: 'http',
      url: 'http://localhost:8080/',
      method: 'GET',
      headers: new Map([['Accept', '*/*']]),
      status: [{ from: 200, to: 299 }],
      expectHeaders: new Map(),
      expectBody: null,
      timeout: 1000,
    },
  },
} as const

const web = aProcess('web', {
  spec: {
    parent: 'db',
    groups: ['front', 'all'],
    env: { inherit: true, set: new Map([['$PORT', '80']]) },
    limits: new Map([['nofile', { soft: 1024, hard: Number.POSITIVE_INFINITY }]]),
    ready: aReadiness({ check: http }),
    monitors: [aMonitor()],
    hooks: [
      { on: 'exit', action: { tag: 'command', command: ['/bin/tell', 'it'] }, timeout: 30_000 },
      { on: 'failure', action: { tag: 'post', url: 'https://h/', secret: 's' }, timeout: 500 },
    ],
    declared: { entry: { name: 'web', env: { $PORT: 80 } }, cwd: '/srv', variables: true, file: '/etc/coppice/p.json' },
  },
  state: runningState(aRun(3)),
  runs: 3,
  restarts: 2,
  exit: { tag: 'signal', signal: 'SIGKILL' },
})

const db = aProcess('db', {
  id: 2,
  spec: { groups: ['all'], edges: [anEdge('disk', { condition: 'completed_successfully' })] },
  state: {
    tag: 'delayed',
    until: 900,
    reason: {
      at: 700,
      tag: 'delay',
      nth: 2,
      delay: 200,
      because: { at: 690, tag: 'exited', process: 'db', exit: { tag: 'code', code: 3 }, lived: 12.5 },
    },
  },
  runs: 7,
  exit: { tag: 'code', code: 3 },
  starts: [100, 400.5],
  aftermath: { after: 10_000, killed: [{ pid: 77, command: 'sleep 9' }], leftBehind: 0 },
})

const disk = aProcess('disk', { id: 5, spec: { oneshot: true, autostart: false, command: null } })

const flapping = aProcess('flapping', {
  id: 6,
  spec: {
    groups: ['front'],
    restart: 'on-abnormal',
    restartPreventExitCodes: [7],
    onStartLimit: 'stop-tree',
    flapDetection: { restarted: 5, countdown: 60_000, decrement: 30_000 },
    restartBudget: { intensity: 3, period: 10_000 },
  },
  state: {
    tag: 'backoff',
    until: 30_500,
    reason: {
      at: 500,
      tag: 'flapping',
      restarts: 5,
      because: { at: 500, tag: 'exited', process: 'flapping', exit: { tag: 'code', code: 1 }, lived: 20 },
    },
  },
  flap: { tag: 'counting-down', count: 5, countedAt: 500, endsAt: 60_500 },
  falls: [400, 500.25],
})

const doomed = aProcess('doomed', {
  id: 7,
  spec: { flapDetection: 'off' },
  state: {
    tag: 'spawning',
    n: 1,
    reason: { at: 90, tag: 'declared' },
    standsOn: new Map(),
    promised: null,
    doom: { at: 95, tag: 'budget-spent', of: 'group', name: 'front', restarts: 4, period: 10_000 },
  },
  runs: 1,
  flap: { tag: 'counting', restarts: [10, 20] },
})

export const content: Batch = aBatch({
  processes: [stored(web, { marker: 'abc:1:3' }), stored(db), stored(disk), stored(flapping), stored(doomed)],
  groups: [
    aGroup(1, 'all'),
    aGroup(4, 'front', {
      file: '/etc/coppice/p.json',
      policy: { strategy: 'one_for_all', budget: { intensity: 3, period: 10_000 }, stopTogether: true },
    }),
  ],
  journal: [anEntry(), anEntry({ process: 'db', at: aMoment + 1, exit: { code: 3 }, by: 'restart by root' })],
})
