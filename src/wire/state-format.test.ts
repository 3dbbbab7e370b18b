import { expect, test } from 'bun:test'
import { migrations } from '../store/sqlite/schema.ts'
import { stateFormat } from './state-format.ts'

test('[DM41] the version of the state that a program tells is the one that it writes', () => {
  expect(stateFormat).toBe(migrations.length)
})
