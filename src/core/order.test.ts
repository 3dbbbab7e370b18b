import { expect, test } from 'bun:test'
import { anEdge, aSpec } from '../../test/sim/builders.ts'
import { startOrder } from './order.ts'

function order(dependencies: Readonly<Record<string, readonly string[]>>) {
  return startOrder(
    Object.entries(dependencies).map(([name, to]) => aSpec({ name, edges: to.map((one) => anEdge(one)) })),
  )
}

test('those that have to do with each other come first, dependencies before dependents, then the others', () => {
  expect(order({ c1: ['c2', 'c3'], c5: [], c2: ['c4'], c3: [], c4: [], c6: [] })).toEqual({
    queue: ['c3', 'c4', 'c2', 'c1', 'c5', 'c6'],
    graph: ['c3', 'c4', 'c2', 'c1'],
  })
})

test('a layer has the order in which they were given', () => {
  expect(order({ z: ['b', 'a'], y: ['a'], b: [], x: ['b'], a: [] }).graph).toEqual(['b', 'a', 'z', 'y', 'x'])
})

test('without dependencies there is no graph', () => {
  expect(order({ b: [], a: [] })).toEqual({ queue: ['b', 'a'], graph: [] })
  expect(order({})).toEqual({ queue: [], graph: [] })
})

test('a name that nobody has, and one that is given twice, make no difference', () => {
  expect(order({ web: ['nobody'], api: [] })).toEqual({ queue: ['web', 'api'], graph: [] })
  expect(order({ web: ['db', 'db'], db: [] }).queue).toEqual(['db', 'web'])
})

test('a circle comes last, and so does what depends on it', () => {
  expect(order({ a: ['b'], b: ['a'], c: ['a'], self: ['self'], web: ['db'], db: [] }).graph).toEqual([
    'db',
    'web',
    'a',
    'b',
    'c',
    'self',
  ])
})

test('ten thousand on one, or in a row, are ordered in no time', () => {
  const star = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`n${i}`, i === 0 ? [] : ['n0']]))
  const row = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`n${i}`, i === 9999 ? [] : [`n${i + 1}`]]))
  expect([order(star).queue.at(-1), order(row).queue[0]]).toEqual(['n9999', 'n9999'])
})
