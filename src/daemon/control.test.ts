import { expect, test } from 'bun:test'
import type { Control } from '../api/control.ts'
import type { Verb } from '../wire/routes.ts'
import { aReadiness } from '../../test/sim/builders.ts'
import { exitsWith, ignoresTerm } from '../../test/sim/habit.ts'
import { aTree, type Actor, type Tree } from '../../test/sim/tree.ts'
import { createMemoryStore } from '../store/memory.ts'
import { createControl } from './control.ts'
import { openLedger } from './ledger.ts'

const usage = new Map([[1, { cpu: 12.5, memory: 4096 }]])

interface Face extends AsyncDisposable {
  readonly tree: Tree
  readonly control: Control
  /** Acts, lets so much time pass, and says how it went: `pending` where it has not come true. */
  outcome(verb: Verb, names: readonly string[], passes: number): Promise<'done' | 'failed' | 'pending'>
}

async function aFace(actors: Readonly<Record<string, Actor>>): Promise<Face> {
  const tree = await aTree(actors)
  const { engine, clock } = tree.simulation
  const supervisor = { version: '1', pid: 1, mode: 'up', file: null, started_at: '' }
  const sampler = {
    sample: (pids: readonly number[]) => new Map(pids.map((pid) => [pid, usage.get(1) ?? { cpu: 0, memory: 0 }])),
  }
  const ledger = openLedger({ store: createMemoryStore(), clock, spawner: tree.simulation.host, log: () => undefined })
  const control = createControl({
    tree: { engine, clock, sampler, ledger, [Symbol.asyncDispose]: () => Promise.resolve() },
    supervisor: () => supervisor,
    daemonic: null,
  })
  return {
    tree,
    control,
    async outcome(verb, names, passes) {
      control.act({ verb, names, force: false, caller: { uid: 0, user: 'root' } })
      const settled = control.settled({ verb, processes: control.marks(names), signal: new AbortController().signal })
      await tree.passes(passes)
      return Promise.race([settled, Promise.resolve('pending' as const)])
    },
    [Symbol.asyncDispose]: () => tree[Symbol.asyncDispose](),
  }
}

test('[AP20] a start has come true when the process is ready, not before', async () => {
  await using face = await aFace({ db: { ready: aReadiness(), autostart: false, program: { readyAfter: 500 } } })
  expect(await face.outcome('start', ['db'], 100)).toBe('pending')
  await face.tree.passes(1000)
  expect(face.tree.isReady('db')).toBe(true)
  expect(await face.outcome('start', ['db'], 0)).toBe('done')
})

test('[AP20] a start has failed when its attempt has, whatever the policy does next', async () => {
  await using face = await aFace({
    db: { ready: aReadiness(), startTimeout: 200, autostart: false, program: { readyAfter: 'never' } },
  })
  expect(await face.outcome('start', ['db'], 300)).toBe('failed')
})

test('[AP20] the start of a oneshot has come true when it has succeeded', async () => {
  await using face = await aFace({
    good: { oneshot: true, restart: 'no', autostart: false, program: exitsWith(0, { after: 50 }) },
    bad: { oneshot: true, restart: 'no', autostart: false, program: exitsWith(3, { after: 50 }) },
  })
  expect(await face.outcome('start', ['good'], 10)).toBe('pending')
  expect(await face.outcome('start', ['good'], 100)).toBe('done')
  expect(await face.outcome('start', ['good', 'bad'], 100)).toBe('failed')
})

test('[AP20] a stop has come true when nothing of it is left', async () => {
  await using face = await aFace({ web: { program: ignoresTerm, stop: { timeout: 1000 } } })
  expect(await face.outcome('stop', ['web'], 900)).toBe('pending')
  await face.tree.passes(200)
  expect(face.tree.status('web')).toBe('stopped')
  expect(await face.outcome('stop', ['web'], 0)).toBe('done')
})

test('[AP20] a stop has failed when somebody wants it up meanwhile', async () => {
  await using face = await aFace({ web: { program: ignoresTerm } })
  face.control.act({ verb: 'stop', names: ['web'], force: false, caller: null })
  const stopped = face.control.settled({
    verb: 'stop',
    processes: face.control.marks(['web']),
    signal: new AbortController().signal,
  })
  face.control.act({ verb: 'start', names: ['web'], force: false, caller: null })
  expect(await stopped).toBe('failed')
})

test('[AP20] who no longer waits is let go', async () => {
  await using face = await aFace({ web: { program: ignoresTerm } })
  face.control.act({ verb: 'stop', names: ['web'], force: false, caller: null })
  const waiting = new AbortController()
  const stopped = face.control.settled({ verb: 'stop', processes: face.control.marks(['web']), signal: waiting.signal })
  waiting.abort(new Error('hung up'))
  expect(stopped).rejects.toThrow('hung up')
})

