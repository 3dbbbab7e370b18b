// The harness itself: a test that leaves something running must not pass.
import { expect, test } from 'bun:test'

import { program } from '../programs/program.ts'
import { anUp } from './harness.ts'
import { isAlive } from './proc.ts'

test.concurrent('what is left running after its end fails the test, by name, and is ended', async () => {
  const up = await anUp({ processes: { web: { command: program('forks-away'), kill_mode: 'process' } } })
  const escaped = Number((await up.mark('web', 'escaped')).what.split(' ')[1])
  expect(isAlive(escaped)).toBe(true)
  const problem = await up[Symbol.asyncDispose]().then(
    () => null,
    (error: Error) => error.message,
  )
  expect(problem).toContain(`left running: ${escaped} (sleep 1000000)`)
  expect(isAlive(escaped)).toBe(false)
})

test.concurrent('what is waited for in vain is told with what was going on', async () => {
  await using up = await anUp({ processes: { web: program('never-dies') } })
  await up.mark('web', 'start')
  const problem = await up.until('web', 'failed', 50).catch((error: Error) => error.message)
  expect(problem).toContain('not within 50 ms: web is failed; it is {')
  expect(problem).toMatch(/\n\d+ \d+ web start\n/)
})
