// The daemon's program is replaced in place: pids, ends and requests go on as if nothing had happened.
import { expect, test } from 'bun:test'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { EventView } from '../../../src/wire/declare.ts'
import type { ProcessView } from '../../../src/wire/process.ts'
import type { ReplaceAnswer } from '../../../src/wire/replace.ts'
import type { SupervisorView } from '../../../src/wire/routes.ts'
import { createClient } from '../../../src/client/client.ts'
import { openDatagramSocket, receiveDatagram } from '../../../src/system/libc.ts'
import { program } from '../../programs/program.ts'
import { binary } from '../binary.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { underLoad } from '../replacing.ts'

function supervisorOf(daemon: Daemon): Promise<SupervisorView> {
  return fetch('http://coppice/v1/supervisor', { unix: join(daemon.home, 'coppice.sock') }).then(
    async (answer) => (await answer.json()) as SupervisorView,
  )
}

/** Twelve that live, and eight that die all the time, each with a code of its own. */
async function aCrowd(): Promise<Daemon> {
  const processes = {
    ...Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`lives-${n}`, { command: program('never-dies') }])),
    ...Object.fromEntries(
      Array.from({ length: 8 }, (_, n) => [
        `dies-${n}`,
        {
          command: program('exits', 20 + n, `0.${1 + (n % 3)}`),
          env: { MARK: `dies-${n}` },
          backoff: { initial: '20ms', max: '20ms', jitter: 0 },
        },
      ]),
    ),
  }
  const daemon = await aDaemon({ files: { 'tree.json': JSON.stringify({ processes }) } })
  expect((await daemon.cli('apply', 'tree.json', '--no-wait', '--yes')).code).toBe(0)
  return daemon
}

test('[DM40] [DM42] [DM43] [CL80] ten times under load: nobody is turned away, no end is missed, no pid changes', async () => {
  await using daemon = await aCrowd()
  for (let n = 0; n < 12; n++) await daemon.until(`lives-${n}`, 'running')
  const pids = async (): Promise<(number | null)[]> => {
    const views = await daemon.ls()
    return views.filter(({ name }) => /^lives-[0-8]$/.test(name)).map(({ pid }) => pid)
  }
  const before = { pids: await pids(), supervisor: await supervisorOf(daemon) }
  await using journal = followed(daemon)
  const { refused, replaced, calls } = await underLoad(daemon, {
    times: 10,
    calls: [
      ['ls'],
      ['restart', 'lives-9'],
      ['restart', 'lives-10', 'lives-11', '--timeout', '20s'],
      ['desc', 'lives-0'],
    ],
  })
  expect(refused).toEqual([])
  expect(replaced).toBe(10)
  expect(calls).toBeGreaterThan(20)
  const after = await supervisorOf(daemon)
  expect(after).toMatchObject({ ...before.supervisor, replaced: 10 })
  expect(await pids()).toEqual(before.pids)
  for (let n = 0; n < 8; n++) await daemon.json('stop', `dies-${n}`)
  const last = (await journalOf(daemon)).at(-1)?.id
  await daemon.fact('the whole journal is seen', () => journal.events.at(-1)?.id === last)
  const { events } = journal
  for (let n = 0; n < 8; n++) {
    const { run } = await daemon.view(`dies-${n}`)
    // Of every run that the program itself saw to its end, the daemon knows the code.
    const ends = daemon.marks(`dies-${n}`, 'exit').length
    expect(ends).toBeGreaterThan(2)
    const told = new Set(
      events
        .filter(({ process, exit }) => process === `dies-${n}` && codeIn(exit) === 20 + n)
        .map((event) => event.run),
    )
    expect({ n, told: told.size }).toEqual({ n, told: ends })
    expect(run - ends).toBeLessThanOrEqual(1)
    // The last may have been stopped before it came to say that it had begun.
    expect([run, run - 1]).toContain(daemon.marks(`dies-${n}`, 'start').length)
  }
  expect(daemon.stderr).not.toContain('bug in coppice')
}, 60_000)

test('[CL80] [AP60] a restart that is waited for is done once, and waited for to its end', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', program('slow-term')[0] ?? '', '--name', 'slow', '--env-vars', 'MARK=slow', '--', '0.6')
  await daemon.mark('slow', 'start')
  const restart = daemon.json<ProcessView>('restart', 'slow')
  await daemon.mark('slow', 'term')
  await daemon.json('daemon', 'reload-binary')
  expect(daemon.marks('slow', 'exit')).toHaveLength(0)
  const { pid, status, restart_count } = await restart
  expect({ status, restart_count }).toEqual({ status: 'running', restart_count: 1 })
  const started = await daemon.mark('slow', 'start', 2)
  expect(started.pid).toBe(pid ?? 0)
  expect(daemon.marks('slow', 'term')).toHaveLength(1)
})

