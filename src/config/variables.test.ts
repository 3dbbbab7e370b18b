import { expect, test } from 'bun:test'

import { fillIn } from './variables.ts'

const values = new Map([
  ['NAME', 'value'],
  ['EMPTY', ''],
  ['COST', '$NAME'],
  ['1ST', 'digit'],
])

/** What is missing comes out in angle brackets. */
function filled(text: string, digits = false): string {
  const missing = (written: string, name: string | null): string => `<${name ?? `no variable: ${written}`}>`
  return fillIn(text, { lookup: (name) => values.get(name), missing, digits })
}

test.each([
  ['$NAME', 'value'],
  ['${NAME}', 'value'],
  ['a${NAME}b$NAME.c', 'avalueb' + 'value.c'],
  ['$NAMES', '<NAMES>'],
  ['$$', '$'],
  ['$$NAME $$$NAME', '$NAME $value'],
  ['100$ $ $- $(date) $"', '100$ $ $- $(date) $"'],
  ['^a+$', '^a+$'],
  ['$1 $2', '$1 $2'],
])('[CF6] %s is %s', (text, expected) => {
  expect(filled(text)).toBe(expected)
})

test.each([
  ['${NOPE:-default}', 'default'],
  ['${EMPTY:-default}', 'default'],
  ['${NAME:-default}', 'value'],
  ['${NOPE:-}', ''],
  ['${NOPE:-a:-b}', 'a:-b'],
  ['${NOPE:-$NAME}', 'value'],
  ['${NOPE:-${NOPE:-${NAME}}}!', 'value!'],
  ['$EMPTY', ''],
])('[CF6] the default of %s: %s', (text, expected) => {
  expect(filled(text)).toBe(expected)
})

test.each([
  ['${NAME', '<no variable: ${>NAME'],
  ['${}', '<no variable: ${}>'],
  ['${a b}', '<no variable: ${a b}>'],
  ['${NAME-x}', '<no variable: ${NAME-x}>'],
])('[CF6] %s holds no variable', (text, expected) => {
  expect(filled(text)).toBe(expected)
})

test('[CF6] what was filled in is not looked at again', () => {
  expect(filled('$COST')).toBe('$NAME')
})

test('[PM10] names of procmon may begin with a digit', () => {
  expect(filled('$1ST ${1ST}', true)).toBe('digit digit')
})
