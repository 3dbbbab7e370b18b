import { describe, expect, test } from 'bun:test'
import type { Finding } from '../../wire/doctor.ts'
import { findings } from './findings.ts'
import type { RecordFact, Snapshot } from './snapshot.ts'

const wall = Date.parse('2026-11-20T12:00:00Z')
const [home, state] = ['/h', '/h/state']

/** A host on which all is well and no daemon runs. */
const well: Snapshot = {
  wall,
  uid: 0,
  places: {
    home,
    config: '/h/config.yml',
    state,
    logs: '/h/logs',
    runtime: home,
    ups: '/h/up',
    socket: '/h/coppice.sock',
  },
  configuration: { file: null, processFile: null, problem: null, processProblem: null, warnings: [] },
  locks: [
    { path: '/h/lock', state: { tag: 'free', last: 7 }, command: null },
    { path: '/h/state/lock', state: { tag: 'free', last: 7 }, command: null },
  ],
  socket: { path: '/h/coppice.sock', tag: 'missing' },
  store: {
    database: { path: '/h/state/coppice.db', finding: { tag: 'sound', version: 1 }, size: 49_152, changed: wall },
    copy: { path: '/h/state/coppice.db.bak', finding: { tag: 'sound', version: 1 }, size: 49_152, changed: wall },
    damaged: [],
    content: { processes: [], groups: [], closedCleanly: true, unreadable: [] },
    version: 1,
  },
  access: [],
  runs: { from: 'database', records: [], marked: [] },
  host: {
    kernel: '6.18.0',
    noPidfd: null,
    tellsExits: true,
    noSubreaper: null,
    cgroup: { path: '/sys/fs/cgroup/x', isWritable: true },
    inotify: { instances: 128, watches: 65_536 },
    openFiles: { soft: 1024, hard: 524_288 },
    hidesProcesses: false,
    bootId: 'b',
  },
  service: { isOwnHome: true, hasSystemd: true, unit: null, isEnabled: false, keeper: null },
  disks: [{ what: 'state', path: state, free: 1e12, isReadOnly: false, hasFreeFiles: true }],
}

const supervisor = { version: '1', pid: 9, mode: 'daemon', file: null, started_at: '2026-11-20T11:00:00Z' }

/** The same, with a daemon that runs and answers. */
const running: Snapshot = {
  ...well,
  locks: well.locks.map((lock) => ({ ...lock, state: { tag: 'held', pid: 9 }, command: 'coppice daemon' })),
  socket: { path: '/h/coppice.sock', tag: 'answers', supervisor, processes: [] },
  runs: { from: 'daemon', records: [], marked: [] },
}

/** What is not well. */
function wrong(snapshot: Snapshot): Finding[] {
  return findings(snapshot).filter(({ verdict }) => verdict !== 'ok')
}

/** Of the one finding that there is. */
function only(snapshot: Snapshot): Finding {
  const [first, ...others] = wrong(snapshot)
  if (first === undefined || others.length > 0) throw new Error(JSON.stringify(wrong(snapshot)))
  return first
}

test('[DM64] where all is well there is nothing to do, with a daemon and without', () => {
  expect(wrong(well)).toEqual([])
  expect(wrong(running)).toEqual([])
})

