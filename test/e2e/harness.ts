// Runs the real `bin/coppice up` for one test: in a directory and a COPPICE_HOME of its own, seen only from outside.
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { ProcessView, WhyLink, WhyView } from '../../src/wire/process.ts'
import { parseMarks, type Mark } from '../programs/program.ts'
import { binary, codeOf, plainEnvironment, runCoppice, type Answer } from './binary.ts'
import { ceiling, fact, stopwatch, type Fact } from './facts.ts'
import { newBrood, signalIfThere } from './leftovers.ts'
import { childrenOf, commandOf } from './proc.ts'
import { writeTree, type Tree } from './tree-file.ts'

export interface UpOptions {
  /** Further arguments of `coppice up`. */
  readonly args?: readonly string[]
  /** Added to the environment of `coppice up`. */
  readonly env?: Readonly<Record<string, string>>
  /** A command that ends by running its arguments, such as `['nice', '-n', '5']`; or what makes one for the test's directory. */
  readonly within?: readonly string[] | ((dir: string) => readonly string[])
  /** The owner of the directory: who `coppice up` will run as. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

/** How a program ended. */
export interface Ended {
  /** 128 + N for signal N. */
  readonly code: number
  /** Since the last `signal`, else since its start. */
  readonly ms: number
}

/** A running `coppice up`. */
export interface Up extends AsyncDisposable {
  /** Where the file lies and `up` was started. */
  readonly dir: string
  readonly file: string
  readonly stdout: string
  readonly stderr: string
  /** The pid of coppice itself, also when it was started through another program. */
  pid(): Promise<number>
  /** Runs `coppice ARGS…` against it. */
  cli(...args: readonly string[]): Promise<Answer>
  ls(): Promise<ProcessView[]>
  view(name: string): Promise<ProcessView>
  /** The chain of reasons, newest last. */
  why(name: string): Promise<readonly WhyLink[]>
  /** Waits until `name` has this status, or is as `wanted` says. */
  until(name: string, wanted: Wanted, within?: number): Promise<ProcessView>
  /** Waits for a fact, and when it does not come true, tells what was going on. */
  fact<T>(what: string, ask: () => T | Promise<T>, within?: number): Promise<Fact<T>>
  /** The marks of `name` (of all) that begin with `what`. */
  marks(name?: string, what?: string): Mark[]
  /** Waits for the `count`th such mark (the first) and returns it. */
  mark(name: string, what: string, count?: number): Promise<Mark>
  signal(name: NodeJS.Signals): Promise<void>
  /** Waits for its end. */
  exit(within?: number): Promise<Ended>
}

export type Wanted = ProcessView['status'] | ((view: ProcessView) => boolean)

/**
 * Starts `coppice up` on this tree, or on the one that is made for the test's directory, which is there by then. It
 * listens when this returns, or has ended. At the end of the test it must end, and nothing of it may be left.
 */
export async function anUp(tree: Tree | ((dir: string) => Tree), options: UpOptions = {}): Promise<Up> {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-e2e-'))
  chmodSync(dir, 0o755) // Other users work here as well.
  const home = join(dir, 'home')
  mkdirSync(home)
  const file = writeTree(typeof tree === 'function' ? tree(dir) : tree, dir)
  const paths = { stdout: join(dir, 'stdout'), stderr: join(dir, 'stderr'), marks: join(dir, 'marks') }
  for (const path of Object.values(paths)) writeFileSync(path, '')
  const within = typeof options.within === 'function' ? options.within(dir) : (options.within ?? [])
  if (options.owner !== undefined) Bun.spawnSync(['chown', '-R', `${options.owner.uid}:${options.owner.gid}`, dir])

  const env = { ...plainEnvironment(), HOME: dir, COPPICE_HOME: home }
  const brood = newBrood()
  const outputs = [openSync(paths.stdout, 'a'), openSync(paths.stderr, 'a')] as const
  let since = stopwatch()
  let end: number | null = null
  const child = await inTurn(async () => {
    since = stopwatch()
    const spawned = Bun.spawn([...within, binary, 'up', file, ...(options.args ?? [])], {
      cwd: dir,
      env: { ...env, ...brood.environment, MARKS: paths.marks, ...options.env },
      stdio: ['ignore', ...outputs],
      onExit: () => void (end ??= since()),
    })
    outputs.forEach(closeSync)
    await fact('it listens', () => end !== null || existsSync(socketIn(home)), { within: 2000, every: 2 }).catch(
      () => false,
    )
    return spawned
  })

  const text = (path: string): string => readFileSync(path, 'utf8')
  const marks: Up['marks'] = (name, what = '') =>
    parseMarks(text(paths.marks)).filter((mark) => mark.name === (name ?? mark.name) && mark.what.startsWith(what))

  async function json<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await runCoppice([...args, '--json'], { cwd: dir, env })
    if (code !== 0) throw new Error(`coppice ${args.join(' ')} ended with ${code}: ${stderr}${story()}`)
    return JSON.parse(stdout) as T
  }

