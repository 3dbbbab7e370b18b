import { expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'

import { ask } from './fixtures/ask.ts'
import { until } from './fixtures/leftovers.ts'
import { exec, within } from './fixtures/probes.ts'

test('[PB24] a command passes when it exits with 0', async () => {
  expect(await ask(exec('true'))).toBe('pass: exited with code 0')
  expect(await ask(exec('sh', '-c', 'exit 3'))).toBe('fail: exited with code 3')
  expect(await ask(exec('sh', '-c', 'kill -9 $$'))).toBe('fail: was killed by SIGKILL')
})

test('[PB24] a command that does not exist fails with its name', async () => {
  expect(await ask(exec('no-such-command-anywhere'))).toMatch(/^fail: .*no-such-command-anywhere/)
})

test('[PB7] a command runs in the directory and with the environment of its process', async () => {
  const env = { inherit: true, set: new Map([['ROLE', 'primary']]) }
  const identity = { user: null, group: null, umask: null, nice: null }
  const script = 'test "$PWD" = /usr && test "$ROLE" = primary'
  expect(await ask(exec('sh', '-c', script), { name: 'web', cwd: '/usr', env, identity })).toBe(
    'pass: exited with code 0',
  )
})

test('[PB4] at the timeout a command is killed with all it has started', async () => {
  // A number that nobody else sleeps for.
  const seconds = `${1000 + process.pid}.5`
  const script = `sleep ${seconds} & sleep ${seconds}`
  expect(await ask(within(exec('sh', '-c', script), 100))).toBe('fail: no answer within 100ms')
  await until(() => !commandLines().includes(`sleep ${seconds}`))
})

function commandLines(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map((pid) => commandLine(pid))
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim()
  } catch {
    return '' // it has ended meanwhile
  }
}
