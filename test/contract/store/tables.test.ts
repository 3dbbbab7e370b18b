// What an administrator finds who looks into the database, and into the directory.
import { expect, test } from 'bun:test'
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '../../../src/store/sqlite.ts'
import { StateDirectory } from './directory.ts'
import { aBatch, aGroup, aMoment, aProcess, aRun, runningState, stored } from './stored.ts'

const file = { tag: 'file', path: '/var/log/web.log' } as const

test('[DB13] a process has plain columns', () => {
  using directory = new StateDirectory()
  const first = aProcess('web', {
    spec: {
      command: ['/bin/web', '-p', '80'],
      identity: { user: 'www', group: null, umask: null, nice: null },
      output: { ...aProcess('x').spec.output, stdout: file },
      restart: 'no',
    },
  })
  {
    using store = directory.open({ statusOf: ({ state }) => `is ${state.tag}` })
    store.commit(aBatch({ processes: [stored(first)] }))
    const now = {
      ...first,
      runs: 3,
      restarts: 2,
      state: runningState(aRun(3)),
      exit: { tag: 'code', code: 1 } as const,
    }
    store.commit(aBatch({ wall: aMoment + 1000, processes: [stored(now)] }))
  }
  expect(directory.ask('SELECT * FROM processes')).toMatchObject([
    {
      id: 1,
      name: 'web',
      want: 'up',
      status: 'is running',
      pid: 1003,
      runs: 3,
      restarts: 2,
      exit: '1',
      process_file: '/bin/web',
      args: '-p 80',
      log: '/var/log/web.log',
      username: 'www',
      auto_restart: 0,
      created_at: '2026-08-01T12:00:00.000Z',
      updated_at: '2026-08-01T12:00:01.000Z',
    },
  ])
})

test('[DB13] a spec that changes is written, and its columns with it', () => {
  using directory = new StateDirectory()
  {
    using store = directory.open()
    store.commit(
      aBatch({ processes: [stored(aProcess('web', { spec: { groups: ['a'] } }))], groups: [aGroup(1, 'a')] }),
    )
    const spec = { command: ['/bin/other'] as const, groups: [] }
    store.commit(aBatch({ processes: [stored(aProcess('web', { spec }))] }))
  }
  expect(directory.ask('SELECT process_file FROM processes')).toEqual([{ process_file: '/bin/other' }])
  expect(directory.ask('SELECT * FROM process_groups')).toEqual([])
  using store = directory.open()
  expect(store.found.processes[0]?.process.spec.command).toEqual(['/bin/other'])
})

test('[DB13] runs are written with what tells them from strangers, and the last hundred are kept', () => {
  using directory = new StateDirectory()
  using store = directory.open()
  const base = aProcess('web')
  const commit = (n: number, part: 'lives' | 'dies'): void => {
    const state = part === 'lives' ? runningState(aRun(n)) : base.state
    const process = {
      ...base,
      runs: n,
      state,
      exit: part === 'dies' ? ({ tag: 'signal', signal: 'SIGKILL' } as const) : null,
    }
    store.commit(
      aBatch({ wall: aMoment + n * 1000, processes: [stored(process, { marker: part === 'lives' ? `m${n}` : null })] }),
    )
  }
  commit(1, 'lives')
  commit(1, 'lives')
  expect(directory.ask('SELECT * FROM runs')).toEqual([
    {
      process_id: 1,
      run: 1,
      pid: 1001,
      start_time: 5001,
      boot_id: 'boot-1',
      marker: 'm1',
      started_at: '2026-08-01T12:00:00.900Z',
      ended_at: null,
      exit: null,
    },
  ])
  commit(1, 'dies')
  commit(2, 'lives')
  expect(directory.ask('SELECT run, ended_at, exit FROM runs')).toEqual([
    { run: 1, ended_at: '2026-08-01T12:00:01.000Z', exit: 'SIGKILL' },
    { run: 2, ended_at: null, exit: null },
  ])
  for (let n = 3; n <= 150; n++) commit(n, 'lives')
  expect(directory.ask('SELECT min(run) AS first, count(*) AS count FROM runs')).toEqual([{ first: 51, count: 100 }])
  expect(directory.ask('SELECT run FROM runs WHERE ended_at IS NULL')).toEqual([{ run: 150 }])
  store.commit(aBatch({ removed: [1] }))
  expect(directory.ask('SELECT * FROM runs')).toEqual([])
})

