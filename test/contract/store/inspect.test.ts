// What somebody sees of a state directory who only looks.
import { expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { inspect } from '../../../src/store/sqlite/inspect.ts'
import { StateDirectory } from './directory.ts'
import { aBatch, aProcess, stored } from './stored.ts'

/** All that is there but SQLite's list of readers: names, contents, modes and times. */
function everything(directory: StateDirectory): unknown {
  const names = directory.names().filter((name) => !name.endsWith('-shm'))
  return names.map((name) => {
    const { mode, mtimeMs, ino } = statSync(directory.file(name))
    return { name, mode, mtimeMs, ino, content: directory.read(name).toString('base64') }
  })
}

test('[DB17] looking sees what a daemon has recorded, and changes nothing, also while it works', () => {
  using directory = new StateDirectory()
  using store = directory.open()
  store.commit(aBatch({ processes: [stored(aProcess('web'))] }))
  const before = everything(directory)
  const { database, copy, content, damaged, version } = inspect(directory.path)
  expect(database).toMatchObject({ finding: { tag: 'sound', version } })
  expect(copy).toMatchObject({ finding: { tag: 'missing' }, size: null })
  expect(content?.processes.map(({ process }) => process.spec.name)).toEqual(['web'])
  expect(damaged).toEqual([])
  expect(everything(directory)).toEqual(before)
  expect(store.commit(aBatch({ processes: [stored(aProcess('db', { id: 2 }))] })).ok).toBe(true)
  expect(inspect(directory.path).content?.processes).toHaveLength(2)
})

test('[DB17] after a crash, after an end, and of what is damaged or not there', () => {
  using directory = new StateDirectory()
  expect(inspect(directory.path)).toMatchObject({ database: { finding: { tag: 'missing' } }, content: null })
  {
    using store = directory.open()
    store.commit(aBatch({ processes: [stored(aProcess('web'))] }))
  } // as a crash
  expect(inspect(directory.path).content).toMatchObject({ closedCleanly: false })
  directory.with(() => undefined)
  const ended = inspect(directory.path)
  expect(ended).toMatchObject({ content: { closedCleanly: true }, copy: { finding: { tag: 'sound' } } })
  directory.write('coppice.db', 'x'.repeat(4096))
  directory.write('coppice.db.damaged-2026-11-20T10-00-00.000Z-2', 'x')
  expect(inspect(directory.path)).toMatchObject({
    database: { finding: { tag: 'damaged' } },
    content: null,
    damaged: ['coppice.db.damaged-2026-11-20T10-00-00.000Z-2'],
  })
})

test('[DB17] [DB11] of a newer version the content is nobody’s to read', () => {
  using directory = new StateDirectory()
  directory.with(() => undefined)
  directory.meddle('PRAGMA user_version = 99')
  expect(inspect(directory.path)).toMatchObject({ database: { finding: { tag: 'sound', version: 99 } }, content: null })
})
