import { expect, test } from 'bun:test'
import { createMemoryDisk, createMemoryStore } from '../store/memory.ts'
import type { JournalEntry, Store } from '../store/store.ts'
import { failure, success } from '../lib/result.ts'
import { aTree } from '../../test/sim/tree.ts'
import { diesBy } from '../../test/sim/habit.ts'
import { openLedger, type Ledger } from './ledger.ts'
import { recording } from './recording.ts'

/** A ledger of what happens in a simulated tree, over this store. */
async function aLedger(
  store: Store,
  retry?: NonNullable<Parameters<typeof openLedger>[0]['retry']>,
): Promise<{ ledger: Ledger; tree: Awaited<ReturnType<typeof aTree>>; said: string[] }> {
  const said: string[] = []
  const tree = await aTree({ web: { program: diesBy('SIGSEGV', { after: 1000 }) }, db: {} })
  const { engine, clock, host } = tree.simulation
  const ledger = openLedger({
    store,
    clock,
    spawner: host,
    log: (text) => said.push(text),
    ...(retry === undefined ? {} : { retry }),
  })
  engine.subscribe((change) => {
    ledger.record({ at: clock.now(), dice: 0, event: { tag: 'tick' } }, change)
    ledger.flush()
  })
  return { ledger, tree, said }
}

test('[DB1] what changed in a step is in the store, with the marker of a live run', async () => {
  const disk = createMemoryDisk()
  const { tree } = await aLedger(createMemoryStore({ disk }))
  await using _tree = tree
  await tree.passes(1500)
  const web = [...disk.processes.values()].find(({ process }) => process.spec.name === 'web')
  expect(web?.process).toEqual(tree.process('web'))
  expect(web?.marker).not.toBeNull()
})

test('[AP48] the journal says what happened, and its readers hear it with the same number', async () => {
  const { tree, ledger } = await aLedger(createMemoryStore())
  await using _tree = tree
  const heard: JournalEntry[] = []
  ledger.subscribe((entry) => heard.push(entry))
  await tree.passes(1500)
  expect(heard.length).toBeGreaterThan(0)
  expect(ledger.journal({ since: 0, process: null }).slice(-heard.length)).toEqual(heard)
  expect(ledger.journal({ since: heard[0]?.id ?? 0, process: null })).toEqual(heard.slice(1))
})

test('[DB1] a store that fails is an alarm until it works again', async () => {
  const store = createMemoryStore()
  let isFull = false
  const commit: Store['commit'] = (batch) =>
    isFull ? failure('store-failed', 'the disk is full') : store.commit(batch)
  const { tree, ledger, said } = await aLedger({ ...store, commit })
  await using _tree = tree
  isFull = true
  await tree.passes(1500)
  expect(ledger.alarm?.message).toBe('the disk is full')
  expect(ledger.check()?.code).toBe('store-failed')
  expect(said).toEqual(['the state is not recorded: the disk is full'])
  isFull = false
  expect(ledger.check()).toBeNull()
  expect(said.at(-1)).toBe('the state is recorded again')
})

test('[DB4] what could not be recorded is tried again by itself until it is, and only then', async () => {
  const store = createMemoryStore()
  let isFull = false
  let again: (() => void) | null = null
  const commit: Store['commit'] = (batch) =>
    isFull ? failure('store-failed', 'the disk is full') : store.commit(batch)
  const retry: NonNullable<Parameters<typeof openLedger>[0]['retry']> = (act) => {
    again = act
    return { [Symbol.dispose]: () => void (again = null) }
  }
  const { tree, ledger, said } = await aLedger({ ...store, commit }, retry)
  await using _tree = tree
  using _ledger = ledger
  const tryAgain = (): void => again?.()
  expect(again).toBeNull()
  isFull = true
  await tree.passes(1500)
  tryAgain()
  expect(ledger.alarm?.message).toBe('the disk is full')
  isFull = false
  tryAgain()
  expect([ledger.alarm, again]).toEqual([null, null])
  expect(said).toEqual(['the state is not recorded: the disk is full', 'the state is recorded again'])
})

test('[DB16] an order that cannot be recorded is not obeyed; one that was not recorded in the end is told', () => {
  const full = failure('store-failed', 'the disk is full', 'Free some space.').failure
  const obey = () => success('obeyed')
  expect(recording({ check: () => null, alarm: null }, obey)).toEqual(success('obeyed'))
  let isObeyed = false
  const refused = recording({ check: () => full, alarm: full }, () => success((isObeyed = true)))
  expect(refused).toMatchObject({ failure: { code: 'store-failed', hint: 'Free some space.' } })
  expect(isObeyed).toBe(false)
  const late = recording({ check: () => null, alarm: full }, obey)
  expect(late).toMatchObject({ failure: { message: expect.stringContaining('It was done, but') } })
})

test('[DB1] an id that is given away in the same breath is that of the new process', async () => {
  const disk = createMemoryDisk()
  const { tree, ledger } = await aLedger(createMemoryStore({ disk }))
  await using _tree = tree
  const before = tree.simulation.engine.world
  const [old] = [...before.processes.values()]
  if (old === undefined) throw new Error('there is no process')
  const input = { at: 0, dice: 0, event: { tag: 'tick' } } as const
  const without = { ...before, processes: before.processes.set(old.id, undefined) }
  const renamed = { ...old, spec: { ...old.spec, name: 'other' } }
  ledger.record(input, { before, after: without, transitions: [] })
  ledger.record(input, {
    before: without,
    after: { ...without, processes: without.processes.set(old.id, renamed) },
    transitions: [],
  })
  ledger.flush()
  expect(disk.processes.get(old.id)?.process.spec.name).toBe('other')
})
