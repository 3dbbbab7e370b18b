import { describe, expect, test } from 'bun:test'
import type { GroupPolicy, ProcessSpec } from '../../src/core/spec.ts'
import { afterTakingBack } from '../../src/core/taking-back.ts'
import { aReadiness, anEdge } from '../sim/builders.ts'
import { exitsWith, ignoresTerm, type Habit } from '../sim/habit.ts'
import { aTree, type Actor, type Tree } from '../sim/tree.ts'
import { signalsTo, startsOf } from './news.ts'

const groups = ['g']
const dies: readonly Habit[] = [exitsWith(1, { after: 1000 }), {}]
const delay = { tag: 'backoff', initial: 100, factor: 1, max: 100, jitter: 0, resetAfter: 1e9 } as const

function together(policy: Partial<GroupPolicy>, actors: Readonly<Record<string, Actor>>): Promise<Tree> {
  return aTree(actors, { groups: groupsOf({ g: policy }) })
}

function groupsOf(policies: Readonly<Record<string, Partial<GroupPolicy>>>): ReadonlyMap<string, GroupPolicy> {
  const plain: GroupPolicy = { strategy: 'one_for_one', budget: null, stopTogether: false }
  return new Map(Object.entries(policies).map(([name, policy]) => [name, { ...plain, ...policy }]))
}

function allStarts(tree: Tree): Record<string, number[]> {
  return Object.fromEntries(Object.keys(tree.statuses()).map((name) => [name, startsOf(tree, name)]))
}