  /** As `fact`, and when it does not come true, what one needs to understand why. */
  async function told<T>(
    what: string | (() => string),
    ask: () => T | Promise<T>,
    limit: number,
    every = 10,
  ): Promise<Fact<T>> {
    try {
      return await fact(what, ask, { within: limit, every })
    } catch (error) {
      if (error instanceof Error) error.message += story()
      throw error
    }
  }

  function story(): string {
    const tail = text(paths.stderr).split('\n').slice(-40).join('\n')
    return `\n--- stderr of up, which ${end === null ? 'runs' : `ended with ${codeOf(child)}`}:\n${tail}\n--- marks:\n${text(paths.marks)}`
  }

  const up: Up = {
    dir,
    file,
    get stdout() {
      return text(paths.stdout)
    },
    get stderr() {
      return text(paths.stderr)
    },
    pid: () => told('coppice itself runs', () => coppiceBelow(child.pid), ceiling),
    cli: (...args) => runCoppice(args, { cwd: dir, env }),
    ls: () => json('ls'),
    view: (name) => json('desc', name),
    why: async (name) => (await json<WhyView>('why', name)).links,
    until(name, wanted, limit = ceiling) {
      const fits = typeof wanted === 'string' ? (view: ProcessView) => view.status === wanted : wanted
      let last: ProcessView | undefined
      const ask = async (): Promise<ProcessView | false> => {
        last = (await peek(home))?.find((view) => view.name === name)
        if (end !== null) throw new Error(`up has ended, and ${name} was never as wanted`)
        return last !== undefined && fits(last) && last
      }
      const what = (): string =>
        `${name} is ${typeof wanted === 'string' ? wanted : 'as wanted'}; it is ${JSON.stringify(last)}`
      return told(what, ask, limit, 20)
    },
    fact: (what, ask, limit = ceiling) => told(what, ask, limit),
    marks,
    mark: (name, what, count = 1) =>
      told(`mark ${what} of ${name}, number ${count}`, () => marks(name, what)[count - 1], ceiling),
    async signal(name) {
      const pid = await up.pid()
      since = stopwatch()
      process.kill(pid, name)
    },
    async exit(limit = ceiling) {
      await told('up has ended', () => end !== null, limit, 2)
      return { code: codeOf(child), ms: end ?? 0 }
    },
    async [Symbol.asyncDispose]() {
      const problem = end === null ? await endPolitely(child, () => end !== null) : null
      const left = brood.end().map((one) => `left running: ${one}`)
      await fact('what was left is gone', () => brood.living().length === 0)
      const problems = [...(problem === null ? [] : [problem]), ...left]
      const message = problems.length === 0 ? null : `after its end:\n${problems.join('\n')}${story()}`
      rmSync(dir, { recursive: true, force: true })
      if (message !== null) throw new Error(message)
    },
  }
  return up
}

/** What a chain of reasons says, a line for each link. */
export function sentences(links: readonly WhyLink[]): string {
  return links.map((link) => link.text).join('\n')
}

let last: Promise<unknown> = Promise.resolve()

/** One after the other: ten programs of a hundred megabytes that start at once would upset what other tests measure. */
function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const acted = last.then(act)
  last = acted.catch(() => undefined)
  return acted
}

function socketIn(home: string): string {
  return join(home, 'coppice.sock')
}

/** SIGTERM, a second one after a second, and SIGKILL when that did not help: a problem. */
async function endPolitely(child: Bun.Subprocess, hasEnded: () => boolean): Promise<string | null> {
  const steps = [
    ['SIGTERM', 1000],
    ['SIGTERM', 8000],
    ['SIGKILL', 1000],
  ] as const
  for (const [signal, patience] of steps) {
    signalIfThere(coppiceBelow(child.pid) ?? child.pid, signal)
    const gone = await fact('it is gone', hasEnded, { within: patience }).catch(() => false)
    if (gone) return signal === 'SIGKILL' ? 'it survived two SIGTERM, and was killed' : null
  }
  return 'it survived SIGKILL'
}

/** The pid of coppice: this one, or that of a descendant when it was started through another program. */
function coppiceBelow(pid: number): number | null {
  if (commandOf(pid).startsWith(`${binary} up`)) return pid
  for (const child of childrenOf(pid)) {
    const found = coppiceBelow(child)
    if (found !== null) return found
  }
  return null
}

/** What `ls` says, asked over the socket: tests that wait would else start thousands of programs. */
async function peek(home: string): Promise<ProcessView[] | null> {
  try {
    const answer = await fetch('http://localhost/v1/processes', { unix: socketIn(home) })
    return (await answer.json()) as ProcessView[]
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null // It does not listen yet, or not any more.
    throw error
  }
}
