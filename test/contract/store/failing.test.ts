// What cannot be written is told, kept in mind, and written when it can be.
import { expect, test } from 'bun:test'
import { rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { openStore } from '../../../src/store/sqlite.ts'
import { StateDirectory } from './directory.ts'
import { aBatch, aGroup, aMoment, anEntry, aProcess, aRun, runningState, stored } from './stored.ts'

test('[DB4] what could not be written while somebody held the database goes with the next commit', () => {
  using directory = new StateDirectory()
  const [old, web] = [stored(aProcess('old', { id: 2 })), stored(aProcess('web', { state: runningState(aRun(4)) }))]
  {
    using store = directory.open()
    store.commit(aBatch({ processes: [stored(aProcess('web')), old], groups: [aGroup(1, 'a')] }))
    {
      using other = new DatabaseSync(directory.file('coppice.db'))
      other.exec('BEGIN IMMEDIATE')
      const refused = store.commit(
        aBatch({ processes: [stored(aProcess('web')), stored(aProcess('new', { id: 3 }))], journal: [anEntry()] }),
      )
      expect(refused).toMatchObject({ ok: false, failure: { code: 'store-failed' } })
      expect(!refused.ok && refused.failure.hint).toContain('Another program')
      const batch = aBatch({ removed: [2, 3], removedGroups: [1], processes: [web], journal: [anEntry({ run: 2 })] })
      expect(store.commit(batch).ok).toBe(false)
      expect(store.journal({ since: 0, process: 'web', limit: 9 }).map(({ id, run }) => [id, run])).toEqual([
        [1, 1],
        [2, 2],
      ])
      expect(directory.ask('SELECT name FROM processes ORDER BY id')).toEqual([{ name: 'web' }, { name: 'old' }])
    }
    expect(store.commit(aBatch({ journal: [anEntry({ run: 3 })] })).ok).toBe(true)
  }
  using store = directory.open()
  expect(store.found.processes.map(({ process }) => process)).toEqual([web.process])
  expect(store.found.groups).toEqual([])
  expect(store.journal({ since: 0, process: null, limit: 9 }).map(({ id, run }) => [id, run])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ])
  expect(directory.ask('SELECT run, pid, ended_at FROM runs')).toEqual([{ run: 4, pid: 1004, ended_at: null }])
})

test('[DB4] what could not be written is written when the store is closed', () => {
  using directory = new StateDirectory()
  const store = directory.open()
  {
    using other = new DatabaseSync(directory.file('coppice.db'))
    other.exec('BEGIN IMMEDIATE')
    store.commit(aBatch({ processes: [stored(aProcess('web'))] }))
  }
  store.close()
  using next = directory.open()
  expect(next.found.processes).toHaveLength(1)
})

test('a batch that no store could take is a bug, and does not spoil the next one', () => {
  using directory = new StateDirectory()
  using store = directory.open()
  const first = stored(aProcess('web'))
  expect(() => store.commit(aBatch({ processes: [first, stored(aProcess('web', { id: 2 }))] }))).toThrow('UNIQUE')
  expect(store.commit(aBatch({ processes: [first] })).ok).toBe(true)
  expect(directory.ask('SELECT id, name FROM processes')).toEqual([{ id: 1, name: 'web' }])
})

test('[DB4] while much waits, it is not all tried again with every step, but when somebody asks', () => {
  using directory = new StateDirectory()
  const entries = Array.from({ length: 101 }, (_, n) => anEntry({ run: n }))
  using store = directory.open()
  {
    using other = new DatabaseSync(directory.file('coppice.db'))
    other.exec('BEGIN IMMEDIATE')
    expect(store.commit(aBatch({ journal: entries })).ok).toBe(false)
  }
  const late = store.commit(aBatch({ journal: [anEntry({ run: 200 })] }))
  expect(late).toMatchObject({ ok: false, failure: { code: 'store-failed' } })
  expect(store.lastEntry).toBe(102)
  expect(store.commit(aBatch({})).ok).toBe(true)
  expect(directory.ask('SELECT count(*) AS n, max(run) AS last FROM journal')).toEqual([{ n: 102, last: 200 }])
  expect(store.commit(aBatch({ journal: [anEntry()] })).ok).toBe(true)
})