test('[CL80] who follows the journal misses nothing', async () => {
  await using daemon = await aDaemon()
  await using following = followed(daemon)
  const { events: seen } = following
  for (let n = 0; n < 4; n++) {
    await daemon.json('exec', 'sleep', '--name', `p${n}`, '--args', '1000')
    await daemon.json('daemon', 'reload-binary')
  }
  const journal = await journalOf(daemon)
  expect(journal.filter(({ to }) => to === 'running')).toHaveLength(4)
  await daemon.fact('the last is seen', () => seen.at(-1)?.id === journal.at(-1)?.id)
  expect(seen).toEqual(journal)
})

test('[CL80] [AP62] who follows a log sees every line once', async () => {
  await using daemon = await aDaemon()
  const count = 'n=0; while :; do n=$((n + 1)); echo line $n; sleep 0.002; done'
  await daemon.json('exec', 'sh', '--name', 'counts', '--', '-c', count)
  await daemon.until('counts', 'running')
  const following = Bun.spawn([binary, 'logf', 'counts', '-n', '3'], {
    env: { PATH: process.env['PATH'] ?? '', HOME: daemon.dir, COPPICE_HOME: daemon.home },
    stdio: ['ignore', Bun.file(join(daemon.dir, 'followed')), 'inherit'],
  })
  const lines = (): number[] => {
    const text = readFileSync(join(daemon.dir, 'followed'), 'utf8')
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => Number(line.slice('line '.length)))
  }
  await daemon.fact('it follows', () => existsSync(join(daemon.dir, 'followed')) && lines().length > 0)
  for (let n = 0; n < 5; n++) {
    await daemon.json('daemon', 'reload-binary')
    const seen = lines().length
    await daemon.fact('it goes on', () => lines().length > seen)
  }
  const [first = 0] = lines()
  expect(lines()).toEqual(lines().map((_, index) => first + index))
  following.kill('SIGINT')
  await following.exited
})

test('[DM43] what processes say meanwhile is heard', async () => {
  await using daemon = await aDaemon()
  const processes = Object.fromEntries(
    Array.from({ length: 8 }, (_, n) => [
      `says-${n}`,
      { command: program('notify-socket', `0.${n + 1}`), ready: 'notify:socket', env: { MARK: `says-${n}` } },
    ]),
  )
  daemon.write('tree.json', JSON.stringify({ processes }))
  expect((await daemon.cli('apply', 'tree.json', '--no-wait', '--yes')).code).toBe(0)
  const hasSpoken = (): boolean => daemon.marks().filter(({ what }) => what === 'sent READY=1').length === 8
  while (!hasSpoken()) await daemon.json('daemon', 'reload-binary')
  for (let n = 0; n < 8; n++) expect(await daemon.until(`says-${n}`, (view) => view.ready)).toMatchObject({ run: 1 })
}, 30_000)

test('[DM41] what cannot take over is refused, and nothing happens', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'web', '--args', '1000')
  const { pid } = await daemon.view('web')
  const script = (name: string, text: string): string => {
    const path = daemon.write(name, `#!/bin/sh\n${text}\n`)
    chmodSync(path, 0o755)
    return path
  }
  writeFileSync(join(daemon.dir, 'plain'), '')
  const cases = [
    ['/no/such/program', 'no such file'],
    [join(daemon.dir, 'plain'), 'cannot be run'],
    [script('fails', 'exit 3'), 'ended with code 3'],
    [script('silent', 'exec sleep 1000'), 'not answered within 2s'],
    [script('strange', 'echo 1.0'), 'no coppice'],
    [script('old', `echo '{"version":"0.0.1","state":0}'`), 'too old'],
  ] as const
  for (const [executable, why] of cases) {
    const { code, stderr } = await daemon.cli('daemon', 'reload-binary', '--executable', executable)
    expect({ executable, code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(why) })
  }
  daemon.write('config.yml', 'log_level: [\n')
  const bad = await daemon.cli('daemon', 'reload-binary')
  expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining('config.yml:2:1')])
  expect(await supervisorOf(daemon)).toMatchObject({ replaced: 0 })
  expect(await daemon.view('web')).toMatchObject({ pid, status: 'running' })
}, 30_000)

test('[DM44] where the exec itself fails, it goes on as before', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', 'sleep', '--name', 'web', '--args', '1000')
  const { pid } = await daemon.view('web')
  // It says all that is wanted of it, and is gone when it is to be run.
  const path = daemon.write('vanishes', `#!/bin/sh\nrm "$0"\necho '{"version":"9","state":99}'\n`)
  chmodSync(path, 0o755)
  const { code, stderr } = await daemon.cli('daemon', 'reload-binary', '--executable', path)
  expect([code, stderr]).toEqual([1, expect.stringContaining('no such file')])
  expect(await daemon.view('web')).toMatchObject({ pid, status: 'running' })
  await daemon.json('daemon', 'reload-binary')
  expect((await daemon.json<ProcessView>('restart', 'web')).pid).not.toBe(pid)
  expect(await supervisorOf(daemon)).toMatchObject({ replaced: 1 })
})

