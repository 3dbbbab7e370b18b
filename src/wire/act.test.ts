import { expect, test } from 'bun:test'
import { parseActRequest } from './act.ts'

test('[AP8] nothing said: no force, waits, as long as it takes', () => {
  expect(parseActRequest('stop', {})).toEqual({ ok: true, value: { force: false, wait: true, timeout: null } })
})

test('[AP7] everything said', () => {
  const body = { force: true, wait: false, timeout: 1500 }
  expect(parseActRequest('restart', body)).toEqual({ ok: true, value: body })
})

test.each([
  ['a list', [], 'a list'],
  ['a text', 'stop', '"stop"'],
  ['null', null, 'null'],
  ['a text for a boolean', { wait: 'yes' }, '"wait" must be true or false, not "yes".'],
  ['a list for a boolean', { force: [true] }, '"force" must be true or false, not a list.'],
  ['a duration with its unit', { timeout: '5s' }, '"timeout" must be milliseconds'],
  ['a timeout of the past', { timeout: -1 }, '"timeout" must be milliseconds'],
  ['a timeout no timer can count', { timeout: 2 ** 31 }, '"timeout" must be milliseconds'],
])('[AP7] %s is a bad request that says what is wrong', (_what, body, message) => {
  const parsed = parseActRequest('stop', body)
  expect(parsed).toMatchObject({ ok: false, failure: { code: 'bad-request' } })
  expect(parsed.ok ? '' : parsed.failure.message).toContain(message)
})

test('[AP7] an unknown key is a bad request that names the nearest', () => {
  expect(parseActRequest('stop', { forse: true })).toMatchObject({
    failure: { message: 'The body has an unknown key "forse".', hint: 'Did you mean "force"?' },
  })
  expect(parseActRequest('stop', { constructor: 1 })).toMatchObject({
    failure: { hint: 'The keys are force, wait, timeout.' },
  })
})

test('[AP7] a start cannot be forced', () => {
  expect(parseActRequest('start', { force: true })).toMatchObject({ ok: false, failure: { code: 'bad-request' } })
})
