import { expect, test } from 'bun:test'
import { aTree } from '../../test/sim/tree.ts'
import { diesBy } from '../../test/sim/habit.ts'
import { reportTo, statusLine } from './report.ts'

const nothing = (): void => undefined

test('[DM62] the service manager hears how many there are, and who is in trouble', async () => {
  await using tree = await aTree({
    web: {},
    db: {},
    bad: { program: diesBy('SIGSEGV', { after: 5000 }), restart: 'no' },
  })
  const { engine, clock } = tree.simulation
  const said: string[] = []
  const manager = { alive: nothing, watchdogPeriod: null, status: (text: string) => void said.push(text) }
  using _report = reportTo(manager, { engine, clock })
  expect(statusLine(engine.world)).toBe('3 processes: 3 running')
  await tree.passes(6000)
  expect(said).toEqual(['3 processes: 2 running, 1 failed (bad)'])
})

test('[DM62] signs of life come from a loop that turns, unless it is behind with its work', async () => {
  await using tree = await aTree({ web: { program: diesBy('SIGSEGV', { after: 1 }) } })
  const { engine, clock } = tree.simulation
  await tree.passes(1000)
  expect(statusLine(engine.world)).toBe('1 process: 1 restarting')
  const { promise, resolve } = Promise.withResolvers<void>()
  const signs = { inTime: 0, behind: 0 }
  const managerOf = (who: keyof typeof signs) => ({
    status: nothing,
    watchdogPeriod: 5,
    alive() {
      signs[who] += 1
      if (signs.inTime === 3) resolve()
    },
  })
  using _behind = reportTo(managerOf('behind'), { engine, clock: { now: () => clock.now() + 60_000 } })
  using _inTime = reportTo(managerOf('inTime'), { engine, clock })
  await promise
  expect(signs).toEqual({ inTime: 3, behind: 0 })
})