test('[AP21] a name stands for itself, an id for its process, a shared name for all instances', async () => {
  await using face = await aFace({
    db: {},
    'web-1': { instanceOf: { name: 'web', index: 1 } },
    'web-2': { instanceOf: { name: 'web', index: 2 } },
  })
  expect(face.control.resolve('db')).toEqual({ ok: true, value: ['db'] })
  expect(face.control.resolve('2')).toEqual({ ok: true, value: ['web-1'] })
  expect(face.control.resolve('web')).toEqual({ ok: true, value: ['web-1', 'web-2'] })
  expect(face.control.resolve('*')).toEqual({ ok: true, value: ['db', 'web-1', 'web-2'] })
  expect(face.control.resolve('dbb')).toMatchObject({
    ok: false,
    failure: { code: 'unknown-process', hint: 'Did you mean "db"?' },
  })
  expect(face.control.resolve('group:nope')).toMatchObject({ ok: false, failure: { code: 'unknown-group' } })
})

test('[AP22] the view of a process says where it is, what it uses and why', async () => {
  await using face = await aFace({
    db: {},
    api: { parent: 'db' },
  })
  const [db, api] = face.control.list()
  expect(db).toMatchObject({
    id: 1,
    name: 'db',
    status: 'running',
    ready: true,
    run: 1,
    restart_count: 0,
    exit: null,
    next_try: null,
  })
  expect(db).toMatchObject({ pid: face.tree.pid('db'), cpu: 12.5, memory: 4096, reason: 'started' })
  expect(api).toMatchObject({ parent: 'db', dependencies: ['db'] })
  expect(db?.since).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('[AP22] a process that waits for its restart says why, and when the next try is', async () => {
  await using face = await aFace({ web: { program: exitsWith(4, { after: 10 }) } })
  await face.tree.passes(20)
  const [web] = face.control.views(['web'])
  expect(web).toMatchObject({ status: 'restarting', pid: null, exit: { code: 4 } })
  expect(web?.last_pid).toBeNumber()
  expect(web?.reason).toContain('web exited with code 4')
  expect(Date.parse(web?.next_try ?? '')).toBeGreaterThan(Date.parse(web?.since ?? ''))
})

test('[AP23] why leads from the root cause, across processes, to the present', async () => {
  await using face = await aFace({
    db: { program: [exitsWith(1, { after: 100 }), {}] },
    api: { parent: 'db' },
  })
  await face.tree.passes(150)
  const chain = face.control.why('api').map(({ text }) => text)
  expect(chain[0]).toContain('db exited with code 1')
  expect(chain.at(-1)).toStartWith('api is queued')
  const times = face.control.why('api').map(({ at }) => at)
  expect(times).toEqual(times.toSorted())
})

test('[WH10] the journal says who asked for what, also where that changes nothing', async () => {
  await using face = await aFace({ web: {}, db: {} })
  await face.outcome('start', ['web'], 10)
  face.control.act({ verb: 'stop', names: ['db', 'web'], force: true, caller: { uid: 7, user: 'alice' } })
  face.control.act({ verb: 'reset', names: ['web'], force: false, caller: null })
  const asked = face.control.events({ since: 0, process: null, kind: 'asked' })
  expect(asked.map(({ process, reason, by }) => ({ process, reason, by }))).toEqual([
    { process: 'web', reason: 'asked to start by root', by: 'start by root' },
    { process: 'db', reason: 'asked to stop by alice (SIGKILL at once)', by: 'stop by alice' },
    { process: 'web', reason: 'asked to stop by alice (SIGKILL at once)', by: 'stop by alice' },
    { process: 'web', reason: 'asked to reset', by: 'reset' },
  ])
})

test('[WH1] why is told in sentences with times in ISO 8601', async () => {
  await using face = await aFace({ web: {} })
  await face.outcome('stop', ['web'], 1000)
  expect(face.control.story('web')).toEqual([
    'web is stopped because root asked to stop it, at 2030-01-01T00:00:00.000Z.',
    'It stays down until somebody starts it: `coppice start web`.',
  ])
})

test('[WH5] what is being stopped is told with when it is killed', async () => {
  await using face = await aFace({ db: {}, web: { parent: 'db', program: ignoresTerm, stop: { timeout: 5000 } } })
  await face.outcome('stop', ['db'], 1000)
  expect(face.control.stopping()).toEqual({
    ending: false,
    forced_at: null,
    sentences: ['2 processes are on the way down.'],
    processes: [
      {
        id: 2,
        name: 'web',
        pid: 101,
        phase: 'asked',
        waits_for: [],
        kill_at: '2030-01-01T00:00:05.000Z',
        text: 'web got SIGTERM 1s ago, and gets SIGKILL in 4s.',
      },
      {
        id: 1,
        name: 'db',
        pid: 100,
        phase: 'draining',
        waits_for: ['web'],
        kill_at: null,
        text: 'db waits until web, which stands on it, is gone: web got SIGTERM 1s ago, and gets SIGKILL in 4s.',
      },
    ],
  })
  await face.tree.signal('SIGTERM')
  expect(face.control.stopping()).toMatchObject({ ending: true, forced_at: '2030-01-01T00:01:16.000Z' })
})
