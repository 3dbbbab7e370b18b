import { expect, test } from 'bun:test'

import type { Verdict } from '../../core/check.ts'
import { ask, askFunction } from './fixtures/ask.ts'
import { custom } from './fixtures/probes.ts'

test('[PB27] a function says yes or no, or gives a verdict with words of its own', async () => {
  expect(await askFunction(async () => true)).toBe('pass: passed')
  expect(await askFunction(async () => false)).toBe('fail: did not pass')
  expect(await askFunction(async () => ({ ok: false, detail: 'queue too long' }))).toBe('fail: queue too long')
})

test('[PB27] a bug in a function is a failed attempt, whether it throws, rejects, or answers nonsense', async () => {
  const throws = (): never => {
    throw new TypeError('x is not a function')
  }
  expect(await askFunction(throws)).toBe('fail: the probe function threw: x is not a function')
  expect(await askFunction(() => Promise.reject(new Error('no luck')))).toBe('fail: the probe function threw: no luck')
  // As untyped JavaScript would do.
  for (const nonsense of [undefined, null, 'yes', 1, {}, { ok: 'yes' }]) {
    const answer = nonsense as unknown as Verdict
    expect(await askFunction(async () => answer)).toMatch(/^fail: .*neither a boolean nor a verdict$/)
  }
})

test('[PB27] a function that nobody has registered is a failed attempt', async () => {
  expect(await ask(custom('nope'))).toBe('fail: no probe function is registered as "nope"')
})

test('[PB27] the signal tells a function that its time is up', async () => {
  const { promise: told, resolve } = Promise.withResolvers<string>()
  const verdict = await askFunction((signal) => {
    signal.addEventListener('abort', () => resolve('told'))
    return new Promise(() => undefined)
  }, 20)
  expect(verdict).toBe('fail: no answer within 20ms')
  expect(await told).toBe('told')
})

test('[PB1] what a function answers after its time is up changes nothing, not even a rejection', async () => {
  const late = Promise.withResolvers<boolean>()
  expect(await askFunction(() => late.promise, 20)).toBe('fail: no answer within 20ms')
  late.reject(new Error('too late'))
})
