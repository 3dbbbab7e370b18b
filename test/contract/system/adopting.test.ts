// Runs of a daemon that was killed with -9, taken back by the next one.
import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { takeBack } from '../../../src/system/adopt.ts'
import { Census } from '../../../src/system/census.ts'
import { createNotifier } from '../../../src/system/notify/notifier.ts'
import { findMarked } from '../../../src/system/find-marked.ts'
import { exitOfPidfd, openPidfd } from '../../../src/system/libc.ts'
import type { AdoptOutcome } from '../../../src/system/ports.ts'
import { holdProcess } from '../../../src/system/process.ts'
import { descriptorsOf, environOf, isAlive, statOf, workingDirectoryOf } from '../../e2e/proc.ts'
import { program } from '../../programs/program.ts'
import { Earlier, heirs, Later } from './earlier.ts'
import { Host, sh, until } from './host.ts'

/** Obeys SIGTERM with an exit code of its own. */
const obedient = `trap 'exit 7' TERM; echo up=$$; while :; do sleep 0.02; done`
const lives = 'echo up=$$; exec sleep 1000000'
/** With a child in its group, one in a session of its own, and one below that which hides its marker. */
const family = `
  sleep 1000000 & echo child=$!
  setsid sh -c 'echo escaped=$$; env -i sleep 1000000 & echo hidden=$!; wait' &
  echo up=$$; exec sleep 1000000`
const unknown = { tag: 'ended', exit: { tag: 'unknown' }, left: 0 } as const

/** What `takeBack` needs of a spawner. */
const house = () => ({
  census: new Census(),
  notifier: createNotifier(),
  buried: { exitOf: () => null },
  log: () => undefined,
})

/** Whether this kernel tells how a process ended that another has reaped (Linux 6.15). */
async function tellsAfterwards(): Promise<boolean> {
  const child = Bun.spawn(['sh', '-c', 'read _; exit 3'], { stdio: ['pipe', 'ignore', 'ignore'] })
  using handle = holdProcess(child.pid)
  await child.stdin.end()
  await child.exited
  return exitOfPidfd(handle.pidfd) !== null
}

const afterwards = await tellsAfterwards()

