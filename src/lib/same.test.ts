import { expect, test } from 'bun:test'
import { isSame } from './same.ts'

test('what says the same is the same, in whatever order its keys stand', () => {
  const value = { list: [1, { deep: null }], map: new Map([['a', [1]]]), never: Number.POSITIVE_INFINITY }
  const other = { never: Number.POSITIVE_INFINITY, map: new Map([['a', [1]]]), list: [1, { deep: null }] }
  expect(isSame(value, other)).toBe(true)
})

test.each([
  [1, 2],
  [1, '1'],
  [null, {}],
  [[], {}],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], [1, 2]],
  [{ a: 1 }, { a: 1, b: undefined }],
  [{ a: undefined }, { b: undefined }],
  [new Map([['a', 1]]), new Map([['a', 2]])],
  [new Map([['a', 1]]), { a: 1 }],
  [{ deep: { a: [1] } }, { deep: { a: [2] } }],
])('%p is not %p', (a, b) => {
  expect([isSame(a, b), isSame(b, a)]).toEqual([false, false])
})
