import { expect, test } from 'bun:test'
import { prefixer, prefixesOf } from './log.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (some: Uint8Array): string => new TextDecoder().decode(some)

test('[LR11] lines are whole wherever the pieces end', () => {
  for (let size = 1; size < 12; size++) {
    const lines = prefixer('w | ')
    const whole = bytes('one\n\ntwö\nthree')
    const out: Uint8Array[] = []
    for (let at = 0; at < whole.length; at += size) {
      const taken = lines.take(whole.subarray(at, at + size))
      expect(taken.length === 0 || taken.at(-1) === 10).toBe(true)
      out.push(taken)
    }
    expect(text(Buffer.concat([...out, lines.end()]))).toBe('w | one\nw | \nw | twö\nw | three\n')
  }
})

test('[LR11] a line that does not end is broken, not kept for ever', () => {
  const lines = prefixer('w | ', 10)
  expect(text(lines.take(bytes('0123456789')))).toBe('')
  expect(text(lines.take(bytes('x')))).toBe('w | 0123456789x\n')
  expect(text(lines.take(bytes('end\n')))).toBe('w | end\n')
})

test('[LR11] bytes that are no UTF-8 stay what they are', () => {
  expect([...prefixer('').take(Uint8Array.of(0xff, 0, 0xc3, 10))]).toEqual([0xff, 0, 0xc3, 10])
})

test('[LR11] colours begin again when there are no more', () => {
  const names = Array.from({ length: 9 }, (_, n) => `p${n}`)
  const prefixes = prefixesOf(names, { colour: true })
  expect(prefixes[8]).toBe((prefixes[0] ?? '').replace('p0', 'p8'))
  expect(new Set(prefixes.map((prefix) => prefix.slice(0, 5))).size).toBe(8)
})