const tmpfs = ['mount', '-t', 'tmpfs', '-o', 'size=1m', 'none']

function succeeds(command: readonly string[]): boolean {
  return Bun.spawnSync([...command], { stdio: ['ignore', 'ignore', 'ignore'] }).exitCode === 0
}

/** Tried in a namespace of its own, which leaves nothing behind. */
const mayMount = succeeds(['unshare', '--mount', ...tmpfs, '/mnt'])

/** A state directory on a file system of 1 MB of its own. */
class SmallDisk extends StateDirectory {
  constructor() {
    super()
    if (!succeeds([...tmpfs, this.path])) throw new Error('cannot mount')
  }

  override [Symbol.dispose](): void {
    succeeds(['umount', '--lazy', this.path])
    super[Symbol.dispose]()
  }
}

test.skipIf(!mayMount)('[DB4] on a full disk it goes on, and catches up by itself when there is space again', () => {
  using directory = new SmallDisk()
  const ballast = directory.file('ballast')
  const web = (n: number) => stored(aProcess('web', { runs: n }))
  {
    const store = directory.open()
    store.commit(aBatch({ processes: [web(0)] }))
    fill(ballast)
    let n = 1
    while (store.commit(aBatch({ processes: [web(n)], journal: [anEntry({ run: n })] })).ok) n++
    const refused = store.commit(aBatch({ processes: [web(n + 1)], journal: [anEntry({ run: n + 1 })] }))
    expect(refused).toMatchObject({ ok: false, failure: { code: 'store-failed' } })
    expect(store.lastEntry).toBe(n + 1)
    // The next daemon comes while the disk is still full, after one that was killed and closed nothing.
    const next = openStore({ directory: directory.path, now: () => aMoment })
    if (!next.ok) throw new Error(next.failure.message)
    expect(next.value.found.processes.map(({ process }) => process.runs)).toEqual([n - 1])
    expect(next.value.found.alarms).toMatchObject([{ code: 'store-failed' }])
    expect(next.value.commit(aBatch({ processes: [web(100)] })).ok).toBe(false)
    rmSync(ballast)
    expect(next.value.commit(aBatch({ journal: [anEntry({ run: 100 })] })).ok).toBe(true)
    next.value[Symbol.dispose]()
    store[Symbol.dispose]()
  }
  using store = directory.open()
  expect(store.found.processes.map(({ process }) => process.runs)).toEqual([100])
  expect(store.found.closedCleanly).toBe(false)
})

test.skipIf(!mayMount)(
  '[DB16] who asks hears that there is no room for a command, although there is for a step',
  () => {
    using directory = new SmallDisk()
    const ballast = directory.file('ballast')
    using store = directory.open()
    store.commit(aBatch({ processes: [stored(aProcess('web'))] }))
    fill(ballast)
    truncateSync(ballast, statSync(ballast).size - 16_384)
    expect(store.commit(aBatch({}))).toMatchObject({ ok: false, failure: { code: 'store-failed' } })
    expect(store.commit(aBatch({ groups: [aGroup(1, 'a')] })).ok).toBe(true)
    rmSync(ballast)
    expect(store.commit(aBatch({})).ok).toBe(true)
  },
)

test.skipIf(!mayMount)('[DB9] a copy that cannot be made leaves the last one as it is, and is told', () => {
  using directory = new SmallDisk()
  directory.with((store) => store.commit(aBatch({ processes: [stored(aProcess('web'))] })))
  const copy = directory.read('coppice.db.bak')
  const alarms: string[] = []
  const store = directory.open({ onAlarm: ({ code }) => alarms.push(code) })
  const ballast = directory.file('ballast')
  fill(ballast)
  truncateSync(ballast, statSync(ballast).size - 32_768)
  store.close()
  expect(alarms).toEqual(['store-copy-failed'])
  expect(directory.read('coppice.db.bak')).toEqual(copy)
  expect(directory.names()).not.toContain('coppice.db.bak.new')
})

/** Takes what is left of the disk. */
function fill(path: string): void {
  try {
    for (let blocks = ''; ; blocks += 'x'.repeat(4096)) writeFileSync(path, blocks)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
  expect(statSync(path).size).toBeGreaterThan(0)
}
