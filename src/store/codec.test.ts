import { expect, test } from 'bun:test'
import { anything, assert, constantFrom, dictionary, double, letrec, oneof, property, string } from 'fast-check'
import { decode, encode } from './codec.ts'

const names = oneof(
  string({ unit: 'binary' }),
  constantFrom('$map', '$object', '$number', '$', '__proto__', 'toString'),
)
const { value } = letrec((tie) => ({
  leaf: oneof(
    string({ unit: 'binary' }),
    double(),
    constantFrom(null, true, false, Infinity, -Infinity, Number.NaN, -0, '\ud800'),
  ),
  list: dictionary(names, tie('value'), { maxKeys: 4 }).map((record) => Object.values(record)),
  map: dictionary(names, tie('value'), { maxKeys: 4 }).map((record) => new Map(Object.entries(record))),
  object: dictionary(names, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  value: oneof({ depthSize: 'small' }, tie('leaf'), tie('list'), tie('map'), tie('object')),
}))

test('[DB2] what is written is read back as it was', () => {
  assert(
    property(value, (written) => {
      const read = decode(encode(written))
      expect(read.ok && read.value).toStrictEqual(written as never)
    }),
    { numRuns: 500 },
  )
})

test('[DB2] what nobody wrote is refused, and never thrown', () => {
  const texts = [
    '',
    '{',
    'undefined',
    '{"$map":3}',
    '{"$map":[[1,2]]}',
    '{"$map":[["a"]]}',
    '{"$date":0}',
    '{"$number":1}',
  ]
  for (const text of texts) expect(decode(text)).toMatchObject({ ok: false, failure: { code: 'undecodable' } })
  assert(
    property(anything(), (any) => {
      const text = JSON.stringify(any)
      if (text !== undefined) expect(decode(text)).toHaveProperty('ok')
    }),
  )
})

test('a key that is undefined counts as not there', () => {
  const read = decode(encode({ a: undefined, b: 1 }))
  expect(read.ok && read.value).toStrictEqual({ b: 1 })
})