describe('who goes down with whom', () => {
  const three = {
    a: { groups },
    b: { groups, program: dies },
    c: { groups },
    apart: {},
  } satisfies Record<string, Actor>

  test('[GP1] nobody, with one_for_one and without a policy', async () => {
    for (const policy of [groupsOf({ g: { strategy: 'one_for_one' } }), groupsOf({})]) {
      await using tree = await aTree(three, { groups: policy })
      await tree.passes(5000)
      expect(allStarts(tree)).toEqual({ a: [0], b: [0, 1100], c: [0], apart: [0] })
    }
  })

  test('[GP2] all, with one_for_all; they come back together when the delay is over', async () => {
    await using tree = await together({ strategy: 'one_for_all' }, three)
    await tree.passes(1001)
    expect(tree.statuses()).toMatchObject({ a: 'restarting', b: 'restarting', c: 'restarting', apart: 'running' })
    expect(tree.why('a')).toEqual(['member-fell', 'exited'])
    await tree.passes(50)
    expect(tree.process('a').state).toMatchObject({
      tag: 'waiting',
      reason: { tag: 'waits-for-group', group: 'g', until: 'restarted', because: { tag: 'member-fell' } },
    })
    await tree.passes(5000)
    expect(allStarts(tree)).toEqual({ a: [0, 1100], b: [0, 1100], c: [0, 1100], apart: [0] })
    expect(['a', 'b', 'c', 'apart'].map((name) => tree.process(name).restarts)).toEqual([1, 1, 1, 0])
  })

  test('[GP2] none of them starts before all are gone', async () => {
    const slow = { groups, stop: { timeout: 3000 }, program: ignoresTerm }
    await using tree = await together({ strategy: 'one_for_all' }, { ...three, a: slow })
    await tree.passes(3999)
    expect(tree.process('b').state).toMatchObject({ tag: 'waiting', reason: { tag: 'waits-for-group', until: 'gone' } })
    await tree.passes(1)
    expect(allStarts(tree)).toMatchObject({ a: [0, 4000], b: [0, 4000], c: [0, 4000] })
  })

  test('[GP2] also when one of them is just being started', async () => {
    await using tree = await together(
      { strategy: 'one_for_all' },
      {
        a: { groups, program: [{ spawnFails: 'ENOENT' }, {}] },
        b: { groups },
      },
    )
    await tree.passes(20_000)
    // What cannot be spawned is tried again after 10 s; b was up, and went down with it.
    expect(allStarts(tree)).toEqual({ a: [10_000], b: [0, 10_000] })
    await using other = await together(
      { strategy: 'one_for_all' },
      {
        a: { groups },
        b: { groups, program: [{ spawnFails: 'ENOENT' }, {}] },
      },
    )
    await other.passes(20_000)
    expect(allStarts(other)).toEqual({ a: [0, 10_000], b: [10_000] })
  })

  test('[GP2] who dies while it goes down with another one has not fallen by itself', async () => {
    const later = { tag: 'backoff', initial: 700, factor: 1, max: 700, jitter: 0, resetAfter: 1e9 } as const
    await using tree = await together(
      { strategy: 'one_for_all' },
      { ...three, c: { groups, delay: later, program: dies } },
    )
    await tree.passes(5000)
    expect(allStarts(tree)).toMatchObject({ a: [0, 1100], b: [0, 1100], c: [0, 1100] })
  })

  test('[GP3] those declared later, with rest_for_one', async () => {
    await using tree = await together({ strategy: 'rest_for_one' }, three)
    await tree.passes(5000)
    expect(allStarts(tree)).toEqual({ a: [0], b: [0, 1100], c: [0, 1100], apart: [0] })
  })

  test('[GP3] nobody waits for the delay of one declared later', async () => {
    const actors = {
      a: { groups, program: [exitsWith(1, { after: 1050 }), {}] },
      b: { groups, program: dies, delay: { ...delay, initial: 900, max: 900 } },
    }
    await using tree = await together({ strategy: 'rest_for_one' }, actors)
    await tree.passes(5000)
    expect(allStarts(tree)).toEqual({ a: [0, 1150], b: [0, 1900] })
  })

  test('[GP2] only who is to be restarted takes others along', async () => {
    for (const b of [{ restart: 'no' }, { restart: 'on-failure', program: exitsWith(0, { after: 1000 }) }] as const) {
      await using tree = await together({ strategy: 'one_for_all' }, { ...three, b: { groups, program: dies, ...b } })
      await tree.passes(5000)
      expect(allStarts(tree)).toEqual({ a: [0], b: [0], c: [0], apart: [0] })
    }
  })

  test('[GP2] what a person does to one does nothing to the others', async () => {
    await using tree = await together({ strategy: 'one_for_all' }, { a: { groups }, b: { groups } })
    await tree.restart('a')
    await tree.passes(100)
    await tree.stop('a')
    await tree.passes(1000)
    expect([tree.statuses(), startsOf(tree, 'b')]).toEqual([{ a: 'stopped', b: 'running' }, [0]])
  })

  test('[GP2] who was stopped stays so, and what is over stays over', async () => {
    await using tree = await together(
      { strategy: 'one_for_all' },
      {
        ...three,
        done: { groups, oneshot: true, program: exitsWith(0) },
      },
    )
    await tree.stop('a')
    await tree.passes(5000)
    expect(tree.statuses()).toEqual({ a: 'stopped', b: 'running', c: 'running', apart: 'running', done: 'completed' })
    expect([startsOf(tree, 'a').length, startsOf(tree, 'done').length, startsOf(tree, 'c').length]).toEqual([1, 1, 2])
  })

  test('[GP2] members that depend on each other come back in their order', async () => {
    await using tree = await together(
      { strategy: 'one_for_all' },
      {
        db: { groups, ready: aReadiness(), program: { readyAfter: 50 } },
        web: { groups, edges: [anEdge('db')], program: dies },
      },
    )
    await tree.passes(10_000)
    const [, db = 0] = startsOf(tree, 'db')
    const [, web = 0] = startsOf(tree, 'web')
    expect(web).toBeGreaterThanOrEqual(db + 50)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running' })
  })

  test('[GP2] who is at work for somebody who called for it is let finish', async () => {
    await using tree = await together(
      { strategy: 'one_for_all' },
      {
        task: { groups, oneshot: true, autostart: false, program: exitsWith(0, { after: 3000 }) },
        web: { prerun: ['task'] },
        falls: { groups, program: dies },
      },
    )
    await tree.passes(10_000)
    expect(startsOf(tree, 'task')).toEqual([0])
    expect(startsOf(tree, 'web')).toEqual([3000])
    expect(signalsTo(tree, 'task')).toEqual([])
  })

  test('[GP2] a stop in the middle of it ends it for that one', async () => {
    await using tree = await together({ strategy: 'one_for_all' }, three)
    await tree.passes(1050)
    await tree.stop('b')
    await tree.passes(5000)
    expect(tree.statuses()).toMatchObject({ a: 'running', b: 'stopped', c: 'running' })
  })

  test('[GP2] [TB1] goes on under the next supervisor', async () => {
    await using tree = await together({ strategy: 'one_for_all' }, three)
    await tree.passes(1001)
    await tree.falls({ away: 1000 })
    await tree.passes(5000)
    expect(tree.statuses()).toMatchObject({ a: 'running', b: 'running', c: 'running' })
    expect(startsOf(tree, 'a')[1]).toBe(startsOf(tree, 'b')[1])
  })

  test('[GP1] [GP8] another policy holds at once', async () => {
    await using tree = await together({ strategy: 'one_for_all' }, three)
    await tree.passes(1050)
    await tree.tell({ tag: 'policies', policies: { flap: null, groups: new Map() } })
    expect(tree.statuses()).toMatchObject({ a: 'running', c: 'running', b: 'restarting' })
  })
})

