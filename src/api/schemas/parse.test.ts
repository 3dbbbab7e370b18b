import { expect, test } from 'bun:test'
import { parse } from './parse.ts'
import { either, integer, list, nullable, number, object, optional, text, word, type Schema } from './schema.ts'

const schema = object({
  name: text({ minLength: 1 }),
  pid: nullable(integer()),
  exit: nullable(either([object({ code: integer() }), object({ signal: text() })])),
  parts: optional(list(object({ kind: word(['a', 'b']), size: optional(number({ minimum: 0 })) }), { minItems: 1 })),
})

const fine = { name: 'web', pid: null, exit: { signal: 'TERM' } }

function told(value: unknown, expected: Schema<unknown> = schema): unknown {
  const parsed = parse(expected, value, 'The body')
  return parsed.ok ? 'fine' : [parsed.failure.message, parsed.failure.hint]
}

test('[AP7] what fits is taken as it is', () => {
  expect(parse(schema, fine, 'The body')).toEqual({ ok: true, value: fine })
  expect(told({ ...fine, exit: null, pid: 7, parts: [{ kind: 'b', size: 0.5 }] })).toBe('fine')
})

test.each([
  [[], 'The body must be an object, not an empty list.'],
  ['stop', 'The body must be an object, not "stop".'],
  [{ pid: 1 }, 'The body lacks "name" and "exit".'],
  [{ ...fine, name: '' }, '"name" must be a text, not "".'],
  [{ ...fine, pid: 1.5 }, '"pid" must be a whole number or null, not 1.5.'],
  [{ ...fine, exit: 1 }, '"exit" must be an object or null, not 1.'],
  [{ ...fine, exit: { code: 'x' } }, '"exit.code" must be a whole number, not "x".'],
  [{ ...fine, parts: [] }, '"parts" must be a list, not an empty list.'],
  [{ ...fine, parts: [{ kind: 'a' }, { kind: 'c' }] }, '"parts[1].kind" must be "a" or "b", not "c".'],
  [{ ...fine, parts: [{ kind: 'a', size: -1 }] }, '"parts[0].size" must be a number from 0 on, not -1.'],
  [{ ...fine, parts: [{}] }, '"parts[0]" lacks "kind".'],
  [{ ...fine, name: null }, '"name" must be a text, not null.'],
])('[AP7] %j is a bad request that says where and what', (value, message) => {
  expect(told(value)).toEqual([message, undefined])
})

test('[AP7] an unknown key is told with the nearest, or those there are', () => {
  expect(told({ ...fine, parst: [] })).toEqual(['The body has an unknown key "parst".', 'Did you mean "parts"?'])
  expect(told({ ...fine, parts: [{ kind: 'a', constructor: 1 }] })).toEqual([
    '"parts[0]" has an unknown key "constructor".',
    'The keys are kind, size.',
  ])
  expect(told(JSON.parse('{"__proto__":{"name":"x"}}'))).toEqual([
    'The body has an unknown key "__proto__".',
    'The keys are name, pid, exit, parts.',
  ])
  expect(told({ x: 1 }, object({}))).toEqual(['The body has an unknown key "x".', 'It takes none.'])
})

test('[AP7] a long value is told by its beginning', () => {
  expect(String(told({ ...fine, pid: 'x'.repeat(1000) })).length).toBeLessThan(200)
})
