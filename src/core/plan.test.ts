import { describe, expect, test } from 'bun:test'
import { anEdge, aReadiness } from '../../test/sim/builders.ts'
import { diesBy, exitsWith, ignoresTerm } from '../../test/sim/habit.ts'
import { aTree } from '../../test/sim/tree.ts'

describe('two runs', () => {
  test('[TR1] a slow stop delays the next start', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 3000 } } })
    await tree.restart('web')
    await tree.passes(2999)
    expect(tree.status('web')).toBe('restarting')
    await tree.passes(1)
    expect(tree.news()).toEqual([
      '0 web starts',
      '0 web gets SIGTERM',
      '3000 web was killed by SIGTERM',
      '3000 web starts',
    ])
  })

  test('[TR9] twenty restarts at once end in one live run', async () => {
    await using tree = await aTree({ web: {} })
    await Promise.all(Array.from({ length: 20 }, () => tree.restart('web')))
    await tree.passes(1000)
    expect(tree.news()).toEqual(['0 web starts', '0 web gets SIGTERM', '5 web was killed by SIGTERM', '5 web starts'])
    expect(tree.process('web').restarts).toBe(20)
  })
})

describe('the conditions of a start', () => {
  test('[TR2] started: its execve has succeeded', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness(), program: { readyAfter: 'never' } },
      web: { edges: [anEdge('db', { condition: 'started' })] },
    })
    expect(tree.status('web')).toBe('running')
  })

  test('[TR2] ready: its readiness check has passed', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness({ slowest: 50 }), program: { readyAfter: 300 } },
      web: { edges: [anEdge('db')] },
    })
    await tree.passes(300)
    expect(tree.statuses()).toEqual({ db: 'init', web: 'queued' })
    await tree.passes(100)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running' })
  })

  test('[TR2] completed: it has ended, well or badly, and is not restarted', async () => {
    await using tree = await aTree({
      load: { oneshot: true, program: exitsWith(3, { after: 100 }) },
      web: { edges: [anEdge('load', { condition: 'completed' })] },
    })
    expect(tree.status('web')).toBe('queued')
    await tree.passes(100)
    expect(tree.statuses()).toEqual({ load: 'failed', web: 'running' })
  })

  test('[TR2] completed_successfully: it has ended well', async () => {
    await using tree = await aTree({
      load: { oneshot: true, program: exitsWith(0, { after: 100 }) },
      seed: { oneshot: true, program: exitsWith(1, { after: 100 }) },
      web: { edges: [anEdge('load', { condition: 'completed_successfully' })] },
      api: { edges: [anEdge('seed', { condition: 'completed_successfully' })] },
    })
    await tree.passes(100)
    expect(tree.statuses()).toEqual({ load: 'completed', seed: 'failed', web: 'running', api: 'blocked' })
  })

  test('[TR2] a oneshot is ready when it has completed successfully', async () => {
    await using tree = await aTree({
      load: { oneshot: true, program: exitsWith(0, { after: 100 }) },
      web: { edges: [anEdge('load')] },
    })
    expect(tree.statuses()).toEqual({ load: 'running', web: 'queued' })
    await tree.passes(100)
    expect(tree.statuses()).toEqual({ load: 'completed', web: 'running' })
  })

  test('[TR2] what has several dependencies waits for the last of them', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness(), program: { readyAfter: 100 } },
      cache: { ready: aReadiness(), program: { readyAfter: 400 } },
      web: { edges: [anEdge('cache'), anEdge('db')] },
    })
    await tree.passes(250)
    expect(tree.process('web').state.reason).toMatchObject({ tag: 'waits-for', dependency: 'cache' })
    await tree.passes(500)
    expect(tree.status('web')).toBe('running')
  })
})