describe('stopped together', () => {
  test('[GP4] whoever stops one stops all, and the others are not killed at once', async () => {
    await using tree = await together({ stopTogether: true }, { a: { groups }, b: { groups }, apart: {} })
    await tree.stop('a', { force: true })
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ a: 'stopped', b: 'stopped', apart: 'running' })
    expect(signalsTo(tree, 'b')).toEqual(['0 gets SIGTERM'])
    expect(tree.process('b').want.reason).toMatchObject({
      tag: 'asked',
      because: { tag: 'stopped-together', group: 'g', process: 'a' },
    })
  })

  test('[GP4] a restart is no stop', async () => {
    await using tree = await together({ stopTogether: true }, { a: { groups }, b: { groups } })
    await tree.restart('a')
    await tree.passes(1000)
    expect([tree.statuses(), startsOf(tree, 'b')]).toEqual([{ a: 'running', b: 'running' }, [0]])
  })

  test('[GP4] goes from group to group where they share members', async () => {
    const policies = groupsOf({ g: { stopTogether: true }, h: { stopTogether: true }, i: {} })
    const actors = { a: { groups }, b: { groups: ['g', 'h'] }, c: { groups: ['h', 'i'] }, d: { groups: ['i'] } }
    await using tree = await aTree(actors, { groups: policies })
    await tree.stop('a')
    await tree.passes(100)
    expect(tree.statuses()).toEqual({ a: 'stopped', b: 'stopped', c: 'stopped', d: 'running' })
  })

  test('[GP4] without it a stop is for one', async () => {
    await using tree = await together({}, { a: { groups }, b: { groups } })
    await tree.stop('a')
    await tree.passes(100)
    expect(tree.statuses()).toEqual({ a: 'stopped', b: 'running' })
  })
})

const often: Habit = exitsWith(1, { after: 100 })
const budget = { intensity: 3, period: 10_000 } as const