test('[DM41] the path that it was started from leads to another program by now', async () => {
  await using daemon = await aDaemon({ starts: false })
  const link = join(daemon.dir, 'coppice')
  symlinkSync(binary, link)
  const started = Bun.spawn([link, 'daemon'], {
    cwd: daemon.dir,
    env: { PATH: process.env['PATH'] ?? '', HOME: daemon.dir, COPPICE_HOME: daemon.home },
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  try {
    await daemon.fact('it answers', async () => (await daemon.cli('ls')).code === 0)
    copyFileSync(binary, join(daemon.dir, 'newer'))
    unlinkSync(link)
    symlinkSync(join(daemon.dir, 'newer'), link)
    const answer = await daemon.json<ReplaceAnswer>('daemon', 'reload-binary')
    expect(answer).toMatchObject({ pid: started.pid, executable: link })
    const exe = Bun.spawnSync(['readlink', `/proc/${started.pid}/exe`])
      .stdout.toString()
      .trim()
    expect(exe).toBe(join(daemon.dir, 'newer'))
  } finally {
    started.kill('SIGTERM')
    await started.exited
  }
})

test('[DM45] nobody else may ask for it', async () => {
  if (process.getuid?.() !== 0) return
  await using daemon = await aDaemon({ files: { 'config.yml': 'message_queue:\n  file_mode: 0666\n' } })
  Bun.spawnSync(['chmod', '0755', daemon.home, daemon.dir])
  const socket = join(daemon.home, 'coppice.sock')
  const curl = ['curl', '-s', '--unix-socket', socket, '-d', '{}', 'http://x/v1/supervisor/reload-binary']
  const asked = Bun.spawnSync(['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...curl])
  expect(asked.stdout.toString()).toContain('"forbidden"')
  expect(await supervisorOf(daemon)).toMatchObject({ replaced: 0 })
})

test('[DM46] signals that come meanwhile do not end it, and the last one is obeyed', async () => {
  await using daemon = await aDaemon()
  const script = `while kill -USR1 ${daemon.pid} 2>/dev/null; do sleep 0.001; done`
  const flood = Bun.spawn(['sh', '-c', script], { stdio: ['ignore', 'ignore', 'ignore'] })
  for (let n = 0; n < 5; n++) await daemon.json('daemon', 'reload-binary')
  flood.kill()
  await flood.exited
  // What comes in the midst of it is obeyed by the next program.
  const replaced = daemon.cli('daemon', 'reload-binary')
  await daemon.fact('it gives way', () => daemon.stderr.split('gives way').length === 7)
  daemon.signal('SIGTERM')
  expect(await daemon.ended()).toBe(0)
  await replaced
})

test('[DM46] [DM22] a service manager hears of a reload, also from the next program', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-notify-'))
  await using daemon = await aDaemon({ starts: false, env: { NOTIFY_SOCKET: join(dir, 'notify') } })
  const descriptor = openDatagramSocket(join(dir, 'notify'))
  const said: string[] = []
  const hear = (): string[] => {
    for (;;) {
      const datagram = receiveDatagram(descriptor)
      if (typeof datagram === 'number') return said
      said.push(datagram.text.split(/[=\n]/, 1)[0] ?? '')
    }
  }
  await daemon.start()
  await daemon.json('daemon', 'reload-binary')
  await daemon.fact('it is ready again', () => hear().filter((word) => word === 'READY').length === 2)
  expect(said).toEqual(['READY', 'RELOADING', 'READY'])
  daemon.signal('SIGTERM')
  await daemon.ended()
  expect(hear().at(-1)).toBe('STOPPING')
  closeSync(descriptor)
  rmSync(dir, { recursive: true })
})

/** The journal from its beginning, as a client that follows it sees it. */
function followed(daemon: Daemon): AsyncDisposable & { readonly events: readonly EventView[] } {
  const following = new AbortController()
  const events: EventView[] = []
  const client = createClient({ socketPath: join(daemon.home, 'coppice.sock') })
  const over = (async () => {
    for await (const event of client.events({ since: 0, signal: following.signal })) events.push(event)
  })()
  return {
    events,
    async [Symbol.asyncDispose]() {
      following.abort()
      await over
    },
  }
}

/** The last 1,000 entries. */
async function journalOf(daemon: Daemon): Promise<readonly EventView[]> {
  const answer = await fetch('http://coppice/v1/events?since=0&follow=0', { unix: join(daemon.home, 'coppice.sock') })
  return (await answer.json()) as EventView[]
}

function codeIn(exit: EventView['exit']): number | null {
  return exit !== null && 'code' in exit ? exit.code : null
}
