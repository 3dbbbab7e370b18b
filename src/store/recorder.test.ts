import { expect, test } from 'bun:test'
import { createMemoryRecorder } from './recorder.ts'

test('the memory recorder keeps the last inputs, oldest first', () => {
  const recorder = createMemoryRecorder(3)
  expect(recorder.recent()).toEqual([])
  for (let at = 1; at <= 5; at++) recorder.record({ at, dice: 0, event: { tag: 'tick' } })
  expect(recorder.recent().map(({ at }) => at)).toEqual([3, 4, 5])
})
