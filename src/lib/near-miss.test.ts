import { expect, test } from 'bun:test'
import { nearMiss } from './near-miss.ts'

const keys = ['parent', 'prerun', 'path', 'name']

test.each([
  ['parnet', 'parent'], // neighbours swapped
  ['paren', 'parent'], // one missing
  ['pathh', 'path'], // one too many
  ['NAME', 'name'], // another case
])('%s is nearly %s', (written, meant) => {
  expect(nearMiss(written, keys)).toBe(meant)
})

test.each(['x', 'n', 'command', '', 'pa'])('%p is nothing of these', (written) => {
  expect(nearMiss(written, keys)).toBeNull()
})
