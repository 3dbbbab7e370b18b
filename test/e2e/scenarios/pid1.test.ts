// Scenario 15 of scenarios.md, and what else PID 1 of a container has to do. Only where a process namespace can be made.
import { describe, expect, test } from 'bun:test'

import { program } from '../../programs/program.ts'
import { lateness } from '../facts.ts'
import { anUp } from '../harness.ts'
import { asPid1, whyNoPid1 } from '../namespace.ts'
import { childrenOf, isAlive, statusOf, zombiesBelow } from '../proc.ts'

const within = asPid1
const obstacle = whyNoPid1()
if (obstacle !== null) console.warn(`skipped, the tests as PID 1: ${obstacle}`)

describe.skipIf(obstacle !== null)('as PID 1', () => {
  test.concurrent('scenario 15 [PR23] fifty orphans leave no zombie, and SIGTERM ends it in time', async () => {
    await using up = await anUp({ processes: { web: program('orphan-maker', 50) } }, { within })
    const pid = await up.pid()
    expect(statusOf(pid, 'NSpid')).toMatch(/\s1$/)
    await up.mark('web', 'done')
    await up.fact('every orphan is reaped', () => zombiesBelow(pid).length === 0 && childrenOf(pid).length === 1, 2000)
    await up.signal('SIGTERM')
    const { code, ms } = await up.exit()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(1000 + lateness())
  })

  test.concurrent.each([
    ['exits 0', program('exits', 0), 0],
    ['exits 7', program('exits', 7), 7],
    ['exits 255', program('exits', 255), 255],
    ['dies of SIGTERM', program('dies-of', 'TERM'), 143],
    ['dies of SIGKILL', program('dies-of', 'KILL'), 137],
    ['dies of SIGSEGV', program('dies-of', 'SEGV'), 139],
  ])('[RN8] a significant process that %s ends it with that code', async (_what, command, code) => {
    await using up = await anUp(
      { processes: { other: program('never-dies'), job: { command, significant: true } } },
      { within },
    )
    expect((await up.exit()).code).toBe(code)
  })

  test.concurrent('[PR23] no exit of its own is missed or mistaken while orphans die by the hundred', async () => {
    const backoff = { initial: '1ms', max: '2ms', jitter: 0 }
    const storm = 'while :; do for i in 1 2 3 4 5 6 7 8; do (exec setsid sh -c "exit 9" &); done; sleep 0.01; done'
    await using up = await anUp(
      {
        processes: {
          storm: ['sh', '-c', storm],
          one: { command: program('crash-loop', 3), backoff },
          two: { command: program('crash-loop', 4), backoff },
          three: { command: program('dies-of', 'KILL'), backoff },
        },
      },
      { within },
    )
    for (const name of ['one', 'two', 'three']) await up.mark(name, 'start', 150)
    await up.cli('stop', 'storm', 'one', 'two', 'three')
    const pid = await up.pid()
    await up.fact('nothing is left unreaped', () => zombiesBelow(pid).length === 0, 2000)
    const exits = { one: { code: 3 }, two: { code: 4 }, three: { signal: 'SIGKILL' } }
    for (const [name, exit] of Object.entries(exits)) {
      const view = await up.view(name)
      expect(view).toMatchObject({ name, status: 'stopped' })
      // A stop may come while it runs, and then SIGTERM ends it; every run before that is told in the log.
      const told = up.stderr.split('\n').filter((line) => line.includes(` ${name} `) && line.includes(`${name} `))
      const wrong = told.filter(
        (line) => /exited \d+/.test(line) && 'code' in exit && !line.includes(`exited ${exit.code}`),
      )
      expect(wrong).toEqual([])
      expect(view.run - up.marks(name, 'start').length).toBeWithin(0, 2)
    }
  })

  test.concurrent('[ST3] [RN4] SIGTERM ends it within the stop timeout though a process does not heed it', async () => {
    const deaf = { command: program('ignores-term'), stop_timeout: '1s' }
    await using up = await anUp({ processes: { deaf, away: { ...deaf, command: program('deep-tree') } } }, { within })
    await up.mark('deaf', 'start')
    await up.mark('away', 'leaf')
    await up.signal('SIGTERM')
    const { code, ms } = await up.exit()
    expect(code).toBe(0)
    expect(ms).toBeWithin(1000, 1600 + lateness())
  })

  test.concurrent('[RN5] a second signal ends it at once', async () => {
    await using up = await anUp({ processes: { deaf: { command: program('ignores-term') } } }, { within })
    await up.mark('deaf', 'start')
    await up.signal('SIGTERM')
    await up.mark('deaf', 'term')
    await up.signal('SIGTERM')
    const { code, ms } = await up.exit()
    expect(code).not.toBe(0)
    expect(ms).toBeLessThan(1000 + lateness())
  })

  test.concurrent('[RS1] a killed process comes back', async () => {
    await using up = await anUp({ processes: { web: program('never-dies') } }, { within })
    const { pid: inside } = await up.mark('web', 'start')
    const [outside] = childrenOf(await up.pid())
    process.kill(outside!, 'SIGKILL')
    const { pid } = await up.mark('web', 'start', 2)
    expect(pid).not.toBe(inside)
    expect(await up.until('web', 'running')).toMatchObject({ pid, restart_count: 1, exit: { signal: 'SIGKILL' } })
  })
})

test.concurrent('[PR23] an orphan of a process comes to us also where we are not PID 1, and is reaped', async () => {
  await using up = await anUp({ processes: { web: program('orphan-maker', 50) } })
  const pid = await up.pid()
  await up.mark('web', 'done')
  await up.fact('every orphan is reaped', () => zombiesBelow(pid).length === 0 && childrenOf(pid).length === 1, 2000)
  const web = await up.view('web')
  expect(isAlive(web.pid!)).toBe(true)
})
