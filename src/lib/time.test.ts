import { expect, test } from 'bun:test'
import { formatDuration, parseDuration } from './time.ts'

test.each([
  ['300ms', 300],
  ['2s', 2000],
  ['1.5s', 1500],
  ['1h30m', 5_400_000],
  ['2d', 172_800_000],
  ['.5s', 500],
  ['0', 0],
  ['-1s', -1000],
  ['1m0.5s', 60_500],
])('[PM14] %s is %p ms', (text, span) => {
  expect(parseDuration(text)).toBe(span)
})

test.each(['', '5', '5 s', 's', '1h-3m', '1e3s', 'five'])('[PM14] %p is no duration', (text) => {
  expect(parseDuration(text)).toBeNull()
})

test.each([
  [0.4, '0.4ms'],
  [85, '85ms'],
  [1200, '1.2s'],
  [2000, '2s'],
  [125_000, '2m5s'],
  [10_800_000, '3h'],
  [352_800_000, '4d2h'],
  [-1500, '-1.5s'],
  [Number.POSITIVE_INFINITY, 'for ever'],
])('%p ms is written %s', (span, text) => {
  expect(formatDuration(span)).toBe(text)
})

test('a span is rounded before its unit is chosen: never 1000ms, never 60s', () => {
  expect([999.7, 59_999, 9.96].map(formatDuration)).toEqual(['1s', '1m', '10ms'])
})

test('what is written can be read again', () => {
  for (const span of [5, 85, 1200, 60_000, 125_000, 10_800_000, 352_800_000]) {
    expect(parseDuration(formatDuration(span))).toBe(span)
  }
})
