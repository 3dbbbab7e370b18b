import { expect, test } from 'bun:test'
import { assertNever } from './assert.ts'
import { failure, success } from './result.ts'

test('a success carries its value', () => {
  expect(success(3)).toEqual({ ok: true, value: 3 })
})

test('a failure carries a code and a sentence, and a hint only where there is one', () => {
  expect(failure('gone', 'It is gone.')).toEqual({ ok: false, failure: { code: 'gone', message: 'It is gone.' } })
  expect(failure('gone', 'It is gone.', 'Look elsewhere.')).toEqual({
    ok: false,
    failure: { code: 'gone', message: 'It is gone.', hint: 'Look elsewhere.' },
  })
})

test('a case that the types had ruled out stops loudly, and names itself', () => {
  expect(() => assertNever({ tag: 'surprise' } as never)).toThrow('not a case: {"tag":"surprise"}')
})
