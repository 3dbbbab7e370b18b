import { expect, test } from 'bun:test'
import type { HookOutcome, Hooks } from '../../system/hooks.ts'
import { bounds, createRunner, type Runner } from './runner.ts'

/** Hooks that last until they are told to end, under a clock that is turned by hand. */
class SlowHooks implements Hooks {
  readonly running = new Map<string, (outcome: HookOutcome) => void>()
  readonly begun: string[] = []
  private time = 0
  private alarms: { readonly at: number; readonly act: () => void }[] = []

  run({ event, signal }: Parameters<Hooks['run']>[0]): Promise<HookOutcome> {
    const { promise, resolve } = Promise.withResolvers<HookOutcome>()
    this.begun.push(event)
    const end = (outcome: HookOutcome): void => {
      this.running.delete(event)
      resolve(outcome)
    }
    this.running.set(event, end)
    signal.addEventListener('abort', () => end({ failed: 'aborted', output: '' }))
    return promise
  }

  now(): number {
    return this.time
  }

  later(after: number, act: () => void): Disposable {
    const alarm = { at: this.time + after, act }
    this.alarms.push(alarm)
    return { [Symbol.dispose]: () => void (this.alarms = this.alarms.filter((one) => one !== alarm)) }
  }

  async passes(span: number): Promise<void> {
    this.time += span
    for (const { at, act } of this.alarms) if (at <= this.time) act()
    await turns()
  }

  async end(...events: readonly string[]): Promise<void> {
    for (const event of events) this.running.get(event)?.({ failed: null, output: '' })
    await turns()
  }

  [Symbol.dispose](): void {
    this.running.clear()
  }
}

/** Lets the loop turn until everything has happened that is to happen at this moment. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

function aJob(runner: Runner, event: string, process: number, told: string[] = []): boolean {
  const order = () => ({
    action: { tag: 'command', command: ['x'] } as const,
    event,
    context: null,
    variables: {},
    timeout: 1000,
  })
  return runner.add({ process, order, over: ({ failed }) => void told.push(`${event} ${failed}`) })
}

const many = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

test('[HK10] whoever hands one in goes on first', async () => {
  const hooks = new SlowHooks()
  const runner = createRunner(hooks)
  aJob(runner, 'a', 1)
  expect(hooks.begun).toEqual([])
  await turns()
  expect(hooks.begun).toEqual(['a'])
})

test('[HK10] eight run at once, the next one when one has ended, in their order', async () => {
  const hooks = new SlowHooks()
  const runner = createRunner(hooks)
  for (const n of many(10)) aJob(runner, `${n}`, n)
  await turns()
  expect(hooks.begun).toEqual(many(8).map(String))
  await hooks.end('5', '2')
  expect(hooks.begun).toEqual(many(10).map(String))
})

test('[HK10] one process has four at most, and the others need not wait for it', async () => {
  const hooks = new SlowHooks()
  const runner = createRunner(hooks)
  for (const n of many(6)) aJob(runner, `web ${n}`, 1)
  aJob(runner, 'db', 2)
  await turns()
  expect(hooks.begun).toEqual(['web 0', 'web 1', 'web 2', 'web 3', 'db'])
  await hooks.end('web 3')
  expect(hooks.begun.at(-1)).toBe('web 4')
})

test('[HK10] what finds no room is not run', async () => {
  const hooks = new SlowHooks()
  const runner = createRunner(hooks)
  for (const n of many(bounds.atOnce)) aJob(runner, `${n}`, n)
  await turns()
  expect(many(bounds.waiting).every((n) => aJob(runner, `waits ${n}`, 100 + n))).toBe(true)
  expect(aJob(runner, 'late', 1)).toBe(false)
  await hooks.end('0')
  expect(aJob(runner, 'later', 1)).toBe(true)
})

test('[HK11] at the end each has lived for two seconds, and what waits is run for as long', async () => {
  const hooks = new SlowHooks()
  const runner = createRunner(hooks)
  const told: string[] = []
  for (const n of many(8)) aJob(runner, `old ${n}`, n, told)
  await hooks.passes(0)
  await hooks.passes(3000)
  for (const n of many(9)) aJob(runner, `new ${n}`, n, told)
  const over = runner[Symbol.asyncDispose]()
  await turns()
  expect(told).toEqual(many(8).map((n) => `old ${n} aborted`))
  expect(hooks.begun).toContain('new 7')
  await hooks.passes(1999)
  expect(told).toHaveLength(8)
  await hooks.passes(1)
  await over
  expect(told.slice(8).toSorted()).toEqual([
    ...many(8).map((n) => `new ${n} aborted`),
    'new 8 was not run, since coppice ends',
  ])
  expect(aJob(runner, 'too late', 1)).toBe(false)
})

test('[HK11] where everything is done, the end is now', async () => {
  const hooks = new SlowHooks()
  const runner = createRunner(hooks)
  const told: string[] = []
  aJob(runner, 'a', 1, told)
  const over = runner[Symbol.asyncDispose]()
  await turns()
  await hooks.end('a')
  await over
  expect(told).toEqual(['a null'])
})
