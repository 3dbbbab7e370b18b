import { expect, test } from 'bun:test'
import { listOf } from './text.ts'

test('a list reads as a person would say it', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listOf)).toEqual(['', 'a', 'a and b', 'a, b and c'])
})
