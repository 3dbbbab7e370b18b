// Whatever is committed in whatever order, with whatever crashes in between: what is found is what was committed last.
import { expect, test } from 'bun:test'
import { array, assert, constantFrom, nat, oneof, property, record, tuple } from 'fast-check'
import { createMemoryDisk, createMemoryStore } from '../../../src/store/memory.ts'
import type { Batch, Store } from '../../../src/store/store.ts'
import { StateDirectory } from './directory.ts'
import { aBatch, aGroup, anEntry, aProcess, aRun, runningState, stored } from './stored.ts'

const groupNames = ['front', 'back'] as const

const process = tuple(nat(4), nat(3), array(constantFrom(...groupNames), { maxLength: 2 })).map(([id, run, groups]) => {
  const process = aProcess(`p${id}`, { id: id + 1, runs: run, spec: { groups: [...new Set(groups)] } })
  return run === 0 ? process : { ...process, state: runningState(aRun(run)) }
})

const batch = record({
  processes: array(process, { maxLength: 3 }),
  removed: array(nat(5), { maxLength: 2 }),
  groups: array(constantFrom(0, 1), { maxLength: 2 }),
  removedGroups: array(constantFrom(1, 2), { maxLength: 1 }),
  entries: nat(2),
}).map(({ processes, groups, entries, ...rest }): Batch => {
  const last = new Map(processes.map((process) => [process.id, stored(process)]))
  return aBatch({
    ...rest,
    processes: [...last.values()],
    groups: [...new Set(groups)].map((index) => aGroup(index + 1, groupNames[index] ?? '')),
    journal: Array.from({ length: entries }, (_, index) => anEntry({ run: index })),
  })
})

const deeds = array(oneof({ weight: 5, arbitrary: batch }, constantFrom('crash' as const, 'close' as const)), {
  maxLength: 12,
})

test('[DB2] sqlite keeps what memory keeps', () => {
  assert(
    property(deeds, (list) => {
      using directory = new StateDirectory()
      const disk = createMemoryDisk()
      let real = directory.open()
      let model = createMemoryStore({ disk })
      for (const deed of [...list, 'crash' as const]) {
        if (typeof deed === 'object') {
          expect(real.commit(deed)).toEqual(model.commit(deed))
          continue
        }
        for (const store of [real, model]) {
          if (deed === 'close') store.close()
          else store[Symbol.dispose]()
        }
        real = directory.open()
        model = createMemoryStore({ disk })
        expectSame(real, model)
        expectLinks(directory, real)
      }
      real[Symbol.dispose]()
    }),
    { numRuns: 60 },
  )
})

function expectSame(real: Store, model: Store): void {
  expect(real.found).toStrictEqual(model.found)
  expect(real.lastEntry).toBe(model.lastEntry)
  const all = { since: 0, process: null, limit: 1000 }
  expect(real.journal(all)).toStrictEqual(model.journal(all))
}

/** The links and the runs say what the processes say. */
function expectLinks(directory: StateDirectory, { found }: Store): void {
  const links = found.processes.flatMap(({ process: { id, spec } }) => {
    return found.groups
      .filter(({ name }) => spec.groups.includes(name))
      .map((group) => ({ process_id: id, group_id: group.id }))
  })
  expect(directory.ask('SELECT * FROM process_groups ORDER BY process_id, group_id')).toEqual(links)
  const live = found.processes.flatMap(({ process: { id, state } }) =>
    'run' in state ? [{ process_id: id, run: state.run.n }] : [],
  )
  expect(directory.ask('SELECT process_id, run FROM runs WHERE ended_at IS NULL ORDER BY process_id')).toEqual(live)
}
