// What every kind of probe must do, whatever it asks.
import { expect, test } from 'bun:test'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Probe } from '../../core/check.ts'
import { children, openDescriptors, until } from './fixtures/leftovers.ts'
import * as a from './fixtures/probes.ts'
import * as servers from './fixtures/servers.ts'
import { createProber } from './prober.ts'

/** Two probes and, where a probe of that kind can be kept waiting, a third. What they ask ends with the stack. */
interface Cases {
  readonly passes: Probe
  readonly fails: Probe
  readonly hangs?: Probe
}

// On a disk that hangs they would wait as well, but that cannot be had in a test.
const instant: ReadonlySet<string> = new Set<Probe['kind']>(['port-free', 'file', 'dir'])

const kinds: { readonly [Kind in Probe['kind']]: (stack: AsyncDisposableStack) => Promise<Cases> } = {
  async http(stack) {
    const { port } = stack.use(await servers.anHttpServer((_, response) => response.end('ok')))
    const broken = stack.use(await servers.anHttpServer((_, response) => response.writeHead(503).end()))
    const silent = stack.use(await servers.aSilentServer())
    const at = (server: { port: number }): Probe => a.http(`http://127.0.0.1:${server.port}/`)
    return { passes: at({ port }), fails: at(broken), hangs: at(silent) }
  },
  async tcp(stack) {
    const { port } = stack.use(await servers.aSilentServer())
    const full = stack.use(await servers.aPortThatHangs())
    const hangs = { ...a.tcp(full.port), host: '127.0.0.1' }
    return { passes: a.tcp(port), fails: a.tcp(await servers.aFreePort()), hangs }
  },
  async 'port-free'(stack) {
    const { port } = stack.use(await servers.aSilentServer())
    return { passes: a.portFree(await servers.aFreePort()), fails: a.portFree(port) }
  },
  async redis(stack) {
    const { port } = stack.use(await servers.aServerThatSays('+PONG\r\n'))
    const loading = stack.use(await servers.aServerThatSays('-LOADING Redis is loading the dataset in memory\r\n'))
    const silent = stack.use(await servers.aSilentServer())
    return { passes: a.redis(port), fails: a.redis(loading.port), hangs: a.redis(silent.port) }
  },
  async grpc(stack) {
    const serving = stack.use(await servers.aGrpcServer({ status: 0, message: Buffer.from([0, 0, 0, 0, 2, 8, 1]) }))
    const without = stack.use(await servers.aGrpcServer({ status: 12 }))
    const silent = stack.use(await servers.aSilentServer())
    return { passes: a.grpc(serving.port), fails: a.grpc(without.port), hangs: a.grpc(silent.port) }
  },
  exec: async () => ({
    passes: a.exec('true'),
    fails: a.exec('false'),
    hangs: a.exec('sh', '-c', 'sleep 77 & sleep 77'),
  }),
  file: async () => ({ passes: a.file('/'), fails: a.file('/nowhere/at/all') }),
  async dir() {
    const tmp = mkdtempSync(join(tmpdir(), 'coppice-dir-'))
    return { passes: a.dir(join(tmp, 'a/b')), fails: a.dir('/dev/null/in-the-way') }
  },
  custom: async () => ({ passes: a.custom('yes'), fails: a.custom('throws'), hangs: a.custom('never') }),
}

const custom = new Map([
  ['yes', async () => true],
  ['throws', () => Promise.reject(new Error('a bug'))],
  ['never', () => new Promise<boolean>(() => undefined)],
])

const unlimited = new AbortController().signal

for (const [kind, prepare] of Object.entries(kinds)) {
  test(`[PB1] ${kind}: an attempt passes or fails, with words for a person`, async () => {
    await using stack = new AsyncDisposableStack()
    const { passes, fails } = await prepare(stack)
    const prober = stack.use(createProber({ custom }))
    expect(await prober.ask(passes, { context: null, signal: unlimited })).toEqual({
      ok: true,
      detail: expect.any(String),
    })
    expect(await prober.ask(fails, { context: null, signal: unlimited })).toEqual({
      ok: false,
      detail: expect.stringMatching(/\w/),
    })
  })

  if (!instant.has(kind)) {
    test(`[PB2] ${kind}: without an answer the attempt fails at its timeout`, async () => {
      await using stack = new AsyncDisposableStack()
      const { hangs } = await prepare(stack)
      if (hangs === undefined) throw new Error('name a probe that hangs')
      const prober = stack.use(createProber({ custom }))
      const began = performance.now()
      const verdict = await prober.ask(a.within(hangs, 150), { context: null, signal: unlimited })
      expect(verdict).toEqual({ ok: false, detail: expect.stringContaining('within 150ms') })
      expect(performance.now() - began).toBeWithin(145, 1000)
    })
  }

  test(`[PB3] ${kind}: an attempt that nobody waits for any longer ends at once`, async () => {
    await using stack = new AsyncDisposableStack()
    const { passes, hangs } = await prepare(stack)
    const prober = stack.use(createProber({ custom }))
    const began = performance.now()
    for (const probe of [passes, hangs ?? passes]) {
      await prober.ask(probe, { context: null, signal: AbortSignal.abort() })
      const asking = new AbortController()
      const answer = prober.ask(probe, { context: null, signal: asking.signal })
      setTimeout(() => asking.abort(), 20)
      await answer
      const forgotten = createProber({ custom })
      const last = forgotten.ask(probe, { context: null, signal: unlimited })
      await forgotten[Symbol.asyncDispose]()
      await last
    }
    expect(performance.now() - began).toBeLessThan(2000)
  })

  test(`[PB4] ${kind}: an attempt leaves no descriptor and no process behind, however it ended`, async () => {
    await using stack = new AsyncDisposableStack()
    const { passes, fails, hangs } = await prepare(stack)
    const prober = stack.use(createProber({ custom }))
    const askAll = async (): Promise<void> => {
      const asking = new AbortController()
      const probes = [passes, fails, ...(hangs === undefined ? [] : [a.within(hangs, 30), hangs])]
      const answers = probes.map((probe) => prober.ask(probe, { context: null, signal: asking.signal }))
      setTimeout(() => asking.abort(), 60)
      await Promise.all(answers)
    }
    await askAll() // the first one opens what the runtime keeps
    const [descriptors, processes] = [openDescriptors(), children()]
    for (let round = 0; round < 5; round++) await askAll()
    await until(() => openDescriptors() <= descriptors)
    await until(() => children().every((pid) => processes.includes(pid)))
  })

  test(`[PB4] ${kind}: an attempt leaves nothing that keeps a program alive`, async () => {
    await using stack = new AsyncDisposableStack()
    const { passes, hangs } = await prepare(stack)
    for (const probe of [passes, ...(hangs === undefined ? [] : [a.within(hangs, 50)])]) {
      const command = [process.execPath, join(import.meta.dir, 'fixtures/ask-once.ts'), JSON.stringify(probe)]
      const child = Bun.spawn(command, { stdio: ['ignore', 'pipe', 'inherit'], timeout: 10_000 })
      expect(JSON.parse(await new Response(child.stdout).text())).toMatchObject({ ok: probe === passes })
      expect(await child.exited).toBe(0)
    }
  })
}
