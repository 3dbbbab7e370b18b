import { expect, test } from 'bun:test'

import { checkConfig } from './check.ts'

const source = { path: 'p.yml', env: {}, cwd: '/work' }

test('[CF1] the report of a good file', async () => {
  const report = await checkConfig({ ...source, text: 'processes: {a: {command: x}, b: {command: x}}' })
  expect(report).toEqual({ ok: true, problems: [], found: { dialect: 'coppice', processes: 2 } })
})

test('[CF1] warnings stop nothing, errors do', async () => {
  const warned = await checkConfig({ ...source, text: 'processes: {a: {command: x, terminate: true}}' })
  expect(warned).toMatchObject({ ok: true, problems: [{ severity: 'warning', key: 'terminate' }] })
  const bad = await checkConfig({ ...source, text: 'processes: {a: {command: x, terminate: 5}}' })
  expect(bad).toMatchObject({
    ok: false,
    problems: [{ severity: 'error', line: 1, column: 40, hint: null }],
    found: null,
  })
})

test('[CD9] without a way to read files, an env file is a problem', async () => {
  const report = await checkConfig({ ...source, text: 'processes: {a: {command: x, env_file: e}}' })
  expect(report.problems).toMatchObject([{ message: 'cannot read the env file /work/e: no files can be read here' }])
})
