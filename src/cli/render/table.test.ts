import { expect, test } from 'bun:test'
import type { Style } from './style.ts'
import { printTable, type Column } from './table.ts'

const columns: readonly Column[] = [
  { header: 'ID', narrow: 'stay' },
  { header: 'Name', narrow: 'cut' },
  { header: 'User', narrow: { leaves: 1 } },
  { header: 'Date', narrow: { leaves: 2 } },
]
const rows = [
  [{ text: '1' }, { text: 'a-process-with-a-name' }, { text: 'root' }, { text: '2026-11-20' }],
  [{ text: '12' }, { text: 'web' }, { text: '' }, { text: '' }],
]

const terminal = (width: number | null): Style => ({ boxed: true, colour: false, width, clock: 'utc' })
const pipe: Style = { boxed: false, colour: false, width: null, clock: 'utc' }

test('[CL12] on a terminal it has rounded corners and double inner rules', () => {
  expect(printTable(columns, rows, terminal(80))).toBe(`\
╭────╥───────────────────────╥──────╥────────────╮
│ ID ║ Name                  ║ User ║ Date       │
├────╫───────────────────────╫──────╫────────────┤
│ 1  ║ a-process-with-a-name ║ root ║ 2026-11-20 │
│ 12 ║ web                   ║      ║            │
╰────╨───────────────────────╨──────╨────────────╯
`)
})

test('[CL12] an empty table is its header', () => {
  expect(printTable(columns, [], terminal(80))).toBe(`\
╭────╥──────╥──────╥──────╮
│ ID ║ Name ║ User ║ Date │
╰────╨──────╨──────╨──────╯
`)
})

test('[CL12] on a narrow terminal columns leave, then names are cut', () => {
  expect(printTable(columns, rows, terminal(40))).toBe(`\
╭────╥───────────────────────╥──────╮
│ ID ║ Name                  ║ User │
├────╫───────────────────────╫──────┤
│ 1  ║ a-process-with-a-name ║ root │
│ 12 ║ web                   ║      │
╰────╨───────────────────────╨──────╯
`)
  expect(printTable(columns, rows, terminal(24))).toBe(`\
╭────╥─────────────────╮
│ ID ║ Name            │
├────╫─────────────────┤
│ 1  ║ a-process-with… │
│ 12 ║ web             │
╰────╨─────────────────╯
`)
})

test.each([24, 30, 37, 38, 60, 200])('[CL12] no line is longer than a terminal of %d columns', (width) => {
  for (const line of printTable(columns, rows, terminal(width)).split('\n')) {
    expect(Bun.stringWidth(line)).toBeLessThanOrEqual(width)
  }
})

test('[CL12] wide characters take two columns', () => {
  const table = printTable([{ header: 'x', narrow: 'stay' }], [[{ text: '木木' }], [{ text: 'é́a' }]], terminal(80))
  expect(
    new Set(
      table
        .trimEnd()
        .split('\n')
        .map((line) => Bun.stringWidth(line)),
    ),
  ).toEqual(new Set([8]))
})

test('[CL12] a wrapped column breaks into lines, between words where it can', () => {
  const table = printTable(
    [
      { header: 'p', narrow: 'stay' },
      { header: 'd', narrow: 'wrap' },
    ],
    [[{ text: 'args' }, { text: 'one two three 123456789012345' }]],
    terminal(20),
  )
  expect(table).toBe(`\
╭──────╥───────────╮
│ p    ║ d         │
├──────╫───────────┤
│ args ║ one two   │
│      ║ three     │
│      ║ 123456789 │
│      ║ 012345    │
╰──────╨───────────╯
`)
})

test('[CL13] in a pipe it has plain columns, cuts nothing, and an empty cell is a dash', () => {
  expect(printTable(columns, rows, pipe)).toBe(`\
ID  Name                   User  Date
1   a-process-with-a-name  root  2026-11-20
12  web                    -     -
`)
})

test('[CL13] what would move the cursor or hide text is made visible', () => {
  const text = 'a\x1b[2Jb\nc\td\u202ee'
  expect(printTable([{ header: 'x', narrow: 'stay' }], [[{ text }]], pipe)).toBe('x\na\\u001b[2Jb⏎c\\u0009d\\u202ee\n')
})

test('[CL13] colours do not change the shape', () => {
  const coloured = printTable(columns, rows, { ...terminal(80), colour: true })
  expect(coloured).toContain('\x1b[1;36mName')
  expect(Bun.stripANSI(coloured)).toBe(printTable(columns, rows, terminal(80)))
})
