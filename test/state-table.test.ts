import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stateTable } from '../scripts/state-table.ts'

test('docs/state-table.md says what the core does: npm run generate', () => {
  expect(readFileSync(join(import.meta.dir, '../docs/state-table.md'), 'utf8')).toBe(stateTable())
})
