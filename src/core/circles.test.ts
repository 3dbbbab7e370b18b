import { expect, test } from 'bun:test'
import { anEdge, aSpec } from '../../test/sim/builders.ts'
import { circularNames } from './circles.ts'

function circles(dependencies: Readonly<Record<string, readonly string[]>>): string[] {
  const specs = Object.entries(dependencies).map(([name, to]) => aSpec({ name, edges: to.map((one) => anEdge(one)) }))
  return [...circularNames(specs)].sort()
}

test('there are none in a tree, whatever its shape, or among names that nobody has', () => {
  expect(circles({ a: [], b: ['a'], c: ['a', 'b'], d: ['nobody', 'c', 'c'] })).toEqual([])
})

test('who depends on itself is one, and so are those that do so through others', () => {
  expect(circles({ a: ['c'], b: ['a'], c: ['b'], self: ['self'] })).toEqual(['a', 'b', 'c', 'self'])
})

test('who only hangs from one, or stands below, is none', () => {
  expect(circles({ a: ['b', 'root'], b: ['a'], leaf: ['a'], root: [] })).toEqual(['a', 'b'])
})
