import { describe, expect, test } from 'bun:test'
import { anEdge, aReadiness } from '../../test/sim/builders.ts'
import { diesBy, exitsWith, ignoresTerm } from '../../test/sim/habit.ts'
import { aTree, type Tree } from '../../test/sim/tree.ts'
import { chainOf, explain, explainState } from './explain.ts'

function words(tree: Tree, name: string): string {
  return explainState(tree.process(name), tree.now)
}

describe('why a process is as it is, in a sentence', () => {
  test('what it waits for', async () => {
    await using tree = await aTree({
      db: { ready: aReadiness(), program: { readyAfter: 'never' } },
      web: { edges: [anEdge('db')] },
      api: { edges: [anEdge('nobody')] },
    })
    await tree.passes(10)
    expect(words(tree, 'web')).toStartWith('waits until db is ready (not ready: not yet)')
    expect(words(tree, 'api')).toBe('cannot start: nobody will not be ready (there is no such process)')
  })

  test('when it is tried again', async () => {
    await using tree = await aTree({ web: { program: exitsWith(1) }, api: { program: { spawnFails: 'ENOENT' } } })
    await tree.passes(40)
    expect(words(tree, 'web')).toBe('restarts after 100ms, since web exited with code 1 after 0ms; next try in 60ms')
    expect(words(tree, 'api')).toBe('could not be started: ENOENT: /bin/api; next try in 10s')
  })

  test('how far a stop has come, and what had to be killed', async () => {
    const program = { children: [{ ...ignoresTerm, escaped: true }] }
    await using tree = await aTree({ web: { stop: { timeout: 2000 }, program } })
    await tree.stop('web')
    await tree.passes(500)
    expect(words(tree, 'web')).toBe('going down (asked to test): signalled 500ms ago, SIGKILL in 1.5s')
    await tree.passes(2000)
    expect(words(tree, 'web')).toBe('asked to test; killed after 2s: 101 (child)')
  })

  test('[TR4] who is in the way: by name, or how many when they are many', async () => {
    const children = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`c${i}`, { parent: 'b', program: { obeysAfter: 3000 } }]),
    )
    await using tree = await aTree({
      a: { program: [diesBy('SIGKILL', { after: 100 }), {}] },
      web: { parent: 'a', program: { obeysAfter: 3000 } },
      b: { program: [diesBy('SIGKILL', { after: 100 }), {}] },
      ...children,
    })
    await tree.passes(1000)
    expect(words(tree, 'a')).toStartWith('waits until web is gone')
    expect(words(tree, 'b')).toStartWith('waits until its 30 dependents are gone')
  })

  test('the chain of causes goes back across processes, oldest first', async () => {
    await using tree = await aTree({
      db: { restart: 'no', program: diesBy('SIGSEGV', { after: 100 }) },
      web: { parent: 'db' },
    })
    await tree.passes(1000)
    expect(chainOf(tree.process('web').state.reason).map(explain)).toEqual([
      'db was killed by SIGSEGV after 100ms',
      'not restarted (restart: no)',
      'cannot start: db will not be ready (failed)',
    ])
  })
})
