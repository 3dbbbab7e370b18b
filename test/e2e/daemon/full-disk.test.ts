// A disk that is full takes nobody down: what cannot be recorded is refused, and what happens is recorded later.
import { expect, test } from 'bun:test'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { isAlive } from '../proc.ts'
import { noSmallDisk, SmallDisk } from '../small-disk.ts'

const program = (name: string): string => join(import.meta.dir, '../../programs', name)

interface Status {
  readonly alarms: readonly string[]
}

/** A daemon whose state, and nothing else, lies on a small disk. */
async function onSmallDisk(): Promise<{ readonly daemon: Daemon; readonly disk: SmallDisk } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack()
  const disk = stack.use(new SmallDisk())
  const daemon = stack.use(await aDaemon({ files: { 'config.yml': `data:\n  directory: ${disk.path}\n` } }))
  const kept = stack.move()
  return { daemon, disk, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

async function alarmsOf(daemon: Daemon): Promise<string> {
  return (await daemon.json<Status>('status')).alarms.join('\n')
}

/** Kills what runs of it. @returns its next run */
async function killed(daemon: Daemon, name: string): Promise<ProcessView> {
  const { pid, run } = await daemon.until(name, 'running')
  process.kill(pid ?? 0, 'SIGKILL')
  return daemon.until(name, (view) => view.run > run && view.status === 'running')
}

/** Until something could not be recorded. */
async function filled(daemon: Daemon, disk: SmallDisk): Promise<void> {
  disk.fill()
  await daemon.fact('it says so', async () => {
    await killed(daemon, 'web')
    return (await alarmsOf(daemon)).includes('the state is not recorded')
  })
}

if (noSmallDisk !== null) console.warn(`not tested: a full disk (${noSmallDisk})`)

test.skipIf(noSmallDisk !== null)(
  '[DB4] [DB16] on a full disk processes go on, and what cannot be recorded is refused',
  async () => {
    await using place = await onSmallDisk()
    const { daemon, disk } = place
    for (const name of ['web', 'db']) {
      await daemon.json('exec', program('never-dies'), '--name', name)
      await daemon.until(name, 'running')
    }
    await filled(daemon, disk)
    const db = await daemon.view('db')
    const refusals = [
      ['stop', 'db'],
      ['exec', 'sleep', '--name', 'new', '--args', '1000'],
      ['group', 'create', 'g'],
      ['drop'],
    ].map(async (args) => daemon.cli(...args))
    for (const { code, stderr } of await Promise.all(refusals)) {
      expect(code).toBe(1)
      expect(stderr).toContain('Nothing was done: it could not be recorded')
      expect(stderr).toContain('Free some space on its disk.')
    }
    const answer = await fetch('http://coppice/v1/processes/db/stop', {
      method: 'POST',
      unix: join(daemon.home, 'coppice.sock'),
    })
    expect(answer.status).toBe(507)
    expect(await answer.json()).toMatchObject({ error: { code: 'store-failed' } })
    expect(await daemon.view('db')).toMatchObject({ pid: db.pid, status: 'running' })
    expect((await daemon.ls()).map(({ name }) => name)).toEqual(['web', 'db'])
    const doctor = await daemon.cli('doctor')
    expect(doctor.code).toBe(1)
    expect(doctor.stdout).toContain('what is done cannot be recorded')
    // A crash is dealt with as ever.
    const before = await daemon.view('web')
    const after = await killed(daemon, 'web')
    expect(after.restart_count).toBe(before.restart_count + 1)
  },
  60_000,
)

test.skipIf(noSmallDisk !== null)(
  '[DB4] when there is space again it is all recorded, by itself, and a later kill -9 finds it so',
  async () => {
    await using place = await onSmallDisk()
    const { daemon, disk } = place
    await daemon.json('exec', program('never-dies'), '--name', 'web')
    await filled(daemon, disk)
    await killed(daemon, 'web')
    const last = await killed(daemon, 'web')
    disk.free()
    // Nobody commands anything, and nothing happens.
    await daemon.fact('it is recorded again', () => daemon.stderr.includes('the state is recorded again'))
    expect(await alarmsOf(daemon)).toBe('')
    daemon.signal('SIGKILL')
    await daemon.ended()
    await daemon.start()
    const { pid, run, restart_count } = last
    expect(await daemon.view('web')).toMatchObject({ pid, run, restart_count, status: 'running' })
    expect((await daemon.cli('stop', 'web')).code).toBe(0)
    expect(isAlive(pid ?? 0)).toBe(false)
  },
  60_000,
)

test.skipIf(noSmallDisk !== null)(
  '[DB18] killed on a full disk, the daemon comes back, and there is still one of each',
  async () => {
    await using place = await onSmallDisk()
    const { daemon, disk } = place
    await daemon.json('exec', program('never-dies'), '--name', 'web')
    await filled(daemon, disk)
    const last = await killed(daemon, 'web')
    daemon.signal('SIGKILL')
    await daemon.ended()
    await daemon.start()
    const { pid, run } = last
    expect(await daemon.view('web')).toMatchObject({ pid, run, status: 'running' })
    expect(await alarmsOf(daemon)).toContain('the state is not recorded')
    disk.free()
    await daemon.fact('it is recorded', async () => (await alarmsOf(daemon)) === '')
    expect((await killed(daemon, 'web')).run).toBe(run + 1)
  },
  60_000,
)

test.skipIf(noSmallDisk !== null)(
  '[DB1] on a read-only disk the daemon does not start, and says what to look at',
  async () => {
    using disk = new SmallDisk({ readOnly: true })
    const files = { 'config.yml': `data:\n  directory: ${disk.path}\n` }
    await using daemon = await aDaemon({ files, starts: false })
    const { code, stderr } = await daemon.cli('daemon')
    expect(code).toBe(1)
    expect(stderr).toContain('read-only file system')
    expect(stderr).toContain(disk.path)
    const doctor = await daemon.cli('doctor')
    expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringContaining('is on a read-only file system')])
  },
  60_000,
)
