// coppice as a library, in programs of its own: Bun runs them from the source, as those of its users.
import { expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { parseMarks, program } from '../programs/program.ts'
import { codeOf, plainEnvironment } from './binary.ts'
import { fact } from './facts.ts'
import { newBrood } from './leftovers.ts'

const root = join(import.meta.dir, '../..')

interface Program extends AsyncDisposable {
  readonly dir: string
  readonly pid: number
  readonly stdout: string
  readonly stderr: string
  /** What its tasks marked: `name what`. */
  readonly marks: readonly string[]
  exit(): Promise<number>
}

/** Runs a program with the project's own Bun. When the test is over nothing may be left of what it started. */
function aProgram(file: string, args: (dir: string) => readonly string[] = () => []): Program {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-library-'))
  const brood = newBrood()
  const paths = { stdout: join(dir, 'stdout'), stderr: join(dir, 'stderr'), marks: join(dir, 'marks') }
  for (const path of Object.values(paths)) writeFileSync(path, '')
  const child = Bun.spawn([process.execPath, join(root, file), ...args(dir)], {
    cwd: dir,
    env: { ...plainEnvironment(), ...brood.environment, HOME: dir, MARKS: paths.marks },
    stdio: ['ignore', Bun.file(paths.stdout), Bun.file(paths.stderr)],
  })
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  return {
    dir,
    pid: child.pid,
    get stdout() {
      return readFileSync(paths.stdout, 'utf8')
    },
    get stderr() {
      return readFileSync(paths.stderr, 'utf8')
    },
    get marks() {
      return parseMarks(readFileSync(paths.marks, 'utf8')).map((mark) => `${mark.name} ${mark.what}`)
    },
    async exit() {
      await fact('the program has ended', hasEnded)
      return codeOf(child)
    },
    async [Symbol.asyncDispose]() {
      const left = brood.end()
      rmSync(dir, { recursive: true, force: true })
      if (hasEnded() && left.length > 0) throw new Error(`left running:\n${left.join('\n')}`)
    },
  }
}

test.concurrent(
  "[LB1] [LB2] [LB3] [LB4] the example runs with the project's own Bun, and says what it says it does",
  async () => {
    const brood = newBrood()
    const child = Bun.spawn(['node', 'scripts/bun.mjs', 'examples/library.ts'], {
      cwd: root,
      env: { ...plainEnvironment(), ...brood.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
    expect([await child.exited, stderr, brood.end()]).toEqual([0, '', []])
    const lines = stdout.trimEnd().split('\n')
    const parts = [
      'clock: init → running (started)',
      'reader: init → running (started)',
      'clock: running → restarting (going down (clock failed its check patience: asked 4 times',
      'reader: running → restarting (going down (clock, which it depends on, went down)',
      'clock: init → running (started)',
      'reader: init → running (started)',
      'why: clock failed its check patience: asked 4 times',
      'reader: running → stopped (',
      'clock: running → stopped (',
      'exit code 0',
    ]
    // Each is told, in this order, whatever is told in between.
    let at = -1
    for (const part of parts) {
      const found = lines.findIndex((line, i) => i > at && line.startsWith(part))
      expect({ part, after: at, found: found > at, stdout }).toEqual({ part, after: at, found: true, stdout })
      at = found
    }
    expect(lines.at(-1)).toBe('exit code 0')
  },
)

test.concurrent(
  "[LB3] [LB4] a program of one's own hears of every transition, ends on a signal, and leaves nothing",
  async () => {
    await using keeper = aProgram('test/e2e/library/keeper.ts', (dir) => {
      const process = (name: string, keys: object): object => ({ name, env: { MARK: name }, ...keys })
      const processes = [
        process('db', { command: program('slow-term', 0.1) }),
        process('web', { command: program('slow-term', 0.1), parent: 'db' }),
        process('away', { command: program('forks-away'), parent: 'web', stop_timeout: '500ms' }),
      ]
      writeFileSync(join(dir, 'tree.yml'), Bun.YAML.stringify({ processes }))
      return [join(dir, 'tree.yml')]
    })
    await fact('all of it runs', () => keeper.marks.filter((mark) => /start|escaped/.test(mark)).length === 4)
    process.kill(keeper.pid, 'SIGTERM')
    expect([await keeper.exit(), keeper.stderr]).toEqual([0, ''])
    const told = keeper.marks.filter((mark) => !mark.startsWith('away'))
    expect(told.slice(2)).toEqual(['web term', 'web exit', 'db term', 'db exit'])

    const events = keeper.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events.filter((event) => event['process'] === 'web').map((event) => event['to'])).toEqual([
      'queued',
      'init',
      'running',
      'running',
      'stopped',
    ])
    for (const event of events) expect(event['reason']).toBeString()
  },
)

test.concurrent('[LB1] a file with problems gives them all in one failure', async () => {
  await using keeper = aProgram('test/e2e/library/keeper.ts', (dir) => {
    writeFileSync(
      join(dir, 'tree.yml'),
      'processes:\n  - { name: a, comand: x }\n  - { name: b, command: y, parent: c }\n',
    )
    return [join(dir, 'tree.yml')]
  })
  expect(await keeper.exit()).toBe(2)
  expect(keeper.stderr).toMatch(/tree\.yml:2:.*comand.*"command".*tree\.yml:3:.*c/s)
})

test.concurrent('[LB2] checks are composed of probes, of each other, and of functions', async () => {
  await using checks = aProgram('test/e2e/library/checks.ts')
  expect([await checks.exit(), checks.stderr]).toEqual([0, ''])
  const [heard, ...lines] = checks.stdout.trimEnd().split('\n')
  expect(heard).toBe('the probe was told that nobody waits')
  const said = new Map(lines.map((line) => [line.split(' ')[0] ?? '', line]))
  const answers = Object.fromEntries([...said].map(([name, line]) => [name, line.split(' ')[1]]))
  const yes = [
    'yes',
    'not-no',
    'all-yes',
    'any-one',
    'bucket-yes',
    'nested',
    'http',
    'tcp',
    'port-free',
    'exec',
    'file',
    'dir',
  ]
  const no = ['no', 'throws', 'hangs', 'listens', 'not-yes', 'all-but-one', 'any-none', 'retry-no', 'redis']
  expect(answers).toEqual(Object.fromEntries([...yes.map((name) => [name, 'yes']), ...no.map((name) => [name, 'no'])]))
  expect(said.get('no')).toContain('it says no')
  expect(said.get('throws')).toContain('it threw up')
  expect(said.get('hangs')).toContain('200ms')
})

test.concurrent(
  '[LB1] [LB3] [LB4] a tree acts as the command line does, answers why, and says how it ended',
  async () => {
    await using acts = aProgram('test/e2e/library/acts.ts')
    expect([await acts.exit(), acts.stderr]).toEqual([0, ''])
    const answers = new Map(
      acts.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as [string, unknown]),
    )
    expect(answers.get('bad plan')).toMatchObject({
      code: 'bad-config',
      message: expect.stringMatching(/comand.*\n.*"c"/s),
    })
    expect(answers.get('missing file')).toMatchObject({
      code: 'config-unreadable',
      message: expect.stringContaining('no such file'),
    })
    expect(Object.fromEntries(answers)).toMatchObject({
      start: 'done',
      running: [
        ['db', 'running', 0],
        ['web-1', 'running', 0],
        ['web-2', 'running', 0],
        ['job', 'stopped', 0],
      ],
      stop: 'done',
      'start both': ['done', 'done'],
      restart: 'done',
      'start what fails': 'failed',
      'why of nobody': [],
      'act on nobody': 'There is no process "nobody".',
      'exit code': 0,
      ended: 0,
      'ends by itself after 0': 0,
      'ends by itself after 7': 1,
    })
    expect(answers.get('stopped')).toContainEqual(['db', 'stopped', null])
    expect((answers.get('why') as string[]).join('\n')).toContain('exited with code 3')
  },
)
