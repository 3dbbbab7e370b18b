// SPEC.md and the tests hold each other: a rule that no test cites is a wish, an id that no rule has is a slip.
import { expect, test } from 'bun:test'
import { globSync, readFileSync } from 'node:fs'

const rules = [...readFileSync('SPEC.md', 'utf8').matchAll(/^- \[([A-Z]{2}\d+)\]/gm)].map(([, id]) => id ?? '')
const tests = globSync(['src/**/*.test.ts', 'test/**/*.ts']).map((path) => readFileSync(path, 'utf8'))
const cited = new Set(tests.flatMap((text) => [...text.matchAll(/\[([A-Z]{2}\d+)\]/g)].map(([, id]) => id ?? '')))

test('every rule has a number of its own', () => {
  expect(rules.filter((id, index) => rules.indexOf(id) !== index)).toEqual([])
})

test('every rule is cited by a test', () => {
  expect(rules.filter((id) => !cited.has(id))).toEqual([])
})

test('every rule that a test cites exists', () => {
  expect([...cited].filter((id) => !rules.includes(id))).toEqual([])
})
