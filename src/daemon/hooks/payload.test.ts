import { expect, test } from 'bun:test'
import { aTree, type Actor, type Tree } from '../../../test/sim/tree.ts'
import { exitsWith } from '../../../test/sim/habit.ts'
import type { Transition } from '../../core/transitions.ts'
import { payloadOf, type Setting } from './payload.ts'
import { theirEventsOf } from './pmon3.ts'

const wall = Date.parse('2026-11-20T10:00:00Z')
const theirs: Setting = { groups: new Map(), withEnvironment: true }

async function treeOf(web: Actor): Promise<Tree> {
  return aTree({ db: {}, web }, { dice: () => 0.5 })
}

/** The JSON of a process as it is now, with its keys in their order. */
function payload(tree: Tree, setting: Partial<Setting> = {}): Record<string, unknown> {
  const happening = { event: 'exit', process: tree.process('web'), isUncounted: false, at: tree.now, wall } as const
  return JSON.parse(payloadOf(happening, { ...theirs, ...setting })) as Record<string, unknown>
}

test("[HK5] pmon3's keys in pmon3's order, and then ours", async () => {
  await using tree = await treeOf({
    command: ['/srv/bin/app', '-x', 'a b'],
    env: { inherit: true, set: new Map([['EXITAFTER', '2'], ['GREETING', 'a "b" $HOME']]) }, // prettier-ignore
    identity: { user: '65534', group: '65533', umask: null, nice: null },
    output: {
      stdout: { tag: 'file', path: '/srv/web.log' },
      stderr: { tag: 'discard' },
      access: null,
      timestamps: false,
      format: 'raw',
      maxSize: null,
      maxAge: null,
      keep: null,
    },
    groups: ['gx', 'new'],
    edges: [{ to: 'db', condition: 'ready', onExit: 'ignore' }],
  })
  await tree.passes(5000)
  const groups = new Map([['gx', { id: 3, name: 'gx', declared: null, createdAt: wall, updatedAt: wall + 1 }]])
  const found = payload(tree, { groups })
  expect(Object.entries(found)).toEqual([
    ['created_at', '2026-11-20T09:59:55.000Z'],
    ['updated_at', '2026-11-20T09:59:55.000Z'],
    ['log', '/srv/web.log'],
    ['name', 'web'],
    ['process_file', '/srv/bin/app'],
    ['args', "-x 'a b'"],
    ['env_vars', `EXITAFTER=2 GREETING='a "b" $HOME'`],
    ['username', '65534'],
    ['memory_usage', ''],
    ['cpu_usage', ''],
    ['dependencies', 'db'],
    [
      'Groups',
      [
        {
          ID: 0,
          CreatedAt: '2026-11-20T10:00:00.000Z',
          UpdatedAt: '2026-11-20T10:00:00.001Z',
          DeletedAt: null,
          name: 'gx',
          Processes: null,
          id: 3,
        },
        {
          ID: 0,
          CreatedAt: '1970-01-01T00:00:00.000Z',
          UpdatedAt: '1970-01-01T00:00:00.000Z',
          DeletedAt: null,
          name: 'new',
          Processes: null,
          id: 0,
        },
      ],
    ],
    ['status', 2],
    ['id', 2],
    ['pid', tree.pid('web')],
    ['uid', 65534],
    ['gid', 65533],
    ['auto_restart', true],
    ['event', 'exit'],
    ['exit', null],
    ['restart_count', 0],
    ['reason', 'started'],
    ['status_text', 'running'],
  ])
})

test('[HK6] without its environment, and with how it ended and why', async () => {
  await using tree = await treeOf({
    env: { inherit: true, set: new Map([['SECRET', 's']]) },
    restart: 'no',
    program: exitsWith(3, { after: 10 }),
  })
  await tree.passes(100)
  expect(payload(tree, { withEnvironment: false })).toMatchObject({
    env_vars: '',
    auto_restart: false,
    dependencies: '',
    Groups: [],
    status: 4,
    status_text: 'failed',
    exit: { code: 3 },
    reason: 'not restarted (restart: no), since web exited with code 3 after 10ms',
  })
})

test('[HK6] what is too long for an argument is left out', async () => {
  await using tree = await treeOf({ command: ['/bin/web', 'x'.repeat(140_000)] })
  expect(payload(tree)).toMatchObject({ name: 'web', args: '', env_vars: '', reason: '', process_file: '/bin/web' })
  await using short = await treeOf({ command: ['/bin/web', 'x'.repeat(120_000)] })
  expect(String(payload(short)['args'])).toHaveLength(120_000)
})

const lines = { processRestart: 'r', processFailure: 'f', processBackoff: 'b', ofAll: [] }

/** What pmon3's hooks are told of `web` within a time: event, status. */
async function toldIn(web: Actor, act: (tree: Tree) => Promise<void>): Promise<string[]> {
  await using tree = await treeOf(web)
  const told: string[] = []
  const hear = (one: Transition): void => {
    told.push(...theirEventsOf(one, lines).map(({ event, line, status }) => `${event} ${line} ${status}`))
  }
  tree.simulation.engine.subscribe(({ transitions }) => transitions.forEach(hear))
  await act(tree)
  return told
}

test('[HK5] a restart after a good life comes from running, any other from a fall', async () => {
  const web = { program: [exitsWith(1, { after: 20_000 }), exitsWith(1, { after: 10 }), {}] }
  expect(await toldIn(web, (tree) => tree.passes(60_000))).toEqual(['restart r 2', 'restart r 4'])
})

test('[HK5] a restart that was asked for, a start and a stop are nothing to pmon3', async () => {
  const act = async (tree: Tree): Promise<void> => {
    await tree.restart('web')
    await tree.passes(100)
    await tree.stop('web')
    await tree.passes(100)
    await tree.start('web')
    await tree.passes(100)
  }
  expect(await toldIn({}, act)).toEqual([])
})

test('[HK5] a failure is told of who will not be restarted', async () => {
  const ends = exitsWith(0, { after: 10 })
  expect(await toldIn({ restart: 'no', endIsFailure: true, program: ends }, (tree) => tree.passes(100))).toEqual([
    'failure f 2',
  ])
  const missing = { program: [exitsWith(1, { after: 10 }), { spawnFails: 'ENOENT' }] }
  expect(await toldIn(missing, (tree) => tree.passes(5000))).toEqual(['restart r 4'])
})

test('[HK5] a backoff has the status that it has', async () => {
  const web = { flapDetection: { restarted: 1, countdown: 60_000, decrement: 0 }, program: exitsWith(1, { after: 10 }) }
  expect(await toldIn(web, (tree) => tree.passes(5000))).toEqual(['restart r 4', 'backoff b 6'])
})

test('[HK5] [HK6] the restart that is about to be is counted', async () => {
  await using tree = await treeOf({})
  const happening = { event: 'restart', process: tree.process('web'), isUncounted: true, at: tree.now, wall } as const
  expect(JSON.parse(payloadOf(happening, theirs))).toMatchObject({ event: 'restart', restart_count: 1 })
})
