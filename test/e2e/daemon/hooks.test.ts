// Hooks of a real daemon, and of a real `up`: pmon3's from config.yml, ours from everywhere.
import { expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { EventView } from '../../../src/wire/declare.ts'
import { aDaemon, type Daemon, type DaemonOptions } from '../daemon-harness.ts'
import { lateness, stopwatch } from '../facts.ts'
import { anUp } from '../harness.ts'
import { isAlive } from '../proc.ts'

/** A hook that writes its last argument, a line each time, into the file `told` of the test. */
const tells = `#!/bin/bash\nfor last; do :; done\nprintf '%s\\n' "$last" >> "$(dirname "$0")/told"\n`

type Files = Readonly<Record<string, string>>

/** A daemon with a `config.yml`, and with scripts in its directory, which are made executable before it starts. */
async function aHookedDaemon(config: (dir: string) => string, scripts: Files = {}, options: DaemonOptions = {}) {
  const files = (dir: string): Files => ({ 'config.yml': config(dir), 'tell.sh': tells, ...scripts })
  const daemon = await aDaemon({ ...options, files, starts: false })
  for (const name of ['tell.sh', ...Object.keys(scripts)]) chmodSync(join(daemon.dir, name), 0o755)
  await daemon.start()
  return daemon
}

/** What the hooks were told so far. */
function toldIn(dir: string, file = 'told'): Record<string, unknown>[] {
  const path = join(dir, file)
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Waits until the hooks were told so often. */
async function told(daemon: Pick<Daemon, 'dir' | 'fact'>, count: number): Promise<Record<string, unknown>[]> {
  await daemon.fact(`${count} hooks have run`, () => toldIn(daemon.dir).length >= count)
  return toldIn(daemon.dir)
}

async function notes(daemon: Daemon): Promise<string[]> {
  const answer = await fetch('http://coppice/v1/events?follow=false', { unix: join(daemon.home, 'coppice.sock') })
  const entries = (await answer.json()) as EventView[]
  return entries
    .filter(({ reason }) => reason.startsWith('hook '))
    .map(({ process, reason }) => `${process}: ${reason}`)
}

async function pidIn(daemon: Pick<Daemon, 'dir' | 'fact'>, file: string): Promise<number> {
  const path = join(daemon.dir, file)
  return daemon.fact(`${file} is written`, () => existsSync(path) && Number(readFileSync(path, 'utf8')))
}

const theirs = (dir: string): string => `
event_handling:
  process_restart: WHO=pmon ${dir}/tell.sh restart
  process_failure: "'${dir}/tell.sh' failure"
`

test("[HK5] pmon3's restart hook: its JSON, at each restart that nobody asked for", async () => {
  await using daemon = await aHookedDaemon(theirs)
  await daemon.json('exec', 'sleep', '--name', 'b1', '-a', '1000', '-e', `A='x "y" $(id)'`, '-g', 'gx')
  await daemon.json('restart', 'b1')
  const { pid } = await daemon.view('b1')
  process.kill(pid ?? 0, 'SIGKILL')
  const [first, ...others] = await told(daemon, 1)
  expect(others).toEqual([])
  expect(Object.keys(first ?? {}).join(' ')).toBe(
    'created_at updated_at log name process_file args env_vars username memory_usage cpu_usage dependencies Groups status ' +
      'id pid uid gid auto_restart event exit restart_count reason status_text',
  )
  expect(first).toMatchObject({
    name: 'b1',
    id: 1,
    pid,
    args: '1000',
    env_vars: `A='x "y" $(id)'`,
    auto_restart: true,
    memory_usage: '',
    event: 'restart',
    exit: { signal: 'SIGKILL' },
    restart_count: 2,
    uid: process.getuid?.(),
    Groups: [{ ID: 0, name: 'gx', id: 1, Processes: null, DeletedAt: null }],
  })
  expect(first?.['reason']).toContain('b1 was killed by SIGKILL')
  await daemon.until('b1', (view) => view.restart_count === 2 && view.status === 'running')
})

test("[HK5] pmon3's failure hook, by the flat key too; a script of today works as it is", async () => {
  const script = `#!/bin/bash\necho "$(jq .id <<< "$1") $(jq -r .name <<< "$1") $(jq .status <<< "$1") $WHO" >> "$(dirname "$0")/seen"\n`
  const config = (dir: string): string => `on_process_failure_exec: WHO=me ${dir}/failure.sh\n`
  await using daemon = await aHookedDaemon(config, { 'failure.sh': script })
  await daemon.cli('exec', 'sh', '--name', 'once', '--no-autorestart', '--', '-c', 'exit 3')
  const seen = join(daemon.dir, 'seen')
  await daemon.fact('the hook has run', () => existsSync(seen) && readFileSync(seen, 'utf8').endsWith('\n'))
  expect(readFileSync(seen, 'utf8')).toBe('1 once 2 me\n')
})

test("[HK5] pmon3's backoff hook, when flap detection lets a process rest", async () => {
  const config = (dir: string): string => `
process_monitor_interval: 100
event_handling: {process_backoff: ${dir}/tell.sh}
flap_detection: {is_enabled: true, threshold_restarted: 2, threshold_countdown: 600, threshold_decrement: 0}
`
  await using daemon = await aHookedDaemon(config)
  await daemon.cli('exec', 'sh', '--name', 'flaps', '--no-wait', '--', '-c', 'exit 1')
  await daemon.until('flaps', 'backoff')
  expect(await told(daemon, 1)).toMatchObject([{ name: 'flaps', status: 6, status_text: 'backoff', event: 'backoff' }])
})

test('[HK2] [HK4] [HK6] ours from the process, from the file and from config.yml', async () => {
  const file = (dir: string) => ({
    hooks: { on_start: [`${dir}/tell.sh`, 'file'] },
    processes: [
      { name: 'web', command: 'sleep 1000', cwd: dir, env: { TOKEN: 't' }, hooks: { on_ready: './tell.sh "of web"' } },
    ],
  })
  const config = (dir: string): string =>
    `process_config_file: ${dir}/p.json\nhooks: {on_stop: [${dir}/tell.sh, all]}\n`
  await using daemon = await aDaemon({
    files: (dir) => ({ 'config.yml': config(dir), 'p.json': JSON.stringify(file(dir)), 'tell.sh': tells }),
    starts: false,
  })
  chmodSync(join(daemon.dir, 'tell.sh'), 0o755)
  await daemon.start()
  await told(daemon, 2)
  await daemon.json('stop', 'web')
  const events = (await told(daemon, 3)).map(
    ({ event, name, env_vars: env }) => `${String(event)} ${String(name)} [${String(env)}]`,
  )
  expect(events.toSorted()).toEqual(['ready web []', 'start web []', 'stop web []'])
})

test('[HK6] a hook has the environment of its process, and its event', async () => {
  const script = `#!/bin/sh\necho "$PWD|$ROLE|$COPPICE_EVENT|$COPPICE_EVENT_NAME|$#" > seen; [ "$COPPICE_EVENT_JSON" = "$2" ] && echo same >> seen\n`
  await using daemon = await aHookedDaemon(() => '', { 'see.sh': script })
  const hooks = JSON.stringify({ on_start: `${daemon.dir}/see.sh one` })
  await daemon.json(
    'exec',
    'sleep',
    '--name',
    'web',
    '-a',
    '1000',
    '--cwd',
    daemon.dir,
    '-e',
    'ROLE=r',
    '--hooks',
    hooks,
  )
  const seen = join(daemon.dir, 'seen')
  await daemon.fact('the hook has run', () => existsSync(seen) && readFileSync(seen, 'utf8').includes('same'))
  expect(readFileSync(seen, 'utf8')).toBe(`${daemon.dir}|r|start|web|2\nsame\n`)
})

test('[HK4] hooks of config.yml change with a reload, those of a process without a restart', async () => {
  await using daemon = await aHookedDaemon(() => 'disable_reloads: true\n')
  const web = { name: 'web', command: 'sleep 1000' }
  const file = daemon.write('p.json', JSON.stringify({ processes: [web] }))
  await daemon.json('apply', file, '--yes')
  const { pid } = await daemon.view('web')
  daemon.write('config.yml', `hooks: {on_restart: ${daemon.dir}/tell.sh}\n`)
  expect((await daemon.cli('reload')).code).toBe(0)
  daemon.write('p.json', JSON.stringify({ processes: [{ ...web, hooks: { on_exit: `${daemon.dir}/tell.sh` } }] }))
  await daemon.json('apply', file, '--yes')
  expect((await daemon.view('web')).pid).toBe(pid)
  await daemon.json('restart', 'web')
  expect((await told(daemon, 2)).map(({ event }) => String(event)).toSorted()).toEqual(['exit', 'restart'])
})

test('[HK7] a URL is sent the event, signed', async () => {
  const received: { readonly body: string; readonly signature: string | null }[] = []
  using server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      received.push({ body: await request.text(), signature: request.headers.get('x-coppice-signature') })
      return new Response(null, { status: received.length === 1 ? 204 : 503 })
    },
  })
  const hook = { url: `http://127.0.0.1:${server.port}/path`, secret: 'hush' }
  await using daemon = await aHookedDaemon(() => `hooks: {on_start: ${JSON.stringify(hook)}}\n`)
  await daemon.json('exec', 'sleep', '--name', 'web', '-a', '1000')
  await daemon.fact('it was sent', () => received.length === 1)
  const [{ body, signature } = { body: '', signature: '' }] = received
  expect(JSON.parse(body)).toMatchObject({ name: 'web', event: 'start', status: 2, env_vars: '' })
  expect(signature).toBe(`sha256=${createHmac('sha256', 'hush').update(body).digest('hex')}`)
  await daemon.json('restart', 'web')
  const note = `web: hook on_start http://127.0.0.1:${server.port} answered 503`
  await daemon.fact('the failure is in the journal', async () => (await notes(daemon)).includes(note))
  expect(daemon.stderr).not.toContain('hush')
})

