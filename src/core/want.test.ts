import { describe, expect, test } from 'bun:test'
import { anEdge, aReadiness } from '../../test/sim/builders.ts'
import { diesBy, exitsWith } from '../../test/sim/habit.ts'
import { aTree } from '../../test/sim/tree.ts'

describe('the last intent wins', () => {
  test('[TR9] a stop ends a restart in flight', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 1000 } } })
    await tree.restart('web')
    await tree.stop('web')
    await tree.passes(5000)
    expect(tree.status('web')).toBe('stopped')
    expect(tree.process('web').runs).toBe(1)
  })

  test('[TR9] a start takes a stop back that is still under way', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 1000 } } })
    await tree.stop('web')
    await tree.start('web')
    await tree.passes(5000)
    expect(tree.status('web')).toBe('running')
    expect(tree.process('web').runs).toBe(2)
  })

  test('[TR9] a stop ends a delay, and nothing is spawned later', async () => {
    await using tree = await aTree({ web: { program: exitsWith(1) } })
    await tree.passes(50)
    expect(tree.status('web')).toBe('restarting')
    await tree.stop('web')
    expect(tree.status('web')).toBe('stopped')
    await tree.passes(60_000)
    expect(tree.process('web').runs).toBe(1)
  })

  test('[TR9] a stop ends a wait for a dependency', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness(), program: { readyAfter: 100 } },
      web: { edges: [anEdge('db')] },
    })
    await tree.stop('web')
    await tree.passes(5000)
    expect(tree.statuses()).toEqual({ db: 'running', web: 'stopped' })
  })

  test('[TR9] after any commands while it waits there is one live run', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness(), program: { readyAfter: 500 } },
      web: { edges: [anEdge('db')] },
    })
    await tree.stop('web')
    await tree.start('web')
    for (let i = 0; i < 3; i++) await tree.restart('web')
    await tree.passes(5000)
    expect(tree.status('web')).toBe('running')
    expect(tree.process('web').runs).toBe(1)
  })

  test('[TR9] a start brings back what would not be restarted, while it is still being cleaned up', async () => {
    const program = { ...exitsWith(1, { after: 100 }), children: [{ obeysAfter: 1000 }] }
    await using tree = await aTree({ web: { restart: 'no', program: [program, {}] } })
    await tree.passes(500)
    await tree.start('web')
    await tree.passes(1000)
    expect(tree.status('web')).toBe('running')
  })

  test('[TR9] a stop while it is being cleaned up is the end of it', async () => {
    const program = { ...exitsWith(1, { after: 100 }), children: [{ obeysAfter: 1000 }] }
    await using tree = await aTree({ web: { program } })
    await tree.passes(500)
    await tree.stop('web')
    await tree.passes(1000)
    expect(tree.status('web')).toBe('stopped')
    await tree.passes(60_000)
    expect(tree.process('web').runs).toBe(1)
  })

  test('[TR9] a start before anything has begun is kept', async () => {
    await using tree = await aTree({ web: { autostart: false } }, { begun: false })
    await tree.start('web')
    expect(tree.status('web')).toBe('queued')
    await tree.begin()
    expect(tree.status('web')).toBe('running')
  })

  test('[TR9] a start while everything ends starts nothing', async () => {
    await using tree = await aTree({ web: { program: { obeysAfter: 1000 } }, api: {} })
    await tree.signal('SIGTERM')
    await tree.start('api')
    await tree.passes(1000)
    expect(tree.statuses()).toEqual({ web: 'stopped', api: 'stopped' })
    expect(tree.code).toBe(0)
  })
})

describe('what a command clears', () => {
  test('[RS7] start clears the delay', async () => {
    await using tree = await aTree({ web: { program: exitsWith(1) } })
    await tree.passes(3500)
    expect(tree.process('web').streak).toBe(6)
    await tree.start('web')
    await tree.passes(0)
    expect(tree.process('web').state.reason).toMatchObject({ tag: 'delay', nth: 1, delay: 100 })
  })

  test("[RS7] restart clears procmon's delay", async () => {
    await using tree = await aTree({ web: { delay: { tag: 'procmon', rest: 10_000 }, program: exitsWith(1) } })
    await tree.passes(4000)
    await tree.restart('web')
    await tree.passes(0)
    expect(tree.process('web').state.reason).toMatchObject({ tag: 'delay', delay: 1000 })
  })

  test("[RS7] start clears the start limit's window", async () => {
    await using tree = await aTree({ web: { startLimit: { burst: 2, interval: 60_000 }, program: exitsWith(1) } })
    await tree.passes(1000)
    expect([tree.status('web'), tree.process('web').runs]).toEqual(['failed', 2])
    await tree.start('web')
    await tree.passes(1000)
    expect([tree.status('web'), tree.process('web').runs]).toEqual(['failed', 4])
  })

  test('[RS7] restart and a restart by us raise the counter by one, stop sets it to 0', async () => {
    await using tree = await aTree({ web: { program: [diesBy('SIGKILL', { after: 100 }), {}] } })
    await tree.passes(1000)
    expect(tree.process('web').restarts).toBe(1)
    await tree.restart('web')
    await tree.passes(1000)
    expect(tree.process('web').restarts).toBe(2)
    await tree.stop('web')
    expect(tree.process('web').restarts).toBe(0)
    await tree.passes(1000)
    await tree.start('web')
    expect(tree.process('web').restarts).toBe(0)
  })

  test('reset sets the counter to 0 and changes nothing else', async () => {
    await using tree = await aTree({ web: {} })
    await tree.restart('web')
    await tree.passes(1000)
    await tree.command('web', { tag: 'reset' })
    expect([tree.process('web').restarts, tree.status('web'), tree.process('web').runs]).toEqual([0, 'running', 2])
  })
})
