// An `up` that was killed is started again on its file, or gives way to another program.
import { expect, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { ProcessView } from '../../src/wire/process.ts'
import type { SupervisorView } from '../../src/wire/routes.ts'
import { parseMarks, program, type Mark } from '../programs/program.ts'
import { binary, codeOf, plainEnvironment, runCoppice, type Answer } from './binary.ts'
import { fact } from './facts.ts'
import { newBrood } from './leftovers.ts'
import { asPid1, whyNoPid1 } from './namespace.ts'
import { childrenOf, commandOf, isAlive } from './proc.ts'
import { underLoad } from './replacing.ts'

/** A directory with a file, on which `up` is started again and again. */
interface Place extends AsyncDisposable {
  readonly dir: string
  readonly home: string
  readonly file: string
  write(tree: object): void
  /** Begins a life; it answers when this returns. */
  start(within?: readonly string[]): Promise<Life>
  cli(...args: readonly string[]): Promise<Answer>
  ls(): Promise<readonly ProcessView[]>
  until(name: string, wanted: (view: ProcessView) => boolean): Promise<ProcessView>
  marks(name: string, what: string): readonly Mark[]
}

interface Life {
  readonly pid: number
  signal(name: NodeJS.Signals): void
  ended(): Promise<number>
}

function aPlace(tree: object): Place {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-again-'))
  const [home, file, stderr, marks] = ['home', 'tree.json', 'stderr', 'marks'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
    string,
  ]
  mkdirSync(home)
  for (const path of [stderr, marks]) writeFileSync(path, '')
  const env = { ...plainEnvironment(), HOME: dir, COPPICE_HOME: home }
  const brood = newBrood()
  const lives: Bun.Subprocess[] = []
  const socket = join(home, 'coppice.sock')

  async function list(): Promise<ProcessView[] | null> {
    try {
      return (await (await fetch('http://coppice/v1/processes', { unix: socket })).json()) as ProcessView[]
    } catch (error) {
      if (error instanceof Error && 'code' in error) return null
      throw error
    }
  }

  const place: Place = {
    dir,
    home,
    file,
    write: (next) => writeFileSync(file, JSON.stringify(next)),
    async start(within = []) {
      const child = Bun.spawn([...within, binary, 'up', file], {
        cwd: dir,
        env: { ...env, ...brood.environment, MARKS: marks },
        stdio: ['ignore', Bun.file(stderr), Bun.file(stderr)],
      })
      lives.push(child)
      const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
      await fact('it answers', async () => hasEnded() || (await list()) !== null)
      if (hasEnded()) throw new Error(`up has ended with ${codeOf(child)}: ${readFileSync(stderr, 'utf8')}`)
      const pid = within.length === 0 ? child.pid : coppiceBelow(child.pid)
      return {
        pid,
        signal: (name) => void process.kill(pid, name),
        ended: async () => {
          await child.exited
          return codeOf(child)
        },
      }
    },
    cli: (...args) => runCoppice(args, { cwd: dir, env }),
    async ls() {
      return (await list()) ?? []
    },
    until(name, wanted) {
      return fact(`${name} is as wanted`, async () => {
        const view = (await list())?.find((one) => one.name === name)
        return view !== undefined && wanted(view) && view
      })
    },
    marks: (name, what) =>
      parseMarks(readFileSync(marks, 'utf8')).filter((mark) => mark.name === name && mark.what.startsWith(what)),
    async [Symbol.asyncDispose]() {
      for (const life of lives) life.kill('SIGKILL')
      brood.end()
      await fact('what was left is gone', () => brood.living().length === 0)
      rmSync(dir, { recursive: true, force: true })
    },
  }
  place.write(tree)
  return place
}

function coppiceBelow(pid: number): number {
  if (commandOf(pid).startsWith(`${binary} up`)) return pid
  return (
    childrenOf(pid)
      .map(coppiceBelow)
      .find((found) => found > 0) ?? 0
  )
}

function running({ status }: ProcessView): boolean {
  return status === 'running'
}

const once = { command: program('exits', 0), env: { MARK: 'once' }, oneshot: true }
const lives = (name: string): object => ({ command: program('never-dies'), env: { MARK: name } })

test('[RN10] after kill -9 it takes back what lives, and goes on with the rest', async () => {
  const port = await aFreePort()
  await using place = aPlace({
    prologue: [{ name: 'port', 'port-free': `127.0.0.1:${port}` }],
    processes: {
      once,
      server: {
        command: program('http-server', port),
        ready: `tcp://127.0.0.1:${port}`,
        dependencies: ['once'],
      },
      web: lives('web'),
      dying: { ...lives('dying'), backoff: { initial: '10ms', max: '10ms', jitter: 0 } },
    },
  })
  const first = await place.start()
  await place.until('server', (view) => view.ready)
  const [web, dying] = [await place.until('web', running), await place.until('dying', running)]
  first.signal('SIGKILL')
  await first.ended()
  process.kill(dying.pid ?? 0, 'SIGKILL')
  await fact('it is dead', () => !isAlive(dying.pid ?? 0))
  await place.start()
  const [server] = (await place.ls()).filter(({ name }) => name === 'server')
  expect(await place.until('server', (view) => view.ready)).toMatchObject({ pid: server?.pid ?? 0, restart_count: 0 })
  expect(await place.until('web', running)).toMatchObject({ pid: web.pid, restart_count: 0, run: 1 })
  expect(await place.until('dying', (view) => running(view) && view.pid !== dying.pid)).toMatchObject({
    run: 2,
    restart_count: 1,
  })
  expect(place.marks('once', 'start')).toHaveLength(1)
  expect(place.marks('web', 'start')).toHaveLength(1)
})

test('[RN13] the file counts as it is now', async () => {
  await using place = aPlace({ processes: { stays: lives('stays'), goes: lives('goes') } })
  const first = await place.start()
  const [stays, goes] = [await place.until('stays', running), await place.until('goes', running)]
  first.signal('SIGKILL')
  await first.ended()
  place.write({ processes: { stays: { ...lives('stays'), env: { MARK: 'changed' } }, comes: lives('comes') } })
  await place.start()
  await place.until('comes', running)
  await fact('it is stopped', () => !isAlive(goes.pid ?? 0))
  await fact('it is forgotten', async () => (await place.ls()).length === 2)
  expect(await place.until('stays', running)).toMatchObject({ pid: stays.pid })
  expect(place.marks('changed', 'start')).toHaveLength(0)
  expect((await place.cli('restart', 'stays')).code).toBe(0)
  await fact('it runs as the file has it', () => place.marks('changed', 'start').length === 1)
})

test('[RN11] where nothing lives any more it begins anew', async () => {
  await using place = aPlace({ processes: { once, web: lives('web') } })
  const first = await place.start()
  const web = await place.until('web', running)
  await place.until('once', ({ status }) => status === 'completed')
  first.signal('SIGKILL')
  await first.ended()
  process.kill(web.pid ?? 0, 'SIGKILL')
  await fact('it is dead', () => !isAlive(web.pid ?? 0))
  await place.start()
  expect(await place.until('web', running)).toMatchObject({ run: 1, restart_count: 0 })
  await place.until('once', ({ status }) => status === 'completed')
  expect(place.marks('once', 'start')).toHaveLength(2)
})

test('[RN12] an end leaves nothing', async () => {
  await using place = aPlace({ processes: { web: lives('web') } })
  const first = await place.start()
  await place.until('web', running)
  expect(readdirSync(place.home)).not.toEqual([])
  first.signal('SIGTERM')
  expect(await first.ended()).toBe(0)
  expect(readdirSync(place.home)).toEqual([])
})

test('[RN15] there is one for a file, whatever its socket', async () => {
  await using place = aPlace({ processes: { web: lives('web') } })
  const first = await place.start()
  await place.until('web', running)
  const second = await place.cli('up', place.file, '--socket', join(place.dir, 'other.sock'))
  expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`process ${first.pid}`) })
  expect(place.marks('web', 'start')).toHaveLength(1)
})