test('[HK9] what fails or writes is in the journal and the log, and the process does not care', async () => {
  const scripts = { 'fails.sh': '#!/bin/sh\necho no such luck >&2\nexit 7\n', 'says.sh': '#!/bin/sh\necho all well\n' }
  await using daemon = await aHookedDaemon(
    (dir) => `hooks: {on_start: [{command: ${dir}/fails.sh}, {command: ${dir}/says.sh}, {command: /no/such/hook}]}\n`,
    scripts,
  )
  await daemon.json('exec', 'sleep', '--name', 'web', '-a', '1000')
  const expected = ['web: hook on_start exited with code 7: no such luck', 'web: hook on_start: all well']
  await daemon.fact('both are in the journal', async () => {
    const found = await notes(daemon)
    return expected.every((note) => found.includes(note)) && found.length === 3
  })
  expect((await notes(daemon)).find((note) => note.includes('/no/such/hook'))).toContain('could not be started')
  expect(daemon.stderr).toMatch(/WARN +web +hook on_start exited with code 7: no such luck/)
  expect(await daemon.view('web')).toMatchObject({ status: 'running', restart_count: 0 })
})

test('[HK8] [HK10] [HK11] a hook that sleeps for an hour delays nothing, and ends with the daemon', async () => {
  const sleeps = '#!/bin/sh\necho $$ > "$(dirname "$0")/$COPPICE_EVENT"\nsleep 3600\n'
  const config = (dir: string): string => `
initialization_period: 3600
event_handling: {process_restart: ${dir}/sleeps.sh}
hooks: {on_exit: {command: ${dir}/sleeps.sh, timeout: 2h}}
`
  await using daemon = await aHookedDaemon(config, { 'sleeps.sh': sleeps })
  await daemon.json('exec', 'sleep', '--name', 'web', '-a', '1000')
  const since = stopwatch()
  process.kill((await daemon.view('web')).pid ?? 0, 'SIGKILL')
  await daemon.until('web', (view) => view.restart_count === 1 && view.status === 'running')
  await daemon.json('exec', 'sleep', '--name', 'other', '-a', '1000')
  expect(since()).toBeLessThan(2500 + lateness())
  const pids = [await pidIn(daemon, 'restart'), await pidIn(daemon, 'exit')]
  expect(pids.map(isAlive)).toEqual([true, true])
  const leaving = stopwatch()
  daemon.signal('SIGTERM')
  expect(await daemon.ended()).toBe(0)
  // The last two ends have hooks of their own, which have their two seconds.
  expect(leaving()).toBeLessThan(4000 + lateness())
  expect(pids.map(isAlive)).toEqual([false, false])
  expect(daemon.stderr).toContain('hook process_restart was killed, since coppice ends')
})

