import { expect, test } from 'bun:test'
import { aCheck, aMonitor, aNotification, aReadiness } from '../../test/sim/builders.ts'
import { diesBy, exitsWith, ignoresTerm } from '../../test/sim/habit.ts'
import { aTree } from '../../test/sim/tree.ts'
import type { Process, State } from './process.ts'
import { rebase } from './rebase.ts'

/** What in a process is an instant, by the names of its fields. Written anew, so that it does not err with the code. */
const instants = [
  'at', 'since', 'deadline', 'nextAt', 'readyAt', 'watchdogAt', 'killAt', 'giveUpAt', 'until', 'retryAt', 'nextPeriodic', 'createdAt', 'takenBackAt',
  'countedAt', 'endsAt',
] // prettier-ignore

const lists = ['starts', 'falls', 'restarts']

function shifted(value: unknown, delta: number, key = ''): unknown {
  if (typeof value === 'number') return instants.includes(key) ? value + delta : value
  if (Array.isArray(value)) return value.map((item) => shifted(item, delta, lists.includes(key) ? 'at' : ''))
  if (typeof value !== 'object' || value === null || value instanceof Map) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, name === 'spec' ? part : shifted(part, delta, name)]),
  )
}

test('every instant of a process moves, and nothing else, in whatever state it is', async () => {
  const leaky = { tag: 'all', of: [{ tag: 'bucket', capacity: 2, leak: 1000, of: aCheck('health') }] } as const
  const retried = { tag: 'not', of: { tag: 'retries', retries: 3, of: aCheck('ready') } } as const
  await using tree = await aTree({
    web: {
      startLimit: { burst: 9, interval: 60_000 },
      program: [diesBy('SIGKILL', { after: 100 }), exitsWith(1, { after: 300 }), {}],
    },
    flapping: {
      restartBudget: { intensity: 90, period: 60_000 },
      flapDetection: { restarted: 3, countdown: 2000, decrement: 700 },
      program: exitsWith(1, { after: 100 }),
    },
    watched: { ready: aNotification({ watchdog: 1000 }), program: { readyAfter: 300 } },
    monitored: { monitors: [aMonitor({ period: 300, check: leaky }), aMonitor({ period: 300, check: retried })] },
    slow: { ready: aReadiness(), program: { readyAfter: 1500 } },
    aged: { ready: { tag: 'elapsed', after: 1000 } },
    setup: { oneshot: true, program: exitsWith(0, { after: 600 }) },
    child: { parent: 'slow', prerun: ['setup'] },
    missing: { program: { spawnFails: 'ENOENT' } },
    stubborn: { stop: { timeout: 500 }, program: { ...ignoresTerm, diesAfter: 10_000 } },
    periodic: {
      oneshot: true,
      autostart: false,
      trigger: { schedule: { tag: 'every', period: 700 } },
      program: exitsWith(0),
    },
  })
  const seen = new Set<State['tag']>()
  for (let i = 0; i < 60; i++) {
    if (i === 10) await tree.stop('stubborn')
    if (i === 20) await tree.falls({ away: 100 })
    await tree.passes(100)
    for (const process of tree.simulation.engine.world.processes.values()) {
      seen.add(process.state.tag)
      expect<unknown>(rebase(process, 12_345)).toEqual(shifted(process, 12_345))
      expect<Process>(rebase(rebase(process, 4096), -4096)).toEqual(process)
    }
  }
  // A spawn is over before anybody can look.
  expect(seen.size).toBe(11)
})

test('so does the reason why a run goes down as soon as it is there', async () => {
  await using tree = await aTree({ web: {} })
  const because = { at: 90, tag: 'declared' } as const
  const reason = { at: 100, tag: 'tree-stopped', process: 'api', because } as const
  const state = { tag: 'spawning', n: 1, reason, standsOn: new Map(), promised: null, doom: reason } as const
  const process = { ...tree.process('web'), state }
  expect<unknown>(rebase(process, 12_345)).toEqual(shifted(process, 12_345))
})
