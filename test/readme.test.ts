import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { loadPlan } from '../src/config/load.ts'

test('[CF1] the example of the README has no problem', async () => {
  const [, yaml] = /```yaml\n(.*?)```/s.exec(readFileSync('README.md', 'utf8')) ?? []
  const plan = await loadPlan({ path: 'README.yml', text: yaml ?? '', env: {}, cwd: '/' })
  expect(plan).toMatchObject({ ok: true, warnings: [] })
})