describe('parents', () => {
  const ready = aReadiness({ slowest: 50 })

  test('[TR3] a child starts only after its parent is ready in its present run', async () => {
    await using tree = await aTree({
      db: { ready, program: [{ ...diesBy('SIGKILL', { after: 500 }), readyAfter: 100 }, { readyAfter: 2000 }] },
      web: { parent: 'db' },
    })
    await tree.passes(500)
    expect(tree.news()).toContain('500 web gets SIGTERM')
    await tree.passes(2000)
    expect(tree.isReady('db')).toBe(false)
    expect(tree.news()).not.toContain('web starts')
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running' })
  })

  test('[TR3] [TR6] a dependency that is no parent may go down and come back, and nothing happens to the others', async () => {
    await using tree = await aTree({
      db: { program: [diesBy('SIGKILL', { after: 500 }), {}] },
      web: { edges: [anEdge('db')] },
    })
    const pid = tree.pid('web')
    await tree.passes(5000)
    expect(tree.process('db').runs).toBe(2)
    expect(tree.pid('web')).toBe(pid)
  })

  test('[TR6] on_exit: stop takes a dependent down and leaves it down', async () => {
    await using tree = await aTree({
      db: { program: [diesBy('SIGKILL', { after: 500 }), {}] },
      web: { edges: [anEdge('db', { onExit: 'stop' })] },
    })
    await tree.passes(5000)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'stopped' })
    expect(tree.why('web')).toEqual(['dependency-went-down', 'delay', 'exited'])
    await tree.start('web')
    expect(tree.status('web')).toBe('running')
  })

  test('[TR4] when a parent falls its subtree goes down, deepest first, and only then it comes back', async () => {
    await using tree = await aTree({
      a: { program: [diesBy('SIGKILL', { after: 100 }), {}] },
      b: { parent: 'a', program: { obeysAfter: 300 } },
      c: { parent: 'b', program: { obeysAfter: 200 } },
      d: { parent: 'b', program: { obeysAfter: 400 } },
    })
    tree.news()
    await tree.passes(1000)
    expect(tree.news()).toEqual([
      '100 a was killed by SIGKILL',
      '100 c gets SIGTERM',
      '100 d gets SIGTERM',
      '300 c was killed by SIGTERM',
      '500 d was killed by SIGTERM',
      '500 b gets SIGTERM',
      '800 b was killed by SIGTERM',
      '800 a starts',
      '800 b starts',
      '800 c starts',
      '800 d starts',
    ])
  })

  test('[TR4] a parent that lives gets its stop signal only when its subtree is gone', async () => {
    await using tree = await aTree({ a: {}, b: { parent: 'a', program: ignoresTerm }, c: { parent: 'b' } })
    tree.news()
    await tree.stop('a')
    await tree.passes(20_000)
    expect(tree.news()).toEqual([
      '0 c gets SIGTERM',
      '5 c was killed by SIGTERM',
      '5 b gets SIGTERM',
      '10005 b gets SIGKILL (everything)',
      '10005 b was killed by SIGKILL',
      '10005 a gets SIGTERM',
      '10010 a was killed by SIGTERM',
    ])
    expect(tree.statuses()).toEqual({ a: 'stopped', b: 'blocked', c: 'blocked' })
  })

  test('[TR5] what went down with its parent comes back without a delay of its own, and who is outside keeps its pid', async () => {
    await using tree = await aTree({
      a: {},
      b: { parent: 'a', program: [diesBy('SIGKILL', { after: 100 }), {}] },
      c: { parent: 'b' },
      d: {},
    })
    const pids = [tree.pid('a'), tree.pid('d')]
    tree.news()
    await tree.passes(1000)
    expect(tree.news()).toEqual([
      '100 b was killed by SIGKILL',
      '100 c gets SIGTERM',
      '105 c was killed by SIGTERM',
      '200 b starts',
      '200 c starts',
    ])
    expect([tree.pid('a'), tree.pid('d')]).toEqual(pids)
    expect(tree.process('c').restarts).toBe(1)
  })

  test('[TR4] while former dependents still live, it says which', async () => {
    await using tree = await aTree({
      a: { program: [diesBy('SIGKILL', { after: 100 }), {}] },
      b: { parent: 'a', program: { obeysAfter: 3000 } },
    })
    await tree.passes(1000)
    expect(tree.status('a')).toBe('queued')
    expect(tree.process('a').state.reason).toMatchObject({ tag: 'waits-for-dependents', names: ['b'], count: 1 })
  })
})

describe('blocked', () => {
  test('[TR7] by a dependency that does not exist', async () => {
    await using tree = await aTree({ web: { edges: [anEdge('nobody')] } })
    expect(tree.status('web')).toBe('blocked')
    expect(tree.process('web').state.reason).toMatchObject({ tag: 'never-satisfied', dependency: 'nobody' })
  })

  test('[TR7] by one that has failed for good, through all levels; it resolves by itself', async () => {
    await using tree = await aTree({
      db: { restart: 'no', program: [exitsWith(1, { after: 100 }), {}] },
      web: { parent: 'db' },
      edge: { parent: 'web' },
    })
    await tree.passes(200)
    expect(tree.statuses()).toEqual({ db: 'failed', web: 'blocked', edge: 'blocked' })
    expect(tree.why('edge')).toEqual(['never-satisfied', 'never-satisfied', 'not-restarted', 'exited'])
    await tree.start('db')
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running', edge: 'running' })
  })

  test('[TR7] a hopeless dependency is told before one that only needs patience', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness(), program: { readyAfter: 'never' } },
      load: { oneshot: true, program: exitsWith(1) },
      web: { edges: [anEdge('db'), anEdge('load')] },
    })
    expect(tree.process('web').state.reason).toMatchObject({ tag: 'never-satisfied', dependency: 'load' })
  })

  test('[TR7] only while nobody but a person can help: a dependency that is retried is waited for', async () => {
    await using tree = await aTree({
      db: { program: [{ spawnFails: 'ENOENT' }, {}] },
      web: { edges: [anEdge('db')] },
    })
    expect(tree.statuses()).toEqual({ db: 'failed', web: 'queued' })
    await tree.passes(10_000)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'running' })
  })
})
