import { expect, test } from 'bun:test'
import { aMonitor } from '../../test/sim/builders.ts'
import { diesBy, ignoresTerm } from '../../test/sim/habit.ts'
import { aTree, type Actor } from '../../test/sim/tree.ts'
import { entriesOf, toldEntry, type Entry } from './journal.ts'

/** A tree that has not begun, and what its journal has. */
async function aJournal(actors: Readonly<Record<string, Actor>>) {
  const tree = await aTree(actors, { begun: false })
  const entries: Entry[] = []
  tree.simulation.engine.subscribe((change) => entries.push(...entriesOf(change, tree.simulation.clock.wall())))
  return { tree, entries, of: (kind: Entry['kind']) => entries.filter((entry) => entry.kind === kind) }
}

test('[WH11] a transition is entered with its run, its exit, its reason and what led to that', async () => {
  const { tree, of } = await aJournal({
    db: { program: [diesBy('SIGSEGV', { after: 1000 }), {}] },
    web: { parent: 'db' },
  })
  await using _tree = tree
  await tree.begin()
  await tree.passes(1050)
  expect(of('status').slice(-3)).toMatchObject([
    {
      process: 'db',
      from: 'running',
      to: 'restarting',
      run: 1,
      pid: null,
      exit: { signal: 'SIGSEGV' },
      reason: 'restarts after 100ms',
      because: 'db was killed by SIGSEGV after 1s',
      by: null,
    },
    {
      process: 'web',
      to: 'restarting',
      reason: 'db, which it depends on, went down',
      because: 'db: restarts after 100ms',
    },
    { process: 'web', from: 'restarting', to: 'queued' },
  ])
})

test('[WH11] what an end had to kill is entered once, whatever comes after it', async () => {
  const sick = { ...ignoresTerm, sick: [[0, 9e9]] } as const
  const { tree, of } = await aJournal({
    web: { monitors: [aMonitor({ period: 1000 })], program: sick, stop: { timeout: 2000 } },
  })
  await using _tree = tree
  await tree.begin()
  await tree.passes(3050)
  expect(tree.status('web')).toBe('restarting')
  await tree.stop('web')
  expect(tree.process('web').aftermath).not.toBeNull()
  expect(of('killed')).toMatchObject([{ process: 'web', run: 1, reason: 'killed after 2s: 100 (/bin/web)' }])
})

test('[WH11] begin and end of the supervisor are entered, before and behind what comes of them', async () => {
  const { tree, entries, of } = await aJournal({ web: {} })
  await using _tree = tree
  await tree.begin()
  await tree.signal('SIGTERM')
  await tree.passes(1000)
  expect(of('supervisor').map(({ process, reason, by }) => ({ process, reason, by }))).toEqual([
    { process: null, reason: expect.stringMatching(/^coppice .* begins, pid \d+$/), by: 'test' },
    { process: null, reason: 'goes down: everything ends: SIGTERM', by: 'SIGTERM' },
    { process: null, reason: 'over, exit code 0', by: 'SIGTERM' },
  ])
  const words = entries.map(({ kind, to }) => to ?? kind)
  expect(words.at(0)).toBe('supervisor')
  expect(words.at(-1)).toBe('supervisor')
})

test('[WH11] a second signal that kills what is left is entered', async () => {
  const { tree, of } = await aJournal({ web: { program: ignoresTerm } })
  await using _tree = tree
  await tree.begin()
  await tree.signal('SIGTERM')
  await tree.passes(1000)
  await tree.signal('SIGTERM')
  expect(of('supervisor').map(({ reason }) => reason)).toContain('forced: SIGKILL to everything that is left')
})

test('[WH11] the turn of a special is entered', async () => {
  const trigger = { signal: 'SIGHUP', shutdown: true } as const
  const { tree, of } = await aJournal({ backup: { oneshot: true, autostart: false, trigger }, web: {} })
  await using _tree = tree
  await tree.begin()
  await tree.signal('SIGHUP')
  await tree.passes(100)
  const notes = of('note').filter(({ process }) => process === 'backup')
  expect(notes.map(({ reason }) => reason)).toEqual([
    'called by SIGHUP: everything goes down first',
    'everything is down: it runs now',
  ])
})

test('[WH11] a deletion is entered', async () => {
  const { tree, of } = await aJournal({ web: {} })
  await using _tree = tree
  await tree.begin()
  await tree.delete('web')
  await tree.passes(100)
  expect(of('status').at(-1)).toMatchObject({ process: 'web', to: null })
})

test('[WH10] what was told is an entry without a run', () => {
  expect(toldEntry({ process: null, kind: 'config', reason: 'read again', by: 'SIGHUP' }, 5)).toMatchObject({
    at: 5,
    process: null,
    kind: 'config',
    run: 0,
    reason: 'read again',
    by: 'SIGHUP',
  })
})
