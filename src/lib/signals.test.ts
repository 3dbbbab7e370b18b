import { expect, test } from 'bun:test'
import { parseSignal, signalName, signalNumber } from './signals.ts'

test.each(['SIGHUP', 'HUP', 'sighup', 'hup', ' HUP ', '1'])('%p is SIGHUP', (text) => {
  expect(parseSignal(text)).toBe('SIGHUP')
})

test.each(['', 'SIG', 'SIGSIGHUP', 'HUPP', '99', 'constructor'])('%p is no signal', (text) => {
  expect(parseSignal(text)).toBeNull()
})

test('a name has a number, and a number a name', () => {
  expect(signalNumber('SIGTERM')).toBe(15)
  expect(signalName(15)).toBe('SIGTERM')
})

test('a signal without a name of ours is called by its number', () => {
  expect(signalName(37)).toBe('SIG37')
})
