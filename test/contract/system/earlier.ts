// Runs of a daemon that was killed, for a spawner of the test to take back.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SignalName } from '../../../src/lib/signals.ts'
import type { AdoptOrder, AdoptOutcome, RunNews, SignalScope, Spawner } from '../../../src/system/ports.ts'
import { createSpawner } from '../../../src/system/spawner.ts'
import { becomeSubreaper } from '../../../src/system/subreaper.ts'
import { descriptorsOf, isAlive, livingWith, statOf } from '../../e2e/proc.ts'
import { specOf, type Recorded, type Sketch } from '../../programs/earlier-daemon.ts'
import { program } from '../../programs/program.ts'
import { until } from './host.ts'

/** Who gets what the earlier daemon leaves: us, as a subreaper or after an exec in place; or another. */
export type Heir = 'us' | 'one that reaps' | 'one that waits'

export const heirs: readonly Heir[] = ['us', 'one that reaps', 'one that waits']

/** What a test says of a process of the earlier daemon: a command line for the shell, or a whole command. */
export type Script = string | Pick<Sketch, 'command' | 'ready' | 'user'>

/** Everything that carries a marker of it is killed in the end. */
export class Earlier implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'coppice-earlier-'))
  readonly ownId = `earlier-${process.pid}-${performance.now()}`
  readonly runtimeDir = join(this.dir, 'run')
  recorded: readonly Recorded[] = []
  private readonly heir: Heir
  private readonly subreaper = becomeSubreaper()
  private readonly sketches: readonly Sketch[]
  private child: Bun.Subprocess<'pipe', 'pipe', 'inherit'> | null = null
  private daemon = 0

  private constructor(heir: Heir, scripts: readonly Script[]) {
    this.heir = heir
    this.sketches = scripts.map((script, index) => ({
      ...(typeof script === 'string' ? { command: ['/bin/sh', '-c', script] as const } : script),
      output: join(this.dir, `${index + 1}.log`),
    }))
  }

  static async start(heir: Heir, ...scripts: readonly Script[]): Promise<Earlier> {
    const earlier = new Earlier(heir, scripts)
    const own = program('earlier-daemon', earlier.ownId, earlier.runtimeDir, JSON.stringify(earlier.sketches))
    const command = heir === 'us' ? own : [...program('foster-parent', heir.replace('one that ', '')), ...own]
    earlier.child = Bun.spawn(command, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
    const said = await firstLine(earlier.child.stdout)
    const { pid, recorded } = JSON.parse(said) as { pid: number; recorded: readonly Recorded[] }
    earlier.daemon = pid
    earlier.recorded = recorded
    return earlier
  }

  /** Kills the daemon; when this returns, its processes have another parent. */
  async crash(signal: 'SIGKILL' | 'SIGUSR1' = 'SIGKILL'): Promise<void> {
    process.kill(this.daemon, signal)
    await until('the earlier daemon is gone', () => !isAlive(this.daemon))
    const orphaned = (pid: number): boolean => statOf(pid)?.parent !== this.daemon
    await until('its processes are orphans', () => this.recorded.every(({ pid }) => orphaned(pid)))
  }

  one(index = 1): Recorded {
    const found = this.recorded[index - 1]
    if (found === undefined) throw new Error(`there is no process ${index}`)
    return found
  }

  /** The order to take a run back, with what differs from the record. */
  orderOf(index: number, news: RunNews[], differing: Partial<AdoptOrder> = {}): AdoptOrder {
    const sketch = this.sketches[index - 1]
    if (sketch === undefined) throw new Error(`there is no process ${index}`)
    return { ...this.one(index), spec: specOf(sketch, index), news: (one) => news.push(one), ...differing }
  }

  output(index = 1): string {
    const path = join(this.dir, `${index}.log`)
    return existsSync(path) ? readFileSync(path, 'utf8') : ''
  }

  /** The pid that a process wrote as `NAME=PID`. */
  async pidOf(name: string, index = 1): Promise<number> {
    const said = new RegExp(`^${name}=(\\d+)$`, 'm')
    await until(`process ${index} names ${name}`, () => said.test(this.output(index)))
    return Number(said.exec(this.output(index))?.[1])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid, marker } of this.recorded) {
      for (const member of livingWith(`COPPICE_RUN=${marker}`)) kill(member)
      if (statOf(pid)?.session === pid) kill(pid)
    }
    for (const pid of writersIn(this.dir)) kill(pid)
    this.child?.kill('SIGKILL')
    if (this.heir !== 'us') kill(this.daemon)
    await this.child?.exited
    this.subreaper[Symbol.dispose]()
    rmSync(this.dir, { recursive: true })
  }
}

/** A later daemon with the same id, and what it was told. */
export class Later implements AsyncDisposable {
  readonly spawner: Spawner
  readonly earlier: Earlier
  readonly oddities: string[] = []
  readonly news: RunNews[] = []

  constructor(earlier: Earlier) {
    this.earlier = earlier
    const { ownId, runtimeDir } = earlier
    this.spawner = createSpawner({ ownId, runtimeDir, log: (text) => this.oddities.push(text) })
  }

  /** Takes a run back; what is told of it comes to `news`. */
  adopt(index = 1, differing: Partial<AdoptOrder> = {}): AdoptOutcome {
    return this.spawner.adopt(this.earlier.orderOf(index, this.news, differing))
  }

  signal(signal: SignalName, scope: SignalScope = 'group', index = 1): void {
    this.spawner.signal(this.earlier.one(index).ref, { signal, scope })
  }

  async exited(): Promise<Extract<RunNews, { tag: 'exited' }>> {
    const find = () => this.news.find((one) => one.tag === 'exited')
    await until('the end is told', () => find() !== undefined)
    return find() as Extract<RunNews, { tag: 'exited' }>
  }

  async gone(): Promise<Extract<RunNews, { tag: 'gone' }>> {
    const find = () => this.news.find((one) => one.tag === 'gone')
    await until('it is told that nothing is left', () => find() !== undefined)
    return find() as Extract<RunNews, { tag: 'gone' }>
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.spawner[Symbol.asyncDispose]()
  }
}

/** Who writes to a log of the test: so are found those that hide their marker. */
function writersIn(dir: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => pid !== process.pid && descriptorsOf(pid).get(1)?.startsWith(dir) === true)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true })
    const end = text.indexOf('\n')
    if (end >= 0) return text.slice(0, end)
  }
  throw new Error('the earlier daemon said nothing')
}
