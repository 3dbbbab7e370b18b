import { expect, test } from 'bun:test'
import { join } from 'node:path'

test.each([
  ['thrown in a callback', "setTimeout(() => { throw new Error('oops') })"],
  ['of a promise that nobody waits for', "void Promise.reject(new Error('oops'))"],
])('[DM61] a bug %s ends the daemon at once, with 70 and the error', (_name, script) => {
  const program = `import { endOnBugs } from '${join(import.meta.dir, 'crash.ts')}'\nendOnBugs()\n${script}\nsetInterval(() => {}, 1000)`
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, '-e', program], { timeout: 10_000 })
  expect(exitCode).toBe(70)
  expect(stderr.toString()).toContain('this is a bug in coppice: Error: oops')
})
