// A real host for the tests of src/system: a spawner, runs that remember what was told of them, and facts to wait for.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProcessSpec } from '../../../src/core/spec.ts'
import type { SignalName } from '../../../src/lib/signals.ts'
import type { Leftover, RunNews, RunRef, SignalScope, Spawner, SpawnOutcome } from '../../../src/system/ports.ts'
import { createSpawner } from '../../../src/system/spawner.ts'
import { environOf } from '../../e2e/proc.ts'
import { aSpec, type SpecSketch } from '../../sim/builders.ts'

const ceiling = 10_000

/** Waits until a fact is true; a test that would wait for ever says for what. */
export async function until(fact: string, isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + ceiling
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`not within ${ceiling / 1000} s: ${fact}`)
    await Bun.sleep(2)
  }
}

/** A command line for the shell. Its stdout goes to `run.output()`. */
export function sh(script: string): readonly [string, ...string[]] {
  return ['/bin/sh', '-c', script]
}

/** One run, and all that was told of it. */
export class HostedRun {
  readonly ref: RunRef
  readonly spec: ProcessSpec
  readonly news: RunNews[] = []
  outcome: SpawnOutcome = { tag: 'spawn-failed', code: 'NOT-YET', text: 'not yet spawned' }
  private readonly host: Host

  constructor(host: Host, { ref, spec }: { ref: RunRef; spec: ProcessSpec }) {
    this.host = host
    this.ref = ref
    this.spec = spec
  }

  get pid(): number {
    if (this.outcome.tag !== 'spawned') throw new Error(`not spawned: ${this.outcome.text}`)
    return this.outcome.pid
  }

  get exit(): Extract<RunNews, { tag: 'exited' }> | undefined {
    return this.news.find((news) => news.tag === 'exited')
  }

  get isOver(): boolean {
    return this.outcome.tag !== 'spawned' || this.exit?.left === 0 || this.news.some((news) => news.tag === 'gone')
  }

  signal(signal: SignalName, scope: SignalScope = 'group'): void {
    this.host.spawner.signal(this.ref, { signal, scope })
  }

  /** What its main process came to. */
  async exited(): Promise<Extract<RunNews, { tag: 'exited' }>> {
    await until(`${this.spec.name} has exited`, () => this.exit !== undefined)
    return this.exit as Extract<RunNews, { tag: 'exited' }>
  }

  /** What was killed of it, once nothing is left. */
  async over(): Promise<readonly Leftover[]> {
    await until(`nothing is left of ${this.spec.name}`, () => this.isOver)
    const gone = this.news.find((news) => news.tag === 'gone')
    return gone?.killed ?? this.exit?.killed ?? []
  }

  /** The variables it was started with. In the middle of its `execve` they read as none. */
  async environment(): Promise<readonly string[]> {
    await until(`${this.spec.name} is its program`, () => environOf(this.pid).length > 0)
    return environOf(this.pid)
  }

  /** What it wrote to its stdout so far. */
  output(): string {
    return readFileSync(join(this.host.dir, `${this.ref.process}.out`), 'utf8')
  }

  /** Its output, once it contains `text`. */
  async says(text: string): Promise<string> {
    await until(`${this.spec.name} says ${JSON.stringify(text)}`, () => this.output().includes(text))
    return this.output()
  }

  /** The pid that it wrote as `NAME=PID`. */
  async pidOf(name: string): Promise<number> {
    const said = new RegExp(`^${name}=(\\d+)$`, 'm')
    await until(`${this.spec.name} names ${name}`, () => said.test(this.output()))
    return Number(said.exec(this.output())?.[1])
  }
}

/** Disposing of it kills what still runs. */
export class Host implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), 'coppice-host-'))
  /** What the spawner found odd. */
  readonly oddities: string[] = []
  readonly spawner: Spawner
  private readonly runs: HostedRun[] = []

  constructor() {
    chmodSync(this.dir, 0o755) // for processes of other users
    const log = (text: string): void => void this.oddities.push(text)
    this.spawner = createSpawner({ ownId: `test-${process.pid}`, log })
  }

  /** Waits until a fact is true. */
  until(fact: string, isTrue: () => boolean): Promise<void> {
    return until(fact, isTrue)
  }

  /** Starts a process; it may fail. stderr goes where the test's goes. */
  try(sketch: SpecSketch): HostedRun {
    const id = this.runs.length + 1
    const stdout = { tag: 'file', path: join(this.dir, `${id}.out`) } as const
    const spec = aSpec({ name: `p${id}`, cwd: this.dir, ...sketch })
    const run = new HostedRun(this, {
      ref: { process: id, run: 1 },
      spec: { ...spec, output: { ...spec.output, stdout, ...sketch.output } },
    })
    this.runs.push(run)
    run.outcome = this.spawner.spawn({ ref: run.ref, spec: run.spec, news: (news) => run.news.push(news) })
    return run
  }

  /** Starts a process that can be started. */
  start(sketch: SpecSketch): HostedRun {
    const run = this.try(sketch)
    if (run.outcome.tag !== 'spawned') throw new Error(`not spawned: ${run.outcome.text}`)
    return run
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const run of this.runs) if (!run.isOver) run.signal('SIGKILL', 'everything')
    await until('nothing is left of the test', () => this.runs.every((run) => run.isOver))
    await this.spawner[Symbol.asyncDispose]()
    rmSync(this.dir, { recursive: true })
  }
}