describe('the budget of a group', () => {
  test('[GP5] allows so many restarts, and the one after them is too many', async () => {
    await using tree = await together({ budget }, { a: { groups, delay, program: often }, b: { groups }, apart: {} })
    await tree.passes(60_000)
    expect(startsOf(tree, 'a')).toEqual([0, 200, 400, 600])
    expect(tree.statuses()).toEqual({ a: 'failed', b: 'failed', apart: 'running' })
    expect([tree.why('a'), tree.why('b')]).toEqual([
      ['budget-spent', 'exited'],
      ['budget-spent', 'exited'],
    ])
    expect(tree.process('b').state.reason).toMatchObject({ of: 'group', name: 'g', restarts: 4, period: 10_000 })
  })

  test('[GP5] counts the restarts of all members together, each fall once', async () => {
    const once = (after: number): Actor => ({ groups, delay, program: [exitsWith(1, { after }), {}] })
    const policy = { budget, strategy: 'one_for_all' } as const
    await using tree = await together(policy, { a: once(1000), b: { groups }, c: { groups }, d: { groups } })
    await tree.passes(60_000)
    expect(tree.statuses()).toEqual({ a: 'running', b: 'running', c: 'running', d: 'running' })
    await using other = await together({ budget }, { a: once(1000), b: once(2000), c: once(3000), d: once(4000) })
    await other.passes(3999)
    expect(other.statuses()).toEqual({ a: 'running', b: 'running', c: 'running', d: 'running' })
    await other.passes(100)
    expect(other.statuses()).toEqual({ a: 'failed', b: 'failed', c: 'failed', d: 'failed' })
  })

  test('[GP5] slides: what has left the period counts no more', async () => {
    const program = exitsWith(1, { after: 3300 })
    await using tree = await together({ budget }, { a: { groups, delay, program } })
    await tree.passes(600_000)
    expect(tree.status('a')).toBe('running')
    await using other = await together({ budget }, { a: { groups, delay, program: exitsWith(1, { after: 3000 }) } })
    await other.passes(60_000)
    expect([other.status('a'), startsOf(other, 'a').length]).toEqual(['failed', 4])
  })

  test('[GP5] an intensity of 0 allows none', async () => {
    await using tree = await together(
      { budget: { intensity: 0, period: 1 } },
      { a: { groups, program: often }, b: { groups } },
    )
    await tree.passes(5000)
    expect(tree.statuses()).toEqual({ a: 'failed', b: 'failed' })
  })

  test('[GP6] members that were stopped or are over stay so', async () => {
    await using tree = await together(
      { budget },
      {
        a: { groups, delay, program: often },
        b: { groups },
        done: { groups, oneshot: true, program: exitsWith(0) },
      },
    )
    await tree.stop('b')
    await tree.passes(5000)
    expect(tree.statuses()).toEqual({ a: 'failed', b: 'stopped', done: 'completed' })
  })

  test('[GP6] a member that waits, or is about to start, fails too', async () => {
    await using tree = await together(
      { budget: { intensity: 0, period: 1000 } },
      {
        slow: { ready: aReadiness(), program: { readyAfter: 10_000 } },
        waits: { groups, edges: [anEdge('slow')] },
        first: { groups, program: { spawnFails: 'ENOENT' } },
        last: { groups },
      },
    )
    await tree.passes(20_000)
    expect(tree.statuses()).toEqual({ slow: 'running', waits: 'failed', first: 'failed', last: 'failed' })
    expect(tree.simulation.host.living()).toEqual(['slow'])
  })

  test('[GP6] a person who starts a member begins with a new count', async () => {
    await using tree = await together({ budget }, { a: { groups, delay, program: often }, b: { groups } })
    await tree.passes(5000)
    await tree.start('a')
    await tree.passes(5000)
    expect(startsOf(tree, 'a')).toEqual([0, 200, 400, 600, 5000, 5200, 5400, 5600])
  })

  test('[GP6] where all hang from one process, that is restarted, once, and they come back with it', async () => {
    const program = [often, often, often, often, {}]
    await using tree = await together(
      { budget },
      {
        api: { delay },
        a: { parent: 'api', groups, delay, program },
        b: { parent: 'api', groups },
        beside: { parent: 'api' },
        apart: {},
      },
    )
    await tree.passes(60_000)
    expect(allStarts(tree)).toEqual({
      api: [0, 810],
      a: [0, 200, 400, 600, 810],
      b: [0, 810],
      beside: [0, 810],
      apart: [0],
    })
    expect(Object.values(tree.statuses())).toEqual(Array(5).fill('running'))
    expect(tree.process('api').restarts).toBe(1)
  })

  test('[GP6] the failure counts as one of what it hangs from, whose policy says what follows', async () => {
    const members = { a: { parent: 'api', groups, delay, program: often }, b: { parent: 'api', groups } }
    await using tree = await together({ budget }, { api: { restart: 'no' }, ...members })
    await tree.passes(60_000)
    expect(tree.statuses()).toEqual({ api: 'failed', a: 'blocked', b: 'blocked' })
    expect(tree.why('api')).toEqual(['not-restarted', 'failed-below', 'budget-spent', 'exited'])
    const startLimit = { burst: 3, interval: 600_000 }
    await using other = await together({ budget }, { api: { delay, startLimit }, ...members })
    await other.passes(60_000)
    expect([other.status('api'), startsOf(other, 'api').length, startsOf(other, 'a').length]).toEqual(['failed', 3, 12])
  })

  test('[GP6] where they hang from several, none of these is to blame', async () => {
    await using tree = await together(
      { budget },
      {
        x: {},
        y: {},
        a: { parent: 'x', groups, delay, program: often },
        b: { parent: 'y', groups },
      },
    )
    await tree.passes(60_000)
    expect(tree.statuses()).toEqual({ x: 'running', y: 'running', a: 'failed', b: 'failed' })
  })
})

