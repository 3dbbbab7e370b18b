import { expect, test } from 'bun:test'
import { getEventListeners } from 'node:events'

import type { Probe } from '../../core/check.ts'
import * as a from './fixtures/probes.ts'
import * as servers from './fixtures/servers.ts'
import { createProber } from './prober.ts'

const options = { context: null, signal: new AbortController().signal }

test('[PB5] hundreds of attempts that hang do not delay another', async () => {
  await using silent = await servers.aSilentServer()
  await using good = await servers.anHttpServer((_, response) => response.end('ok'))
  await using prober = createProber()
  const hanging = Array.from({ length: 600 }, () => prober.ask(a.http(`http://127.0.0.1:${silent.port}/`), options))
  const quick = a.within(a.http(`http://127.0.0.1:${good.port}/`), 1000)
  expect(await prober.ask(quick, options)).toEqual({ ok: true, detail: 'HTTP 200' })
  await prober[Symbol.asyncDispose]()
  await Promise.all(hanging)
})

test('[PB1] a probe of an unknown kind is a failed attempt, not an error', async () => {
  const strange = { kind: 'smoke-signal', timeout: 1000 } as unknown as Probe
  expect(await createProber().ask(strange, options)).toMatchObject({ ok: false })
})

test('[PB2] a timeout longer than a timer can be is no timeout at all', async () => {
  await using server = await servers.anHttpServer((_, response) => response.end('ok'))
  const patient = a.within(a.http(`http://127.0.0.1:${server.port}/`), 1e12)
  expect(await createProber().ask(patient, options)).toMatchObject({ ok: true })
})

test('[PB4] an attempt leaves nothing on a signal that lives on', async () => {
  await using server = await servers.anHttpServer((_, response) => response.end('ok'))
  const { signal } = new AbortController()
  for (let i = 0; i < 3; i++) {
    await createProber().ask(a.http(`http://127.0.0.1:${server.port}/`), { context: null, signal })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  }
})

test('[PB8] an attempt is not failed for the time in which coppice itself was held up', async () => {
  await using server = await servers.anHttpServer((_, response) => response.end('ok'))
  await using silent = await servers.aSilentServer()
  await using prober = createProber()
  const ask = (port: number) => prober.ask(a.within(a.http(`http://127.0.0.1:${port}/`), 100), options)
  const answers = [ask(server.port), ask(silent.port)]
  const began = performance.now()
  Bun.sleepSync(300)
  expect(await Promise.all(answers)).toEqual([
    { ok: true, detail: 'HTTP 200' },
    { ok: false, detail: 'no answer within 100ms' },
  ])
  expect(performance.now() - began).toBeWithin(400, 2000)
})
