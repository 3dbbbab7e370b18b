import { describe, expect, test } from 'bun:test'
import { formatDuration, never, parseDuration } from './time.ts'

describe('reading a duration', () => {
  test.each([
    ['300ms', 300],
    ['2s', 2000],
    ['1.5s', 1500],
    ['.5s', 500],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['1m0.5s', 60_500],
    ['100us', 0.1],
    ['100µs', 0.1],
    ['1000000ns', 1],
    ['-1s', -1000],
    ['+1s', 1000],
    ['0', 0],
    [' 5s ', 5000],
  ])('%s', (text, expected) => {
    expect(parseDuration(text)).toBeCloseTo(expected, 9)
  })

  test.each(['', '5', 's', '5 s', '1s2', 'x5s', '1..5s', '5S', 'forever', '1e3s'])('%p is none', (text) => {
    expect(parseDuration(text)).toBeNull()
  })
})

describe('writing a duration', () => {
  test.each([
    [0, '0ms'],
    [0.25, '0.3ms'],
    [5, '5ms'],
    [85.4, '85ms'],
    [1200, '1.2s'],
    [2000, '2s'],
    [60_000, '1m'],
    [125_000, '2m5s'],
    [10_800_000, '3h'],
    [5_400_000, '1h30m'],
    [352_800_000, '4d2h'],
    [-1500, '-1.5s'],
    [never, 'for ever'],
  ])('%d', (span, expected) => {
    expect(formatDuration(span)).toBe(expected)
  })

  test('never shows sixty of anything', () => {
    expect(formatDuration(999.7)).toBe('1s')
    expect(formatDuration(59_999)).toBe('1m')
  })

  test('what is written can be read again', () => {
    for (const span of [5, 85, 1200, 60_000, 125_000, 10_800_000, 352_800_000]) {
      expect(parseDuration(formatDuration(span))).toBe(span)
    }
  })
})