test('[HK8] [HK10] a hook that forks a daemon leaves nothing behind', async () => {
  const forks =
    '#!/bin/sh\n(setsid sh -c \'exec </dev/null >/dev/null 2>&1; echo $$ > "$0.pid"; exec sleep 3600\' "$0" &)\nwhile [ ! -s "$0.pid" ]; do sleep 0.01; done\n'
  await using daemon = await aHookedDaemon((dir) => `hooks: {on_start: ${dir}/forks.sh}\n`, { 'forks.sh': forks })
  await daemon.json('exec', 'sleep', '--name', 'web', '-a', '1000')
  const pid = await pidIn(daemon, 'forks.sh.pid')
  await daemon.fact('the daemon is gone', () => !isAlive(pid))
  await daemon.fact('it is told', async () => (await notes(daemon)).some((note) => note.includes(`left ${pid} (`)))
  expect((await daemon.view('web')).status).toBe('running')
})

test('[HK11] what hooks of a killed daemon have left, the next one kills', async () => {
  const sleeps = '#!/bin/sh\necho $$ > "$0.pid"\nexec sleep 3600\n'
  await using daemon = await aHookedDaemon((dir) => `hooks: {on_start: ${dir}/sleeps.sh}\n`, { 'sleeps.sh': sleeps })
  await daemon.json('exec', 'sleep', '--name', 'web', '-a', '1000')
  const [hook, web] = [await pidIn(daemon, 'sleeps.sh.pid'), (await daemon.view('web')).pid]
  daemon.signal('SIGKILL')
  await daemon.ended()
  expect(isAlive(hook)).toBe(true)
  await daemon.start()
  await daemon.fact('the hook is gone', () => !isAlive(hook))
  expect(await daemon.until('web', 'running')).toMatchObject({ pid: web })
  await daemon.fact('it is said', () =>
    daemon.stderr.includes('hooks that were under way have left a process, killed now'),
  )
})

