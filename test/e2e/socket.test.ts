// Where the control socket of an `up` is, and what happens where it cannot be.
import { expect, test } from 'bun:test'
import { join } from 'node:path'

import { program } from '../programs/program.ts'
import { runCoppice } from './binary.ts'
import { anUp } from './harness.ts'

test.concurrent('[AP30] up goes on without a socket where none can be made, and says so', async () => {
  const env = { COPPICE_HOME: '/dev/null/home' }
  await using up = await anUp({ processes: { web: program('never-dies') } }, { env })
  await up.mark('web', 'start')
  await up.fact('it says so', () => up.stderr.includes('no control socket'))
  await up.signal('SIGTERM')
  expect((await up.exit()).code).toBe(0)
})

test.concurrent('[AP30] a second up of the same file is refused, and starts nothing', async () => {
  await using up = await anUp({ processes: { web: program('never-dies') } })
  const { pid } = await up.mark('web', 'start')
  const second = await runCoppice(['up', up.file], { cwd: up.dir, env: { COPPICE_HOME: join(up.dir, 'home') } })
  expect(second).toMatchObject({ code: 1 })
  expect(second.stderr).toContain('already answers')
  expect(up.marks('web', 'start')).toHaveLength(1)
  expect(await up.view('web')).toMatchObject({ pid, status: 'running' })
})
