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

export const content: Batch = aBatch({
  processes: [stored(web, { marker: 'abc:1:3' }), stored(db), stored(disk)],
  groups: [aGroup(1, 'all'), aGroup(4, 'front')],
  journal: [anEntry(), anEntry({ process: 'db', at: aMoment + 1, exit: { code: 3 }, by: 'restart by root' })],
})
