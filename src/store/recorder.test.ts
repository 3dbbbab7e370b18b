import { expect, test } from 'bun:test'
import { aWorld } from '../../test/sim/builders.ts'
import { createMemoryRecorder } from './recorder.ts'

test('the memory recorder keeps the last inputs, oldest first', () => {
  const recorder = createMemoryRecorder(3)
  const world = aWorld({ web: {} })
  expect(recorder.recent()).toEqual([])
  for (let at = 1; at <= 5; at++) {
    recorder.record({ at, dice: 0, event: { tag: 'tick' } }, { before: world, after: world, transitions: [] })
  }
  expect(recorder.recent().map(({ at }) => at)).toEqual([3, 4, 5])
})
