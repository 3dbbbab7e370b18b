// Runs the real `bin/coppice daemon` for one test: in a directory and a COPPICE_HOME of its own, seen only from outside.
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import type { ProcessView } from '../../src/wire/process.ts'
import { parseMarks, type Mark } from '../programs/program.ts'
import { binary, codeOf, plainEnvironment, runCoppice, type Answer } from './binary.ts'
import { ceiling, fact, type Fact } from './facts.ts'
import { newBrood, signalIfThere } from './leftovers.ts'

export interface DaemonOptions {
  /** Files by their path below the directory of the test; `config.yml` stands for that of the daemon. */
  readonly files?: Readonly<Record<string, string>> | ((dir: string) => Readonly<Record<string, string>>)
  /** Added to the environment of the daemon. */
  readonly env?: Readonly<Record<string, string>>
  /** Further arguments of `coppice daemon`. */
  readonly args?: readonly string[]
  /** Another build than `bin/coppice`. */
  readonly binary?: string
  /** Whether it is started at once; true if not said. */
  readonly starts?: boolean
}

/** A `coppice daemon`, which can be ended and started again. */
export interface Daemon extends AsyncDisposable {
  readonly dir: string
  readonly home: string
  /** The log of all its lives. */
  readonly stderr: string
  /** Of the present life, or the last one. */
  readonly pid: number
  /** Begins a life; it answers, or has ended, when this returns. */
  start(): Promise<void>
  /** Whether this life is over. */
  hasEnded(): boolean
  signal(name: NodeJS.Signals): void
  /** Waits for the end of this life. @returns its exit code */
  ended(): Promise<number>
  cli(...args: readonly string[]): Promise<Answer>
  /** What `coppice ARGS --json` prints; it must succeed. */
  json<T>(...args: readonly string[]): Promise<T>
  ls(): Promise<readonly ProcessView[]>
  view(name: string): Promise<ProcessView>
  until(name: string, wanted: ProcessView['status'] | ((view: ProcessView) => boolean)): Promise<ProcessView>
  fact<T>(what: string | (() => string), ask: () => T | Promise<T>): Promise<Fact<T>>
  marks(name?: string, what?: string): Mark[]
  mark(name: string, what: string, count?: number): Promise<Mark>
  write(path: string, text: string): string
}

/** A daemon that answers. At the end of the test it must end, and nothing of it may be left. */
export async function aDaemon(options: DaemonOptions = {}): Promise<Daemon> {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-daemon-'))
  const home = join(dir, 'home')
  mkdirSync(home)
  const stderr = join(dir, 'stderr')
  const marksPath = join(dir, 'marks')
  writeFileSync(stderr, '')
  writeFileSync(marksPath, '')
  const brood = newBrood()
  const env = { ...plainEnvironment(), HOME: dir, COPPICE_HOME: home }
  let child: Bun.Subprocess | null = null

  const write: Daemon['write'] = (path, text) => {
    const whole = path === 'config.yml' ? join(home, path) : join(dir, path)
    mkdirSync(dirname(whole), { recursive: true })
    writeFileSync(whole, text)
    return whole
  }
  const files = typeof options.files === 'function' ? options.files(dir) : (options.files ?? {})
  for (const [path, text] of Object.entries(files)) write(path, text)

  const story = (): string =>
    `\n--- log of the daemon:\n${readFileSync(stderr, 'utf8').split('\n').slice(-60).join('\n')}`
  const hasEnded = (): boolean => child === null || child.exitCode !== null || child.signalCode !== null

  async function told<T>(what: string | (() => string), ask: () => T | Promise<T>): Promise<Fact<T>> {
    try {
      return await fact(what, ask, { every: 10 })
    } catch (error) {
      if (error instanceof Error) error.message += story()
      throw error
    }
  }

  async function list(): Promise<ProcessView[] | null> {
    try {
      const answer = await fetch('http://localhost/v1/processes', { unix: join(home, 'coppice.sock') })
      return (await answer.json()) as ProcessView[]
    } catch (error) {
      if (error instanceof Error && 'code' in error) return null // It does not listen yet, or not any more.
      throw error
    }
  }

  const daemon: Daemon = {
    dir,
    home,
    get stderr() {
      return readFileSync(stderr, 'utf8')
    },
    get pid() {
      return child?.pid ?? 0
    },
    async start() {
      const output = openSync(stderr, 'a')
      child = Bun.spawn([options.binary ?? binary, 'daemon', ...(options.args ?? [])], {
        cwd: dir,
        env: { ...env, ...brood.environment, MARKS: marksPath, ...options.env },
        stdio: ['ignore', output, output],
      })
      closeSync(output)
      await told('the daemon answers', async () => hasEnded() || (await list()) !== null)
    },
    hasEnded,
    signal: (name) => void (child !== null && signalIfThere(child.pid, name)),
    async ended() {
      await told('the daemon has ended', hasEnded)
      return child === null ? 0 : codeOf(child)
    },
    cli: (...args) => runCoppice(args, { cwd: dir, env }),
    async json<T>(...args: readonly string[]) {
      const { code, stdout, stderr: complaint } = await runCoppice(withJson(args), { cwd: dir, env })
      if (code !== 0) throw new Error(`coppice ${args.join(' ')} ended with ${code}: ${complaint}${story()}`)
      return JSON.parse(stdout) as T
    },
    ls: () => daemon.json<readonly ProcessView[]>('ls'),
    view: (name) => daemon.json<ProcessView>('desc', name),
    until(name, wanted) {
      const fits = typeof wanted === 'string' ? (view: ProcessView) => view.status === wanted : wanted
      let last: ProcessView | undefined
      const what = (): string => `${name} is as wanted (${String(wanted)}); it is ${JSON.stringify(last)}`
      return told(what, async () => {
        last = (await list())?.find((view) => view.name === name)
        return last !== undefined && fits(last) && last
      })
    },
    fact: told,
    marks: (name, what = '') =>
      parseMarks(readFileSync(marksPath, 'utf8')).filter(
        (mark) => mark.name === (name ?? mark.name) && mark.what.startsWith(what),
      ),
    mark: (name, what, count = 1) =>
      told(`mark ${what} of ${name}, number ${count}`, () => daemon.marks(name, what)[count - 1]),
    write,
    async [Symbol.asyncDispose]() {
      daemon.signal('SIGTERM')
      const gone = await fact('the daemon has ended', hasEnded, { within: ceiling }).catch(() => false)
      if (!gone) daemon.signal('SIGKILL')
      const left = brood.end()
      await fact('what was left is gone', () => brood.living().length === 0)
      const problem = gone ? left.map((one) => `left running: ${one}`).join('\n') : 'it survived SIGTERM'
      const message = problem === '' ? null : `${problem}${story()}`
      rmSync(dir, { recursive: true, force: true })
      if (message !== null) throw new Error(message)
    },
  }
  if (options.starts !== false) await daemon.start()
  return daemon
}

/** What follows `--` is the program's own. */
function withJson(args: readonly string[]): string[] {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  return [...args.slice(0, end), '--json', ...args.slice(end)]
}
