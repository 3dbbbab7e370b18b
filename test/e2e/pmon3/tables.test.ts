// pmon3's page, 1.2, 1.3 and what a terminal, a pipe and a script get.
import { expect, test } from 'bun:test'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import { binary, plainEnvironment } from '../binary.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import {
  descOf,
  headOf,
  onTerminal,
  pidOf,
  processFile,
  program,
  rowsOf,
  sleepers,
  statusesIn,
  withEnvironment,
} from './stage.ts'

const columns = ['ID', 'Name', 'PID', '⟳', 'Status', 'User', 'CPU', 'Memory', 'Date']

test('[CL12] the columns of the list in their order, by id, with the values under the right heads', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'zebra', 'ape')
  await daemon.json('restart', 'zebra')
  const pid = await pidOf(daemon, 'zebra')
  // The first figures are there with the next look at /proc.
  await daemon.until('zebra', ({ memory }) => memory > 0)
  const { stdout } = await daemon.cli('ls')
  expect(headOf(stdout)).toEqual(columns)
  const [zebra = [], ape = []] = rowsOf(stdout)
  expect(zebra.slice(0, 6)).toEqual(['1', 'zebra', String(pid), '1', 'running', 'root'])
  expect(zebra[6]).toMatch(/^\d+\.\d%$/)
  expect(zebra[7]).toMatch(/^\d+\.\d [KMG]B$/)
  expect(zebra[8]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  expect(ape.slice(0, 2)).toEqual(['2', 'ape'])
})

test('[CL12] what does not run has 0.0% and 0.0 MB and keeps its last pid; what never ran has 0', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'web')
  const pid = await pidOf(daemon, 'web')
  await daemon.json('stop', 'web')
  await daemon.cli('exec', '/bin/sleep', '--name', 'never', '-a', '1', '-d', 'nobody', '--no-wait')
  const [web = [], never = []] = rowsOf((await daemon.cli('ls')).stdout)
  expect(web.slice(2, 8)).toEqual([String(pid), '0', 'stopped', 'root', '0.0%', '0.0 MB'])
  expect(never.slice(2, 5)).toEqual(['0', '0', 'blocked'])
})

test('[CL12] an empty list is its head alone, exit 0', async () => {
  await using daemon = await aDaemon()
  const { code, stdout, stderr } = await daemon.cli('list')
  expect([code, headOf(stdout), rowsOf(stdout), stderr]).toEqual([0, columns, [], ''])
})

test('[CL12] one status word for each state: pmon3 has them all', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'runs', 'rests')
  await daemon.json('stop', 'rests')
  const crash = program(daemon, 'crash', 'exit 3')
  await daemon.cli('exec', crash, '--name', 'fails', '-n')
  await daemon.cli('exec', crash, '--name', 'loops', '--backoff-initial', '1h', '--backoff-max', '1h')
  await daemon.until('fails', 'failed')
  await daemon.until('loops', ({ next_try }) => next_try !== null)
  await daemon.cli('exec', '/bin/sleep', '--name', 'begins', '-a', '9', '--ready', 'file:///nowhere/x', '--no-wait')
  await daemon.cli('exec', '/bin/sleep', '--name', 'waits', '-a', '9', '-d', 'begins', '--no-wait')
  expect(statusesIn((await daemon.cli('ls')).stdout)).toEqual([
    'runs running',
    'rests stopped',
    'fails failed',
    'loops restarting',
    'begins init',
    'waits queued',
  ])
})

test('[CL15] the rows of desc in order; what is empty is left out, but the status', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'base', 'more')
  await daemon.json(
    'exec',
    '/bin/sleep',
    '--name',
    'full',
    '-a',
    '1000',
    '-e',
    'A=1 B=2',
    '-n',
    '-d',
    'base,more',
    '-g',
    'g1,g2',
  )
  const { stdout } = await daemon.cli('desc', 'full')
  expect(headOf(stdout)).toEqual(['property', 'description'])
  const pmon3 = [
    'status', 'id', 'name', 'pid', 'restarted', 'process', 'args', 'env-vars', 'user', 'log', 'no-autorestart',
    'dependencies', 'groups', 'created_at', 'updated_at',
  ] // prettier-ignore
  expect(
    rowsOf(stdout)
      .map(([property]) => property ?? '')
      .slice(0, pmon3.length),
  ).toEqual(pmon3)
  expect(Object.fromEntries(await descOf(daemon, 'full'))).toMatchObject({
    status: 'running',
    id: '3',
    restarted: '0',
    process: '/bin/sleep',
    args: '1000',
    'env-vars': 'A=1 B=2',
    log: join(daemon.home, 'logs/full.log'),
    'no-autorestart': 'true',
    dependencies: 'base more',
    groups: 'g1, g2',
  })
  const base = await descOf(daemon, 'base')
  for (const property of ['env-vars', 'dependencies', 'groups']) expect(base.has(property)).toBe(false)
  expect(base.get('no-autorestart')).toBe('false')
  expect((await daemon.cli('show', '1')).stdout).toBe((await daemon.cli('desc', 'base')).stdout)
})

