import { expect, test } from 'bun:test'
import { describeExit, exitOf, exitStatus, type Exit } from './exit.ts'

const exits: [Exit, number, string][] = [
  [{ tag: 'code', code: 0 }, 0, 'exited with code 0'],
  [{ tag: 'code', code: 7 }, 7, 'exited with code 7'],
  [{ tag: 'signal', signal: 'SIGKILL' }, 137, 'was killed by SIGKILL'],
  [{ tag: 'signal', signal: 'SIG37' }, 165, 'was killed by SIG37'],
  [{ tag: 'unknown' }, 1, 'ended, nobody knows how'],
]

test('[RN8] an exit counts as the code that a shell would show', () => {
  for (const [exit, code, words] of exits) {
    expect(exitStatus(exit)).toBe(code)
    expect(describeExit(exit)).toBe(words)
  }
})

test('what waitpid says, in our words', () => {
  expect(exitOf({ code: 3, signal: 0 })).toEqual({ tag: 'code', code: 3 })
  expect(exitOf({ code: 0, signal: 15 })).toEqual({ tag: 'signal', signal: 'SIGTERM' })
  expect(exitOf({ code: 0, signal: 37 })).toEqual({ tag: 'signal', signal: 'SIG37' })
})