test('[DB13] a run that was alive when the daemon was killed ends in the table with the next one', () => {
  using directory = new StateDirectory()
  const web = aProcess('web', { state: runningState(aRun(1)) })
  {
    using store = directory.open()
    store.commit(aBatch({ processes: [stored(web)] }))
  }
  using store = directory.open()
  const over = { ...web, state: aProcess('web').state, exit: { tag: 'unknown' } as const }
  store.commit(aBatch({ wall: aMoment + 5, processes: [stored(over)] }))
  expect(directory.ask('SELECT ended_at, exit FROM runs')).toEqual([
    { ended_at: '2026-08-01T12:00:00.005Z', exit: 'unknown' },
  ])
})

test('[DB13] processes are linked with the groups they name, whichever is there first', () => {
  using directory = new StateDirectory()
  using store = directory.open()
  const links = (): unknown[] =>
    directory
      .ask(
        `
      SELECT processes.name || ' in ' || groups.name AS link FROM process_groups
      JOIN processes ON processes.id = process_id JOIN groups ON groups.id = group_id ORDER BY link`,
      )
      .map((row) => row['link'])
  const db = stored(aProcess('db', { id: 2, spec: { groups: ['late'] } }))
  const web = stored(aProcess('web', { spec: { groups: ['front', 'late'] } }))
  store.commit(aBatch({ processes: [web, db], groups: [aGroup(1, 'front')] }))
  expect(links()).toEqual(['web in front'])
  store.commit(aBatch({ groups: [aGroup(2, 'late')] }))
  expect(links()).toEqual(['db in late', 'web in front', 'web in late'])
  store.commit(aBatch({ removedGroups: [1], removed: [2] }))
  expect(links()).toEqual(['web in late'])
})

test('[DB13] what is written by hand into the plain columns of a process changes nothing', () => {
  using directory = new StateDirectory()
  const web = aProcess('web', { state: runningState(aRun(1)), runs: 1 })
  directory.with((store) => store.commit(aBatch({ processes: [stored(web)] })))
  directory.meddle("UPDATE processes SET want = 'down', status = 'stopped', pid = 1, runs = 9, args = 'x', exit = '7'")
  using store = directory.open()
  expect(store.found.processes.map(({ process }) => process)).toEqual([web])
  expect(store.found.alarms).toEqual([])
})

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test('[DB1] the directory is made for its owner alone, the files too unless another mode is asked for', () => {
  using directory = new StateDirectory()
  const path = join(directory.path, 'var/lib/coppice')
  const before = process.umask(0)
  try {
    for (const [mode, shown] of [
      [undefined, '600'],
      [0o660, '660'],
      [0o600, '600'],
    ] as const) {
      const opened = openStore({ directory: path, now: () => aMoment, ...(mode === undefined ? {} : { mode }) })
      if (!opened.ok) throw new Error(opened.failure.message)
      opened.value.commit(aBatch())
      for (const name of ['coppice.db', 'coppice.db-wal', 'coppice.db-shm'])
        expect(modeOf(join(path, name))).toBe(shown)
      opened.value.close()
      expect(modeOf(join(path, 'coppice.db.bak'))).toBe(shown)
    }
  } finally {
    process.umask(before)
  }
  expect(modeOf(path)).toBe('700')
})

test('[DB1] where nothing can be written, it says what to look at', () => {
  using directory = new StateDirectory()
  directory.write('file', '')
  mkdirSync(directory.file('state/coppice.db'), { recursive: true })
  for (const path of ['file/below', 'state']) {
    const opened = openStore({ directory: directory.file(path) })
    expect(opened).toMatchObject({ ok: false, failure: { code: 'store-unwritable' } })
    if (!opened.ok) {
      expect(opened.failure.message).toContain(directory.file(path))
      expect(opened.failure.hint).toBeDefined()
    }
  }
})