describe.each(heirs)('orphans go to: %s', (heir) => {
  test('[TB1] [TB3] it goes on, gets its signals, and its end is told once, with its code', async () => {
    await using earlier = await Earlier.start(heir, obedient)
    await earlier.pidOf('up')
    await earlier.crash()
    await using later = new Later(earlier)
    expect(later.adopt()).toEqual({ tag: 'adopted' })
    expect(later.spawner.markerOf(earlier.one().ref)).toBe(earlier.one().marker)
    later.signal('SIGTERM')
    const told = await later.exited()
    expect(told.exit).toEqual(heir === 'one that reaps' && !afterwards ? { tag: 'unknown' } : { tag: 'code', code: 7 })
    await Bun.sleep(120)
    expect(later.news).toEqual([{ tag: 'exited', exit: told.exit, left: 0 }])
    expect(later.spawner.markerOf(earlier.one().ref)).toBeNull()
  })

  test('[TB3] an end is told within 100 ms, also a signal’s', async () => {
    await using earlier = await Earlier.start(heir, lives)
    await earlier.pidOf('up')
    await earlier.crash()
    await using later = new Later(earlier)
    later.adopt()
    const killed = performance.now()
    process.kill(earlier.one().pid, 'SIGKILL')
    while (later.news.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(performance.now() - killed).toBeLessThan(100)
    if (afterwards) expect((await later.exited()).exit).toEqual({ tag: 'signal', signal: 'SIGKILL' })
  })

  test('[TB1] [TB4] what is left is counted, killed wherever it is, and reported', async () => {
    await using earlier = await Earlier.start(heir, family)
    const pids = [await earlier.pidOf('child'), await earlier.pidOf('escaped'), await earlier.pidOf('hidden')]
    await until('the last hides', () => statOf(pids[2] ?? 0)?.comm === 'sleep')
    await earlier.crash()
    await using later = new Later(earlier)
    later.adopt()
    later.signal('SIGKILL', 'main')
    expect((await later.exited()).left).toBe(3)
    expect(pids.map(isAlive)).toEqual([true, true, true])
    later.signal('SIGKILL', 'everything')
    const { killed } = await later.gone()
    expect(pids.filter(isAlive)).toEqual([])
    expect(killed.map(({ pid }) => pid).toSorted((a, b) => a - b)).toEqual(pids.toSorted((a, b) => a - b))
  })

  test('[TB1] SIGKILL to everything leaves nobody, main process and escapees', async () => {
    await using earlier = await Earlier.start(heir, family)
    const pids = [await earlier.pidOf('up'), await earlier.pidOf('child'), await earlier.pidOf('escaped')]
    await earlier.pidOf('hidden')
    await earlier.crash()
    await using later = new Later(earlier)
    later.adopt()
    later.signal('SIGKILL', 'everything')
    await later.exited()
    await until('all are gone', () => !pids.some(isAlive))
    await until('it is over', () => later.news.some((one) => one.tag === 'gone' || (one.tag === 'exited' && one.left === 0))) // prettier-ignore
  })

  test('[TB1] who hid before a signal is known after its parents are gone', async () => {
    await using earlier = await Earlier.start(heir, family)
    const [escaped, hidden] = [await earlier.pidOf('escaped'), await earlier.pidOf('hidden')]
    await until('it hides', () => statOf(hidden)?.comm === 'sleep')
    await earlier.crash()
    await using later = new Later(earlier)
    later.adopt()
    later.signal('SIGCONT')
    process.kill(escaped, 'SIGKILL')
    await until('its parent is gone', () => !isAlive(escaped))
    process.kill(earlier.one().pid, 'SIGKILL')
    expect((await later.exited()).left).toBe(2)
    later.signal('SIGTERM')
    await later.gone()
    expect(isAlive(hidden)).toBe(false)
  })

  test('[TB4] of one that has ended meanwhile, who is left gets the signals', async () => {
    await using earlier = await Earlier.start(heir, family)
    const pids = [await earlier.pidOf('child'), await earlier.pidOf('escaped'), await earlier.pidOf('hidden')]
    await earlier.crash()
    process.kill(earlier.one().pid, 'SIGKILL')
    await until('it has ended', () => !isAlive(earlier.one().pid))
    await using later = new Later(earlier)
    const outcome = later.adopt()
    expect(outcome).toMatchObject({ tag: 'ended', left: 3 })
    if (heir !== 'one that reaps') expect(outcome).toMatchObject({ exit: { tag: 'signal', signal: 'SIGKILL' } })
    await Bun.sleep(150)
    expect(later.news).toEqual([])
    later.signal('SIGTERM')
    expect(await later.gone()).toEqual({ tag: 'gone', killed: [] })
    expect(pids.filter(isAlive)).toEqual([])
  })

  test('[TB4] of one of which nothing is left there is no news', async () => {
    await using earlier = await Earlier.start(heir, 'echo up=$$; read _ </dev/zero')
    await earlier.pidOf('up')
    await earlier.crash()
    process.kill(earlier.one().pid, 'SIGKILL')
    await until('it has ended', () => !isAlive(earlier.one().pid))
    await using later = new Later(earlier)
    expect(later.adopt()).toMatchObject({ tag: 'ended', left: 0 })
    later.signal('SIGKILL', 'everything')
    await Bun.sleep(150)
    expect([later.news, later.oddities]).toEqual([[], []])
    expect(later.spawner.markerOf(earlier.one().ref)).toBeNull()
  })

  test('[TB6] it is found by its marker', async () => {
    await using earlier = await Earlier.start(heir, family, lives)
    await earlier.pidOf('hidden')
    await earlier.crash()
    const byPid = (found: ReturnType<typeof findMarked>) => found.toSorted((a, b) => a.pid - b.pid)
    expect(byPid(findMarked(earlier.ownId))).toEqual(byPid(earlier.recorded))
    expect(findMarked(earlier.ownId.slice(0, -1))).toEqual([])
    process.kill(earlier.one().pid, 'SIGKILL')
    await until('it has ended', () => !isAlive(earlier.one().pid))
    const { startTime: _, ...rest } = earlier.one()
    expect(findMarked(earlier.ownId)).toContainEqual({ ...rest, startTime: 0 })
    await using later = new Later(earlier)
    expect(later.adopt(1, { startTime: 0 })).toMatchObject({ tag: 'ended', left: 3 })
  })
})

describe('[TB2] a stranger', () => {
  test('with another start time is left alone, with its group', async () => {
    await using earlier = await Earlier.start('one that reaps', family)
    await earlier.pidOf('hidden')
    await earlier.crash()
    await using later = new Later(earlier)
    // As if its pid had been given away: this group is another's, and what carries no marker of ours, too.
    const stranger = { startTime: earlier.one().startTime - 1, marker: `${earlier.ownId}/1.1/another` }
    expect(later.adopt(1, stranger)).toEqual(unknown)
    for (const scope of ['group', 'main', 'everything'] as const) later.signal('SIGKILL', scope)
    await Bun.sleep(150)
    expect(isAlive(earlier.one().pid)).toBe(true)
    expect(later.news).toEqual([])
  })

  test.each([
    ['with the marker of another run', { ...process.env, COPPICE_RUN: 'earlier/1.2/x' }],
    ['without a marker', { ...process.env, COPPICE_RUN: undefined }],
  ])('%s is left alone, though pid and start time fit', async (_, env) => {
    await using earlier = await Earlier.start('us', lives)
    await earlier.crash()
    const child = Bun.spawn(['sleep', '1000000'], { env, stdio: ['ignore', 'ignore', 'ignore'], detached: true })
    using handle = holdProcess(child.pid)
    await until('it is its program', () => environOf(child.pid).length > 0 && statOf(child.pid)?.comm === 'sleep')
    await using later = new Later(earlier)
    process.kill(earlier.one().pid, 'SIGKILL')
    await until('it has ended', () => !isAlive(earlier.one().pid))
    expect(later.adopt(1, { pid: child.pid, startTime: handle.startTime })).toEqual(unknown)
    later.signal('SIGKILL', 'everything')
    expect(isAlive(child.pid)).toBe(true)
    child.kill('SIGKILL')
    expect(await child.exited).toBe(137)
  })

  test('with another start time, though it shows no environment, is left alone', async () => {
    await using earlier = await Earlier.start('one that reaps', { command: program('forgets-itself') as [string] })
    await until('it has forgotten', () => earlier.output().includes('forgotten'))
    await earlier.crash()
    await using later = new Later(earlier)
    expect(later.adopt(1, { startTime: earlier.one().startTime + 1 })).toEqual(unknown)
    later.signal('SIGKILL', 'everything')
    expect(isAlive(earlier.one().pid)).toBe(true)
  })

  test('on a pid that is nobody’s', async () => {
    await using earlier = await Earlier.start('us')
    await using later = new Later(earlier)
    const { spec } = await aSpecOf(earlier)
    const ref = { process: 9, run: 9 }
    const order = { ref, spec, pid: 2 ** 22 - 1, startTime: 5, marker: 'x/9.9/y', news: () => undefined }
    expect(later.spawner.adopt(order)).toEqual(unknown)
  })
})

async function aSpecOf(earlier: Earlier) {
  writeFileSync(join(earlier.dir, '0.log'), '')
  const { specOf } = await import('../../programs/earlier-daemon.ts')
  return { spec: specOf({ command: ['true'], output: join(earlier.dir, '0.log') }, 9) }
}

describe('[TB2] the marker cannot be read', () => {
  test('a program that wrote a title over its environment is taken back', async () => {
    await using earlier = await Earlier.start('one that reaps', { command: program('forgets-itself') as [string] })
    await until('it has forgotten', () => earlier.output().includes('forgotten'))
    expect(environOf(earlier.one().pid).join('')).not.toContain('COPPICE_RUN')
    await earlier.crash()
    await using later = new Later(earlier)
    expect(later.adopt()).toEqual({ tag: 'adopted' })
  })

  test('one without it is taken back if it writes to its log, also when that was renamed, else not', async () => {
    const bare = 'exec env -i A=b sleep 1000000'
    await using earlier = await Earlier.start('one that reaps', bare, bare, `${bare} >/dev/null 2>&1`)
    const isBare = ({ pid }: { readonly pid: number }) => statOf(pid)?.comm === 'sleep' && environOf(pid).length === 1
    await until('they are their programs', () => earlier.recorded.every(isBare))
    const log = join(earlier.dir, '2.log')
    await Bun.$`mv ${log} ${`${log}.1`}`
    await earlier.crash()
    await using later = new Later(earlier)
    expect([1, 2, 3].map((index) => later.adopt(index))).toEqual([{ tag: 'adopted' }, { tag: 'adopted' }, unknown])
  })
})

describe.skipIf(process.getuid?.() !== 0)('root that may not look into the processes of others', () => {
  // CAP_PERFMON may read environments, too, on newer kernels; CAP_SYS_ADMIN is everything.
  const looking = '-sys_ptrace,-perfmon,-sys_admin'
  const without = ['setpriv', '--bounding-set', looking, '--inh-caps', looking]

  test.each([
    ['one that reaps', afterwards ? { tag: 'code', code: 7 } : { tag: 'unknown' }],
    ['one that waits', { tag: 'unknown' }],
  ] as const)('[TB2] [TB3] takes them back, and invents no exit code (orphans go to %s)', async (heir, exit) => {
    await using earlier = await Earlier.start(heir, { command: sh(obedient), user: 'daemon' })
    await earlier.pidOf('up')
    await earlier.crash()
    const script = `
      import { readEnvironment } from '${import.meta.dir}/../../../src/system/procfs.ts'
      import { createSpawner } from '${import.meta.dir}/../../../src/system/spawner.ts'
      const order = ${JSON.stringify(earlier.orderOf(1, []))}
      const hidden = readEnvironment(order.pid)
      const spawner = createSpawner({ ownId: 'x' })
      const news = (told) => { console.log(JSON.stringify({ hidden, outcome, told })); process.exit(0) }
      const outcome = spawner.adopt({ ...order, news })
      spawner.signal(order.ref, { signal: 'SIGTERM', scope: 'group' })
      setTimeout(() => process.exit(1), 5000)`
    const child = Bun.spawn([...without, process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const told = { tag: 'exited', exit, left: 0 }
    expect(JSON.parse(await child.stdout.text())).toEqual({ hidden: null, outcome: { tag: 'adopted' }, told })
  })
})

describe('it ends while it is taken back', () => {
  const whenOpened = async (act: (pid: number) => number): Promise<AdoptOutcome | 'adopted'> => {
    await using earlier = await Earlier.start('one that reaps', lives)
    await earlier.pidOf('up')
    await earlier.crash()
    const kill = (pid: number): void => {
      process.kill(pid, 'SIGKILL')
      while (statOf(pid) !== null) Bun.sleepSync(1)
    }
    const open = (pid: number): number => {
      if (act(pid) === 0) kill(pid)
      const pidfd = openPidfd(pid)
      if (act(pid) === 1) kill(pid)
      return pidfd
    }
    const { exit } = takeBack(earlier.orderOf(1, []), { ...house(), open })
    return exit === null ? 'adopted' : { tag: 'ended', exit, left: 0 }
  }

  test('[TB2] before it is held: it has ended', async () => {
    expect(await whenOpened(() => 0)).toEqual(unknown)
  })

  test('[TB2] after it is held, before it is looked at: it has ended', async () => {
    expect(await whenOpened(() => 1)).toEqual(unknown)
  })

  test('[TB3] without pidfds its end is seen as well', async () => {
    await using earlier = await Earlier.start('one that reaps', lives)
    await earlier.pidOf('up')
    await earlier.crash()
    const order = earlier.orderOf(1, [])
    const { run, exit } = takeBack(order, { ...house(), open: () => -38 })
    expect([exit, run.main.pidfd]).toEqual([null, -38])
  })
})

test('[TB5] a child that had ended and was reaped before it was taken back has its code', async () => {
  await using earlier = await Earlier.start('us', 'trap "exit 9" TERM; echo up=$$; while :; do sleep 0.02; done')
  await earlier.pidOf('up')
  await using later = new Later(earlier)
  await earlier.crash()
  process.kill(earlier.one().pid, 'SIGTERM')
  await until('it is reaped', () => statOf(earlier.one().pid) === null)
  expect(later.adopt()).toEqual({ tag: 'ended', exit: { tag: 'code', code: 9 }, left: 0 })
})

test('[TB5] no zombie stays of those that are ours now', async () => {
  await using earlier = await Earlier.start('us', ...Array.from({ length: 20 }, () => lives))
  await earlier.pidOf('up', 20)
  await earlier.crash()
  await using later = new Later(earlier)
  for (const index of earlier.recorded.keys()) later.adopt(index + 1)
  for (const { pid } of earlier.recorded) process.kill(pid, 'SIGKILL')
  await until('all ends are told', () => later.news.length === 20)
  expect(later.news).toEqual(
    later.news.map(() => ({ tag: 'exited', exit: { tag: 'signal', signal: 'SIGKILL' }, left: 0 })),
  )
  expect(earlier.recorded.map(({ pid }) => statOf(pid))).toEqual(earlier.recorded.map(() => null))
})

test('[TB1] [PR24] runs that were taken back leave nothing open', async () => {
  await using earlier = await Earlier.start('one that reaps', ...Array.from({ length: 10 }, () => family))
  await earlier.pidOf('hidden', 10)
  await earlier.crash()
  await using later = new Later(earlier)
  later.adopt(1)
  later.signal('SIGKILL', 'everything')
  await until('the first is over', () => later.news.length > 0)
  const before = descriptorsOf(process.pid).size
  for (let index = 2; index <= 10; index++) later.adopt(index)
  expect(descriptorsOf(process.pid).size).toBeGreaterThan(before)
  for (let index = 2; index <= 10; index++) later.signal('SIGKILL', 'everything', index)
  const isOver = (): boolean => later.news.filter((one) => one.tag === 'gone' || (one.tag === 'exited' && one.left === 0)).length === 10 // prettier-ignore
  await until('all are over', isOver)
  expect(descriptorsOf(process.pid).size).toBeLessThanOrEqual(before)
})

test('[TB7] a supervisor that ends without its processes harms none', async () => {
  await using earlier = await Earlier.start('one that waits', 'echo up=$$; i=0; while :; do i=$((i+1)); echo $i; sleep 0.02; done') // prettier-ignore
  await earlier.pidOf('up')
  const count = (): number => Number(earlier.output().trimEnd().split('\n').at(-1))
  await earlier.crash('SIGUSR1')
  const then = count()
  await until('it goes on writing', () => count() > then + 3)
  await using later = new Later(earlier)
  expect(later.adopt()).toEqual({ tag: 'adopted' })
})

test('[TB7] orphans are ours no longer after the last spawner is gone', async () => {
  const script = `
    import { Host } from '${import.meta.dir}/host.ts'
    import { statOf } from '${import.meta.dir}/../../e2e/proc.ts'
    const [host, other] = [new Host(), new Host()]
    const parentOfOrphan = async () => {
      const child = Bun.spawn(['sh', '-c', '(sleep 1 >/dev/null & echo $!)'], { stdio: ['ignore', 'pipe', 'inherit'] })
      const pid = Number(await child.stdout.text())
      await child.exited
      return statOf(pid)?.parent === process.pid
    }
    const told = [await parentOfOrphan()]
    await host[Symbol.asyncDispose]()
    told.push(await parentOfOrphan())
    await other[Symbol.asyncDispose]()
    told.push(await parentOfOrphan())
    console.log(JSON.stringify(told))
    process.exit(0)`
  const child = Bun.spawn([process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  expect(JSON.parse(await child.stdout.text())).toEqual([true, true, false])
})

test('[TB1] what is taken back and what is started live side by side', async () => {
  await using host = new Host()
  await using earlier = await Earlier.start('one that reaps', lives)
  await earlier.pidOf('up')
  await earlier.crash()
  await using later = new Later(earlier)
  later.adopt()
  const run = host.start({ command: sh('sleep 1000000 & exit 4') })
  expect(await run.exited()).toEqual({ tag: 'exited', exit: { tag: 'code', code: 4 }, left: 1 })
  expect(isAlive(earlier.one().pid)).toBe(true)
  process.kill(earlier.one().pid, 'SIGKILL')
  expect((await later.exited()).left).toBe(0)
})

describe('[TB8] a run that was taken back is heard', () => {
  /** Becomes ready when it is told to, by SIGUSR1. */
  const readyLater = `trap 'echo >&3; echo said=$$' USR1; echo up=$$; while :; do sleep 0.02; done`
  const ready = { tag: 'notified', message: { tag: 'ready' } } as const

  test.each(['SIGKILL', 'SIGUSR1'] as const)('by NOTIFY_FD, when the daemon ended by %s', async (signal) => {
    await using earlier = await Earlier.start('one that reaps', { command: sh(readyLater), ready: 'fd' }, { command: sh(readyLater), ready: 'fd' }) // prettier-ignore
    await earlier.pidOf('up')
    await earlier.pidOf('up', 2)
    await earlier.crash(signal)
    process.kill(earlier.one(2).pid, 'SIGUSR1')
    await earlier.pidOf('said', 2)
    await using later = new Later(earlier)
    later.adopt(2)
    expect(later.news).toEqual([])
    await until('what it said meanwhile is told', () => later.news.length > 0)
    later.adopt(1)
    await Bun.sleep(150)
    expect(later.news).toEqual([ready])
    process.kill(earlier.one().pid, 'SIGUSR1')
    await until('what it says now is told', () => later.news.length > 1)
    expect(later.news).toEqual([ready, ready])
  })

  test.each(['SIGKILL', 'SIGUSR1'] as const)('by NOTIFY_SOCKET, when the daemon ended by %s', async (signal) => {
    const command = program('notify-later', 'READY=1\nSTATUS=well') as [string]
    await using earlier = await Earlier.start('one that reaps', { command, ready: 'socket' })
    await until('it listens for its signal', () => earlier.output().includes('up'))
    await earlier.crash(signal)
    await using later = new Later(earlier)
    later.adopt()
    process.kill(earlier.one().pid, 'SIGUSR2')
    await until('it is heard', () => later.news.length > 1)
    expect(later.news).toEqual([ready, { tag: 'notified', message: { tag: 'status', text: 'well' } }])
    expect(later.oddities).toEqual([])
    const socket =
      environOf(earlier.one().pid)
        .find((entry) => entry.startsWith('NOTIFY_SOCKET='))
        ?.slice(14) ?? ''
    expect(statSync(socket).isSocket()).toBe(true)
    await later[Symbol.asyncDispose]()
    expect(existsSync(dirname(socket))).toBe(false)
  })

  test('but nothing of anybody else is touched for it', async () => {
    await using earlier = await Earlier.start('us', {
      command: ['/bin/sh', '-c', 'cd "$(dirname "$(readlink /proc/$$/fd/1)")"; export NOTIFY_SOCKET="$PWD/notify-aaaaaa/1.1-x"; exec "$@"', 'sh', ...program('notify-later', 'READY=1')], // prettier-ignore
      ready: 'socket',
    })
    await until('it listens for its signal', () => earlier.output().includes('up'))
    await earlier.crash()
    // A directory like ours, where we make none.
    const directory = join(workingDirectoryOf(earlier.one().pid), 'notify-aaaaaa')
    mkdirSync(directory, { mode: 0o711 })
    try {
      await using later = new Later(earlier)
      expect(later.adopt()).toEqual({ tag: 'adopted' })
      expect(readdirSync(directory)).toEqual([])
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