describe('the budget of a tree', () => {
  const restartBudget: ProcessSpec['restartBudget'] = budget

  test('[GP7] is for the process and all that hangs from it; without a parent it fails, and they are blocked', async () => {
    await using tree = await aTree({
      root: { restartBudget },
      mid: { parent: 'root' },
      leaf: { parent: 'mid', delay, program: often },
      apart: {},
    })
    await tree.passes(60_000)
    expect(startsOf(tree, 'leaf')).toEqual([0, 200, 400, 600])
    expect(tree.statuses()).toEqual({ root: 'failed', mid: 'blocked', leaf: 'blocked', apart: 'running' })
    expect(tree.why('root')).toEqual(['budget-spent', 'exited'])
    await tree.start('root')
    await tree.passes(150)
    expect(tree.statuses()).toMatchObject({ root: 'running', mid: 'running' })
  })

  test('[GP7] counts the falls of the process itself', async () => {
    await using tree = await aTree({ root: { restartBudget, delay, program: often }, leaf: { parent: 'root' } })
    await tree.passes(60_000)
    expect([tree.statuses(), startsOf(tree, 'root').length]).toEqual([{ root: 'failed', leaf: 'blocked' }, 4])
  })

  test('[GP7] fails upward once: the parent is restarted, and all comes back with it', async () => {
    const program = [often, often, often, often, {}]
    await using tree = await aTree({
      top: { delay },
      root: { parent: 'top', restartBudget },
      leaf: { parent: 'root', delay, program },
      beside: { parent: 'top' },
    })
    await tree.passes(60_000)
    expect(allStarts(tree)).toMatchObject({ top: [0, 810], root: [0, 810], beside: [0, 810] })
    expect(startsOf(tree, 'leaf')).toHaveLength(5)
    expect(Object.values(tree.statuses())).toEqual(Array(4).fill('running'))
  })

  test('[GP7] a budget within a budget: the inner failure is one restart of the outer tree', async () => {
    await using tree = await aTree({
      top: { delay, restartBudget: { intensity: 2, period: 600_000 } },
      root: { parent: 'top', restartBudget },
      leaf: { parent: 'root', delay, program: often },
    })
    await tree.passes(60_000)
    expect([startsOf(tree, 'top').length, startsOf(tree, 'leaf').length]).toEqual([3, 12])
    expect(tree.statuses()).toEqual({ top: 'failed', root: 'blocked', leaf: 'blocked' })
    expect(tree.why('top')).toEqual(['budget-spent', 'failed-below', 'budget-spent', 'exited'])
  })

  test('[GP7] what falls in a tree with a budget of its own does not count further up', async () => {
    await using tree = await aTree({
      top: {
        delay,
        restartBudget: { intensity: 2, period: 600_000 },
        program: [often, exitsWith(1, { after: 5000 }), {}],
      },
      root: { parent: 'top', restartBudget },
      leaf: { parent: 'root', delay, program: [{}, often, often, often, {}] },
    })
    await tree.passes(60_000)
    expect(tree.statuses()).toEqual({ top: 'running', root: 'running', leaf: 'running' })
    expect(startsOf(tree, 'leaf')).toHaveLength(6)
  })

  test('[GP7] a parent that is over cannot fall once more: then those fail that can', async () => {
    const leaf = { parent: 'setup', delay, program: often }
    await using tree = await aTree({ setup: { oneshot: true, restartBudget, program: exitsWith(0) }, leaf })
    await tree.passes(60_000)
    expect(tree.statuses()).toEqual({ setup: 'completed', leaf: 'failed' })
    await using other = await aTree({
      setup: { oneshot: true, program: exitsWith(0) },
      leaf: { ...leaf, restartBudget },
    })
    await other.passes(60_000)
    expect([other.statuses(), startsOf(other, 'leaf').length]).toEqual([{ setup: 'completed', leaf: 'failed' }, 4])
  })

  test('[GP5] [GP7] [TB1] the count goes on under the next supervisor', async () => {
    await using tree = await aTree({ root: { restartBudget, delay, program: often } })
    await tree.passes(450)
    await tree.falls()
    await tree.passes(5000)
    expect([tree.status('root'), startsOf(tree, 'root').length]).toEqual(['failed', 4])
  })

  test("[GP5] [GP7] [FL1] the end of the host is nobody's fault, and is not counted", async () => {
    const flapDetection = { restarted: 0, countdown: 60_000, decrement: 0 }
    const blamed = { restartBudget: { intensity: 0, period: 60_000 }, flapDetection, startLimit: null }
    await using tree = await aTree({ web: blamed })
    const process = tree.process('web')
    const lost = afterTakingBack(process, tree.now, 'lost')
    expect(lost).toMatchObject({ state: { tag: 'delayed' }, falls: [], flap: { tag: 'counting', restarts: [] } })
    expect(lost.spec).toBe(process.spec)
  })
})
