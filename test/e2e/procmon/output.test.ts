// Section 8 of procmon.md, and [logger] of section 2: where everything goes.
import { expect, test } from 'bun:test'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { program } from '../../programs/program.ts'
import type { Up } from '../harness.ts'
import { aProcmon, script, task } from './file.ts'
import { entriesOf } from './log.ts'

/** Says a word on each stream, and lives. */
const talks = script('mark start; echo "$1 out"; echo "$1 err" >&2; mark said; exec sleep 1000000', 'it')

/** What came out of a process, and not out of the supervisor. */
function said(text: string): string[] {
  return text.split('\n').filter((line) => line.startsWith('it '))
}

test.concurrent.each([
  ['nothing', {}, ['it out'], ['it err']],
  ['an empty text', { stdout: '', stderr: '' }, ['it out'], ['it err']],
  ['SUPPRESS', { stdout: 'SUPPRESS', stderr: 'SUPPRESS' }, [], []],
  ['the other one', { stdout: 'STDERR', stderr: 'STDOUT' }, ['it err'], ['it out']],
  ['STDOUT', { stdout: 'STDOUT', stderr: 'STDOUT' }, ['it out', 'it err'], []],
  ['STDERR', { stdout: 'STDERR', stderr: 'STDERR' }, [], ['it out', 'it err']],
  ['SUPPRESS for one', { stderr: 'SUPPRESS' }, ['it out'], []],
])('procmon 8 [PR3] with %s the output goes where it should', async (_what, keys, out, err) => {
  await using up = await aProcmon({ tasks: [task('web', talks, keys)] })
  await up.mark('web', 'said')
  expect(said(up.stdout)).toEqual(out)
  expect(said(up.stderr)).toEqual(err)
  expect(existsSync(join(up.dir, 'SUPPRESS')) || existsSync(join(up.dir, 'STDOUT'))).toBe(false)
})

test.concurrent(
  'procmon 8 [PR4] a file is appended to, with mode 0644, from the directory where it was started',
  async () => {
    await using up = await aProcmon((dir) => {
      writeFileSync(join(dir, 'out.log'), 'before\n')
      return { tasks: [task('web', talks, { stdout: 'out.log', stderr: join(dir, 'err.log') })] }
    })
    const { pid } = await up.mark('web', 'said')
    process.kill(pid, 'SIGKILL')
    await up.mark('web', 'said', 2)
    const text = (name: string): string => readFileSync(join(up.dir, name), 'utf8')
    expect(text('out.log')).toBe('before\nit out\nit out\n')
    expect(text('err.log')).toBe('it err\nit err\n')
    expect((statSync(join(up.dir, 'err.log')).mode & 0o777).toString(8)).toBe('644')
    expect(said(up.stdout + up.stderr)).toEqual([])
  },
)

test.concurrent('procmon 8 [PR3] two tasks may share a file, and both streams of one', async () => {
  await using up = await aProcmon({
    tasks: ['one', 'two'].map((name) => task(name, program('spits', 2000), { stdout: 'all.log', stderr: 'all.log' })),
  })
  for (const name of ['one', 'two']) await up.mark(name, 'exit')
  const lines = readFileSync(join(up.dir, 'all.log'), 'utf8').split('\n').slice(0, -1)
  expect(lines.filter((line) => line === 'done').length).toBeGreaterThanOrEqual(2)
  expect(lines.filter((line) => !/^(\d+|done)$/.test(line))).toEqual([])
})

/** A tree in which something of every level happens: a death is a fault, and a task that fails for good an error. */
async function eventful(logger: Readonly<Record<string, string>>): Promise<Up> {
  const up = await aProcmon({
    logger,
    tasks: [
      task('web', program('never-dies')),
      task('once', program('exits', 3), { specials: { onetime: true, signal: 'SIGUSR1' } }),
      task('crashing', program('crash-loop')),
    ],
  })
  await up.mark('web', 'start')
  await up.mark('crashing', 'start')
  await up.signal('SIGUSR1')
  await up.mark('once', 'exit')
  await up.until('once', 'failed')
  await up.until('crashing', (view) => view.next_try !== null)
  return up
}

test.concurrent(
  'procmon 2 [LG1] [LG2] [LG3] without [logger] the log is JSON on standard error, from info up',
  async () => {
    await using up = await eventful({})
    const log = entriesOf(up.stderr)
    expect(up.stdout).toBe('')
    expect(new Set(log.map((entry) => entry.level))).toEqual(new Set(['info', 'warn', 'error']))
    const { pid } = await up.mark('web', 'start')
    const started = log.find((entry) => entry.process === 'web' && entry['status'] === 'running')
    expect(started).toMatchObject({ level: 'info', pid, run: 1 })
    expect(Date.now() - started!.at).toBeWithin(0, 15_000)
    for (const entry of log) expect(typeof entry.msg).toBe('string')
    expect(log.find((entry) => entry.process === 'once' && entry['status'] === 'failed')).toMatchObject({
      level: 'error',
      exit: '3',
    })
  },
)

test.concurrent.each([
  ['STDERR', '', 'log'],
  ['STDOUT', 'log', ''],
  ['SUPPRESS', '', ''],
])('procmon 2 [LG1] the log goes to %s', async (output, out, err) => {
  await using up = await eventful({ output })
  expect([up.stdout, up.stderr].map((text) => (text.includes('"process":"web"') ? 'log' : text))).toEqual([out, err])
})

test.concurrent.each([
  ['debug', ['debug', 'info', 'warn', 'error']],
  ['info', ['info', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['warning', ['warn', 'error']],
  ['err', ['error']],
  ['error', ['error']],
])('procmon 2 [LG3] at level %s the log tells that and worse', async (level, expected) => {
  await using up = await eventful({ level })
  expect(new Set(entriesOf(up.stderr).map((entry) => entry.level))).toEqual(new Set(expected))
})

test.concurrent.each(['text', 'plain'])('procmon 2 [LG2] with format = "%s" the log is for people', async (format) => {
  await using up = await eventful({ format })
  const lines = up.stderr.split('\n').filter(Boolean)
  for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} (INFO |WARN |ERROR) \S+ +\S/)
  expect(lines.find((line) => /INFO {2}web +.*pid \d+/.test(line))).toBeDefined()
  expect(up.stderr).not.toContain('\x1b')
})

test.concurrent(
  'procmon 2 [LG1] the log tells of the beginning and the end, of starts, deaths and restarts, with their reasons',
  async () => {
    await using up = await aProcmon({ tasks: [task('web', program('exits', 3, 0.1))] })
    await up.mark('web', 'start', 2)
    await up.mark('web', 'exit', 2)
    await up.signal('SIGTERM')
    await up.exit()
    const told = entriesOf(up.stderr).map((entry) => `${String(entry.process ?? '-')}: ${String(entry.msg)}`)
    expect(told[0]).toMatch(/^-: .*1 process/)
    expect(told.find((text) => /^web: .*exited with code 3/.test(text))).toBeDefined()
    expect(told.find((text) => /^web: .*restarts after 1s/.test(text))).toBeDefined()
    expect(told.find((text) => /^-: shutting down.*SIGTERM/.test(text))).toBeDefined()
    expect(told.at(-1)).toMatch(/^-: over, exit code 0/)
  },
)