test('[RN14] where nothing can be written it works all the same, and gives way to another program', async () => {
  await using place = aPlace({ processes: { web: lives('web'), once } })
  writeFileSync(join(place.home, 'up'), '') // where its state would be
  const first = await place.start()
  const web = await place.until('web', running)
  await place.until('once', ({ status }) => status === 'completed')
  expect(await place.cli('daemon', 'reload-binary')).toMatchObject({ code: 0, stderr: '' })
  expect(await supervisorOf(place)).toMatchObject({ pid: first.pid, replaced: 1 })
  expect(await place.until('web', running)).toMatchObject({ pid: web.pid, run: 1 })
  expect(place.marks('once', 'start')).toHaveLength(1)
})

test('[RN16] a file with problems is refused', async () => {
  await using place = aPlace({ processes: { web: lives('web') } })
  await place.start()
  const web = await place.until('web', running)
  writeFileSync(place.file, '{ "processes": { "web": { "comand": "x" } } }')
  const refused = await place.cli('daemon', 'reload-binary')
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('tree.json:1:') })
  expect(await supervisorOf(place)).toMatchObject({ replaced: 0 })
  expect(await place.until('web', running)).toMatchObject({ pid: web.pid })
})

test.skipIf(whyNoPid1() !== null)(
  '[RN16] as PID 1, ten times under load, nothing is lost',
  async () => {
    const dying = Array.from({ length: 6 }, (_, n) => [
      `dies-${n}`,
      {
        command: program('exits', 20 + n, `0.${1 + (n % 3)}`),
        env: { MARK: `dies-${n}` },
        backoff: { initial: '20ms', max: '20ms', jitter: 0 },
      },
    ])
    const living = Array.from({ length: 12 }, (_, n) => [`lives-${n}`, lives(`lives-${n}`)])
    await using place = aPlace({ processes: Object.fromEntries([...living, ...dying]) })
    const life = await place.start(asPid1)
    await place.until('lives-11', running)
    const pidsOf = async (): Promise<readonly unknown[]> =>
      (await place.ls()).filter(({ name }) => /^lives-[0-9]$/.test(name)).map(({ pid }) => pid)
    const before = await pidsOf()
    const calls = [['ls'], ['restart', 'lives-10'], ['restart', 'lives-11', '--timeout', '20s']]
    const { refused, replaced } = await underLoad(place, { times: 10, calls })
    expect({ refused, replaced }).toEqual({ refused: [], replaced: 10 })
    expect(await supervisorOf(place)).toMatchObject({ pid: 1, replaced: 10, mode: 'up' })
    expect(await pidsOf()).toEqual(before)
    for (let n = 0; n < 6; n++) {
      expect((await place.cli('stop', `dies-${n}`)).code).toBe(0)
      const view = await place.until(`dies-${n}`, ({ status }) => status === 'stopped')
      // The last may have been stopped before it came to say that it had begun.
      expect([view.run, view.run - 1]).toContain(place.marks(`dies-${n}`, 'start').length)
    }
    life.signal('SIGTERM')
    expect(await life.ended()).toBe(0)
    expect(existsSync(join(place.home, 'up'))).toBe(false)
  },
  60_000,
)

async function supervisorOf(place: Place): Promise<SupervisorView> {
  const answer = await fetch('http://coppice/v1/supervisor', { unix: join(place.home, 'coppice.sock') })
  return (await answer.json()) as SupervisorView
}

async function aFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