describe('[DM64] lock and socket', () => {
  test('a socket that nobody listens at is stale only where nobody holds the lock', () => {
    const stale: Snapshot['socket'] = { path: '/h/coppice.sock', tag: 'refuses' }
    expect(only({ ...well, socket: stale })).toMatchObject({
      verdict: 'problem',
      fix: { tag: 'remove-socket', path: '/h/coppice.sock' },
    })
    expect(only({ ...running, socket: stale })).toMatchObject({ verdict: 'problem', fix: null })
  })

  test('a daemon without its socket, one that is silent, and two are told, and nothing is done to them', () => {
    const path = '/h/coppice.sock'
    const other = { path, tag: 'answers', supervisor: { ...supervisor, pid: 10 }, processes: [] } as const
    for (const socket of [{ path, tag: 'missing' }, { path, tag: 'silent', why: 'it hangs' }, other] as const) {
      const found = only({ ...running, socket })
      expect(found).toMatchObject({ check: 'socket', verdict: 'problem', fix: null })
      expect(found.remedy).not.toBeNull()
    }
    const [first, second] = running.locks
    const torn = [first, { ...second, state: { tag: 'free', last: 1 } }] as Snapshot['locks']
    expect(only({ ...running, locks: torn }).check).toBe('lock')
  })

  test('what the daemon itself says is wrong is a problem', () => {
    const alarmed = { ...supervisor, alarms: ['the state is not recorded: disk full'] }
    const socket = { path: '/h/coppice.sock', tag: 'answers', supervisor: alarmed, processes: [] } as const
    expect(only({ ...running, socket })).toMatchObject({ check: 'alarm', verdict: 'problem' })
  })
})

describe('[DM64] database and disks', () => {
  const withDatabase = (finding: Snapshot['store']['database']['finding']): Snapshot => ({
    ...well,
    store: { ...well.store, database: { ...well.store.database, finding } },
  })

  test.each([
    [{ tag: 'damaged', how: 'torn' }, 'takes the last good copy'],
    [{ tag: 'sound', version: 2 }, 'Install that coppice again'],
  ] as const)('%j', (finding, remedy) => {
    expect(only(withDatabase(finding))).toMatchObject({ verdict: 'problem', remedy: expect.stringContaining(remedy) })
  })

  test('one that is not there yet, or of an older version, is in order', () => {
    expect(wrong(withDatabase({ tag: 'missing' }))).toEqual([])
    expect(wrong({ ...withDatabase({ tag: 'sound', version: 1 }), store: { ...well.store, version: 2 } })).toEqual([])
  })

  test('a damaged one that lies around, and a copy that is old, are worth a look', () => {
    const damaged = ['coppice.db.damaged-2026-11-20T10-00-00.000Z']
    expect(only({ ...well, store: { ...well.store, damaged } }).found).toContain(damaged[0] ?? '')
    const copy = { ...well.store.copy, changed: wall - 3 * 86_400_000 }
    expect(only({ ...well, store: { ...well.store, copy } })).toMatchObject({ check: 'copy', verdict: 'warning' })
  })

  test.each([
    [{ free: 1e6 }, 'problem'],
    [{ free: 5e7 }, 'warning'],
    [{ isReadOnly: true }, 'problem'],
    [{ hasFreeFiles: false }, 'problem'],
  ] as const)('a disk that is %j is a %s', (change, verdict) => {
    const disks = well.disks.map((disk) => ({ ...disk, ...change }))
    expect(only({ ...well, disks })).toMatchObject({ check: 'disk', verdict })
  })
})

test('[DM64] modes and owners that are not those of the settings are set by who may', () => {
  const fact = { path: state, mode: 0o755, uid: 5, gid: 5, wanted: { mode: 0o700, uid: null, gid: null } }
  const fix = { tag: 'set-access', path: state, mode: 0o700, uid: null, gid: null }
  expect(only({ ...well, access: [fact] })).toMatchObject({ check: 'access', verdict: 'problem', fix })
  expect(only({ ...well, uid: 5, access: [fact] }).fix).not.toBeNull()
  expect(only({ ...well, uid: 6, access: [fact] }).fix).toBeNull()
  expect(wrong({ ...well, access: [{ ...fact, mode: 0o700 }] })).toEqual([])
})

