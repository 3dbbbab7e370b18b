import { expect, test } from 'bun:test'
import type { LookupAddress } from 'node:dns'

import { createLookup, type Resolve } from './resolve.ts'

test('[PB6] localhost is both addresses, and nobody is asked for them', async () => {
  const find = finder(() => Promise.reject(new Error('asked')))
  expect(await find('localhost')).toBe('127.0.0.1 ::1')
  expect(await find('LocalHost')).toBe('127.0.0.1 ::1')
})

test('[PB5] names that hang leave a thread to others, and the next have their turn when these are done', async () => {
  const names = aNameServer()
  const find = finder(names.resolve)
  const answers = Promise.all(['a', 'b', 'c', 'd'].map(find))
  expect(names.asked).toEqual(['a', 'b'])
  names.answer('b')
  await names.until('c')
  expect(names.asked).toEqual(['a', 'b', 'c'])
  for (const name of ['a', 'c']) names.answer(name)
  await names.until('d')
  names.answer('d')
  expect(await answers).toEqual(['a', 'b', 'c', 'd'])
})

test('[PB5] a name is looked up once for all who ask meanwhile, and anew for those who ask later', async () => {
  const names = aNameServer()
  const find = finder(names.resolve)
  const both = Promise.all([find('a'), find('a')])
  names.answer('a')
  expect(await both).toEqual(['a', 'a'])
  const later = find('a')
  expect(names.asked).toEqual(['a', 'a'])
  names.answer('a')
  await later
})

test('[PB5] a name that nobody knows gives its turn on as well', async () => {
  const find = finder((name) => (name === 'known' ? Promise.resolve(at(name)) : Promise.reject(new Error('unknown'))))
  expect(await Promise.all(['x', 'y', 'z', 'known'].map(find))).toEqual(['unknown', 'unknown', 'unknown', 'known'])
})

/** The addresses that `connect` would be told, or the message of the error. */
function finder(resolve: Resolve): (name: string) => Promise<string> {
  const lookup = createLookup(resolve, 2)
  return (name) =>
    new Promise((told) => {
      lookup(name, { all: true }, (error, found) => {
        const addresses = typeof found === 'string' ? found : found.map(({ address }) => address).join(' ')
        told(error === null ? addresses : error.message)
      })
    })
}

/** Answers a name when the test says so, with the name itself for an address. */
function aNameServer() {
  const open = new Map<string, (addresses: readonly LookupAddress[]) => void>()
  const asked: string[] = []
  return {
    asked,
    resolve: (name: string) => {
      asked.push(name)
      return new Promise<readonly LookupAddress[]>((resolve) => open.set(name, resolve))
    },
    answer: (name: string) => open.get(name)?.(at(name)),
    async until(name: string) {
      while (!asked.includes(name)) await Promise.resolve()
    },
  }
}

function at(address: string): readonly LookupAddress[] {
  return [{ address, family: 4 }]
}
