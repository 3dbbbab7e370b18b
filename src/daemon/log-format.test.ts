import { expect, test } from 'bun:test'
import { formatEntry, type LogEntry } from './log-format.ts'

const entry: LogEntry = {
  at: Date.UTC(2026, 10, 20, 12, 3, 7, 42),
  level: 'warn',
  process: 'api',
  message: 'api exited with code 1 after 3s',
  fields: { status: 'restarting', run: 2 },
}

test('[LG2] text has the time, the level, the name in a column, and the message', () => {
  const line = formatEntry(entry, { format: 'text', width: 6, colour: false })
  expect(line).toMatch(/^\d\d:03:07\.042 WARN {2}api {4}api exited with code 1 after 3s\n$/)
})

test('[LG2] on a terminal text is coloured, and says the same', () => {
  const plain = formatEntry(entry, { format: 'text', width: 6, colour: false })
  const coloured = formatEntry(entry, { format: 'text', width: 6, colour: true })
  expect(coloured).not.toBe(plain)
  expect(Bun.stripANSI(coloured)).toBe(plain)
})

test('[LG2] json is one object a line, with the facts', () => {
  const line = formatEntry(entry, { format: 'json', width: 0, colour: true })
  expect(line.endsWith('}\n')).toBe(true)
  expect(JSON.parse(line)).toEqual({
    time: '2026-11-20T12:03:07.042Z',
    level: 'warn',
    process: 'api',
    msg: 'api exited with code 1 after 3s',
    status: 'restarting',
    run: 2,
  })
})

test('[LG5] a message stays one line, whatever a probe put into it', () => {
  const sly = { ...entry, message: 'HTTP 500: first\nsecond\r\x1b[2Jthird' }
  for (const format of ['text', 'json'] as const) {
    const line = formatEntry(sly, { format, width: 3, colour: false })
    expect(line.trimEnd().split(/[\n\r]/)).toHaveLength(1)
    expect(line).not.toContain('\x1b')
  }
})