describe('[DM64] runs', () => {
  const web: RecordFact = { id: 1, name: 'web', runs: 3, isBeginning: false, leaves: false, run: null }
  const member = { pid: 50, command: 'sleep' }
  const marked = (run: number, process = 1) => ({ marker: `o/${process}.${run}/x`, process, run, members: [member] })
  const withRuns = (
    records: readonly RecordFact[],
    runs: readonly ReturnType<typeof marked>[],
    from = well,
  ): Snapshot => ({
    ...from,
    runs: { ...from.runs, records, marked: runs },
  })

  test('a stranger on a recorded pid is told, and left alone', () => {
    const found = only(withRuns([{ ...web, run: { n: 3, pid: 50, is: 'stranger' } }], []))
    expect(found).toMatchObject({ verdict: 'warning', fix: null })
    expect(found.remedy).toContain('never signalled')
    expect(only(withRuns([{ ...web, run: { n: 3, pid: 50, is: 'gone' } }], [])).found).toContain('has ended while')
  })

  test('what nobody knows is an orphan, with a daemon and without', () => {
    const fix = { tag: 'end-run', marker: 'o/8.1/x', pids: [50] }
    for (const from of [well, running]) {
      expect(only(withRuns([web], [marked(1, 8)], from))).toMatchObject({ check: 'orphan', verdict: 'problem', fix })
    }
  })

  test('where nobody can be asked who is known, nobody is an orphan', () => {
    const silent = { ...withRuns([], [marked(1, 8)]), runs: { from: null, records: [], marked: [marked(1, 8)] } }
    expect(only(silent)).toMatchObject({ verdict: 'warning', fix: null })
  })

  test('what an earlier run has left behind is an orphan, unless it was left on purpose or a daemon sees to it', () => {
    expect(only(withRuns([web], [marked(2)]))).toMatchObject({ check: 'orphan', fix: { marker: 'o/1.2/x' } })
    expect(only(withRuns([web], [marked(3)]))).toMatchObject({ check: 'orphan' })
    expect(wrong(withRuns([{ ...web, leaves: true }], [marked(2)]))).toEqual([])
    expect(wrong(withRuns([web], [marked(2)], running))).toEqual([])
  })

  test('a run that could not be recorded is the next daemon’s, and so are those that are', () => {
    expect(only(withRuns([web], [marked(4)]))).toMatchObject({ verdict: 'warning', fix: null })
    expect(only(withRuns([{ ...web, isBeginning: true }], [marked(3)]))).toMatchObject({
      verdict: 'warning',
      fix: null,
    })
    const alive = { ...web, run: { n: 3, pid: 50, is: 'alive' as const } }
    expect(only(withRuns([alive], [marked(3)]))).toMatchObject({ verdict: 'warning', fix: null })
  })
})

test('[DM64] what the host lacks is a warning; the clock that was set back too', () => {
  const poor: Snapshot['host'] = {
    ...well.host,
    noPidfd: 'ENOSYS',
    tellsExits: false,
    noSubreaper: 'EINVAL',
    cgroup: null,
    bootId: null,
    inotify: { instances: 1, watches: 1 },
    openFiles: { soft: 256, hard: 256 },
  }
  const verdicts = new Set(wrong({ ...well, host: poor }).map(({ verdict }) => verdict))
  expect(verdicts).toEqual(new Set(['warning']))
  expect(wrong({ ...well, host: poor })).toHaveLength(5)
})

test('[DM64] who starts the daemon again, and with the host', () => {
  const daemons = { ...running.service, isOwnHome: false }
  expect(only({ ...running, service: { ...daemons, keeper: { tag: 'nobody' }, hasSystemd: false } }).check).toBe(
    'guard',
  )
  expect(only({ ...running, service: daemons }).remedy).toContain('coppice install')
  const unit = '/etc/systemd/system/coppice.service'
  expect(only({ ...running, service: { ...daemons, unit } }).remedy).toContain('systemctl enable')
  const service = { ...daemons, unit, isEnabled: true, keeper: { tag: 'guard', pid: 8 } } as const
  expect(wrong({ ...running, service })).toEqual([])
})

test('[DM64] settings and a process file with problems', () => {
  const { configuration } = well
  const found = only({ ...well, configuration: { ...configuration, problem: 'config.yml:1:1: no' } })
  expect(found).toMatchObject({ check: 'config', verdict: 'problem', found: 'config.yml:1:1: no' })
  const files = { ...configuration, processFile: '/p', processProblem: '/p:1:1: no', warnings: ['/p:2:1: hm'] }
  expect(wrong({ ...well, configuration: files }).map(({ verdict }) => verdict)).toEqual(['problem', 'warning'])
})