test('[CL13] on a terminal the list has rounded boxes and pmon3 colours; NO_COLOR takes the colours', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'web')
  const { shown, code } = await onTerminal(daemon, ['ls'])
  expect(code).toBe(0)
  for (const part of ['╭', '╥', '╮', '║', '├', '╫', '╨', '╯', '\x1b[', 'running']) expect(shown).toContain(part)
  const plain = await onTerminal(daemon, ['ls'], { env: { NO_COLOR: '1' } })
  expect(plain.shown).toContain('╭')
  expect(plain.shown).not.toContain('\x1b[')
  const dumb = await onTerminal(daemon, ['ls'], { env: { TERM: 'dumb' } })
  for (const sign of ['╭', '\x1b']) expect(dumb.shown).not.toContain(sign)
  const wrong = await onTerminal(daemon, ['desc', 'nope'])
  expect([wrong.code, wrong.shown]).toEqual([4, expect.stringContaining('There is no process "nope"')])
})

test('[CL13] in a pipe there is neither box nor escape, whatever TERM says', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'web')
  for (const line of ['ls', 'desc web', 'group ls', 'stop web', 'help']) {
    const { stdout } = await withEnvironment(daemon, { TERM: 'xterm-256color' }, ...line.split(' '))
    for (const sign of ['╭', '│', '║', '\x1b']) expect(stdout).not.toContain(sign)
  }
})

test('[CL13] without any terminal (setsid, no stdin) every table command does its work and ends well', async () => {
  await using daemon = await aDaemon()
  const env = { ...plainEnvironment(), HOME: daemon.dir, COPPICE_HOME: daemon.home }
  const lines = [
    'exec /bin/sleep -a 1000 --name web', 'ls', 'desc web', 'restart web', 'reset', 'group create g', 'group assign g web',
    'group desc g', 'group restart g', 'group remove g web', 'group del g', 'init', 'stop web', 'start web', 'kill', 'del web',
  ] // prettier-ignore
  for (const line of lines) {
    const child = Bun.spawn(['setsid', '--wait', binary, ...line.split(' ')], {
      cwd: daemon.dir,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    expect([line, await child.exited, await new Response(child.stderr).text()]).toEqual([line, 0, ''])
    expect(await new Response(child.stdout).text()).toMatch(/^(ID|property)/)
  }
})

test.skipIf(Bun.which('python3') === null)(
  '[CL17] what prints data prints JSON that python3 -m json.tool takes',
  async () => {
    await using daemon = await aDaemon({ files: processFile([{ name: 'filed' }]) })
    await daemon.until('filed', 'running')
    daemon.write('apply.json', '{"processes": [{"file": "/bin/sleep", "args": "1000", "name": "applied"}]}')
    const lines = [
    'exec /bin/sleep -a 1000 --name web -g g', 'ls', 'desc web', 'show web,filed', 'why web', 'start web', 'restart web', 'reset',
    'reset web', 'dgraph', 'dgraph -c', 'export', 'export yaml', 'group ls', 'group create h', 'group desc g', 'group assign h web',
    'group remove h web', 'group stop g', 'group start g', 'group restart g', 'group drop g', 'group del h', 'init', 'init -c',
    'apply apply.json --yes', 'check apply.json', 'config', 'reload', 'topn', 'version', 'stop applied', 'kill', 'del filed', 'drop',
    'ls', 'group ls',
  ] // prettier-ignore
    for (const line of lines) {
      const { code, told } = await throughJsonTool(daemon, line)
      expect([line, code, told]).toEqual([line, 0, ''])
    }
  },
)

test('[CL17] with --json one process that is named alone is an object, and errors stay on stderr', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'a', 'b')
  expect(await daemon.json<ProcessView>('desc', 'a')).toMatchObject({
    id: 1,
    name: 'a',
    status: 'running',
    user: 'root',
  })
  expect(await daemon.json<ProcessView[]>('desc', 'a', 'b')).toHaveLength(2)
  const { code, stdout, stderr } = await daemon.cli('desc', 'nope', '--json')
  expect([code, stdout, stderr]).toEqual([4, '', expect.stringContaining('nope')])
})

/** What `coppice LINE --json | python3 -m json.tool` ends with, and complains of. */
async function throughJsonTool(daemon: Daemon, line: string): Promise<{ code: number; told: string }> {
  const pipe = 'set -o pipefail; program="$1"; shift; "$program" "$@" --json | python3 -m json.tool > /dev/null'
  const child = Bun.spawn(['bash', '-c', pipe, 'bash', binary, ...line.split(' ')], {
    cwd: daemon.dir,
    env: { ...plainEnvironment(), HOME: daemon.dir, COPPICE_HOME: daemon.home },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return { told: await new Response(child.stderr).text(), code: await child.exited }
}
