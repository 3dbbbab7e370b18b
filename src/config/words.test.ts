import { expect, test } from 'bun:test'

import { readEnvFile, splitAssignments, splitWords } from './words.ts'

function words(text: string, variables = false): readonly string[] | string {
  const split = splitWords(text, { variables })
  return split.ok ? split.words : split.why
}

test.each([
  ['', []],
  ['  a   b\tc\n', ['a', 'b', 'c']],
  [`-k 'v w' "x y"`, ['-k', 'v w', 'x y']],
  [`a'b c'd"e f"g`, ['ab cde fg']],
  [`'' ""`, ['', '']],
  [String.raw`a\ b \\ \'`, ['a b', '\\', "'"]],
  [String.raw`"a\"b" "c\\d" "e\f"`, ['a"b', 'c\\d', 'e\\f']],
  ['"a\\\nb"', ['ab']],
  [`'a\\b'`, ['a\\b']],
  [`'{"a": 1}' ünïcode;%`, ['{"a": 1}', 'ünïcode;%']],
])('[PN4] %j is split as a shell does', (text, expected) => {
  expect(words(text)).toEqual(expected)
})

test.each([
  [`a 'b`, "a ' is never closed"],
  [`a "b`, 'a " is never closed'],
  ['a \\', 'it ends in a lone \\'],
])('[PN4] %j has no words', (text, why) => {
  expect(words(text)).toBe(why)
})

test.each([
  ['$A "$B c" d$E', ['$A', '$B c', 'd$E']],
  [`'$A' \\$B "\\$C"`, ['$$A', '$$B', '$$C']],
  ['${A:-x y} "${B:-"}"', ['${A:-x y}', '${B:-"}']],
  ['$$ a', ['$$', 'a']],
])('[CD5] %j keeps its variables for later', (text, expected) => {
  expect(words(text, true)).toEqual(expected)
})

test('[PN10] without variables a $ is like any other character', () => {
  expect(words(`'$A' \\$B \${C d}`)).toEqual(['$A', '$B', '${C', 'd}'])
})

function assignments(text: string): readonly (readonly [string, string])[] | string {
  const split = splitAssignments(text, { variables: false })
  return split.ok ? split.assignments.map(({ name, value }) => [name, value]) : split.why
}

test.each([
  ['A=1 B=2', { A: '1', B: '2' }],
  ['  A=1\n\tB=  ', { A: '1', B: '' }],
  [`A='x y' B="p q"`, { A: 'x y', B: 'p q' }],
  ['CFG={"a":1} PAT=a\\b', { CFG: '{"a":1}', PAT: 'a\\b' }],
  [`A="x","y" B='z`, { A: '"x","y"', B: "'z" }],
  ['URL=http://x/?a=b', { URL: 'http://x/?a=b' }],
])('[PN5] %j', (text, expected) => {
  expect(assignments(text)).toEqual(Object.entries(expected))
})

test('[PN5] what is not NAME=value is told', () => {
  expect(assignments('A=1 B')).toBe('"B" is not NAME=value')
  expect(assignments('=1')).toBe('"=1" is not NAME=value')
})

test('[CD9] an env file', () => {
  const text = `# a comment
export A=1

 B = two words
C="quoted # not a comment"
D='$A'
E=
F="it's"\r
`
  const read = readEnvFile(text)
  expect(read.ok && read.assignments.map(({ name, value, line }) => [line, name, value])).toEqual([
    [2, 'A', '1'],
    [4, 'B', 'two words'],
    [5, 'C', 'quoted # not a comment'],
    [6, 'D', '$A'],
    [7, 'E', ''],
    [8, 'F', "it's"],
  ])
  expect(readEnvFile('A=1\nhello\n')).toEqual({ ok: false, line: 2, why: 'the line is not NAME=value' })
})
