import { describe, expect, test } from 'bun:test'
import { anEdge, aReadiness } from '../../test/sim/builders.ts'
import { exitsWith, ignoresTerm } from '../../test/sim/habit.ts'
import { aTree } from '../../test/sim/tree.ts'

describe('the public word', () => {
  test('for what waits is queued, or blocked when it waits in vain', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness(), program: { readyAfter: 'never' } },
      web: { edges: [anEdge('db')] },
      api: { edges: [anEdge('nobody')] },
    })
    expect(tree.statuses()).toEqual({ db: 'init', web: 'queued', api: 'blocked' })
  })

  test('for what goes down is running, or restarting when it comes back', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm }, api: { program: ignoresTerm } })
    await tree.stop('web')
    await tree.restart('api')
    expect(tree.statuses()).toEqual({ web: 'running', api: 'restarting' })
  })

  test('for what goes down with everything is running', async () => {
    await using tree = await aTree({ web: { program: ignoresTerm } })
    await tree.signal('SIGTERM')
    expect(tree.status('web')).toBe('running')
  })

  test('for what is cleaned up and not restarted is running, not restarting', async () => {
    const program = { ...exitsWith(1), children: [ignoresTerm] }
    await using tree = await aTree({ web: { restart: 'no', program } })
    await tree.passes(0)
    expect(tree.status('web')).toBe('running')
  })
})

test('the time since a status has lasted begins with the status, not with what happens in it', async () => {
  await using tree = await aTree({ web: { program: ignoresTerm } })
  await tree.passes(1000)
  await tree.command('web', { tag: 'reset' })
  expect(tree.process('web').since).toBe(0)
  await tree.restart('web')
  expect(tree.process('web').since).toBe(1000)
  await tree.passes(500)
  await tree.restart('web', { force: true })
  expect(tree.process('web').since).toBe(1500)
})