test('[HK11] a hook that is under way when the program is replaced is killed', async () => {
  const sleeps = '#!/bin/sh\necho $$ > "$0.pid"\nexec sleep 3600\n'
  await using daemon = await aHookedDaemon((dir) => `hooks: {on_start: ${dir}/sleeps.sh}\n`, { 'sleeps.sh': sleeps })
  await daemon.json('exec', 'sleep', '--name', 'web', '-a', '1000')
  const [hook, { pid }] = [await pidIn(daemon, 'sleeps.sh.pid'), await daemon.view('web')]
  expect((await daemon.cli('daemon', 'reload-binary')).code).toBe(0)
  await daemon.fact('the hook is gone', () => !isAlive(hook))
  expect(await daemon.view('web')).toMatchObject({ pid, status: 'running' })
})

test('[HK4] [HK11] under `up`, with the hooks of the file; the last ones run before it ends', async () => {
  const settings = { hooks: { on_exit: `sh -c 'printf "%s\\n" "$2" >> told' hook it` } }
  await using up = await anUp({ processes: { job: { command: ['sh', '-c', 'exit 0'], restart: 'no' } }, settings })
  expect((await up.exit()).code).toBe(0)
  expect(toldIn(up.dir)).toMatchObject([{ name: 'job', event: 'exit', exit: { code: 0 }, status_text: 'completed' }])
})
