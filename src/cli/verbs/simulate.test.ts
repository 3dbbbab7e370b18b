import { expect, test } from 'bun:test'
import { coppice } from '../../../test/support/fake-system.ts'
import { success } from '../../lib/result.ts'
import type { Simulated, SimulateOrder } from '../../wire/simulate.ts'

const line = { process: 'db', status: null, ready: false, run: 1, text: '' } as const
const simulated: Simulated = {
  dialect: 'coppice',
  span: 60_000,
  exit_code: null,
  timeline: [
    { ...line, at: 0, status: 'running', ready: true, text: 'started' },
    { ...line, at: 3000, text: 'gets SIGKILL (--kill)' },
    { ...line, at: 12_000.4, process: null, text: 'over\x1b[2J' },
  ],
  summary: [
    { name: 'db', status: 'running', starts: 2, restarts: 1, not_running: 1500 },
    { name: 'job', status: 'completed', starts: 1, restarts: 0, not_running: null },
  ],
  warnings: ['t.yml:1:1: odd'],
}

/** What a command line orders. */
async function ordered(line: string): Promise<SimulateOrder | null> {
  let order: SimulateOrder | null = null
  const simulates = (asked: SimulateOrder) => {
    order = asked
    return success(simulated)
  }
  await coppice(line, { simulates })
  return order
}

test('[SM2] what is to be played is read from the options', async () => {
  const whole =
    'simulate t.yml --kill db@3s,api@1m --exit web=2@500ms --flap w@1s --flap v=7@2s --ready a@5s ' +
    '--never-ready b,c --unhealthy d@1s --unhealthy e@1s+2s --stubborn f --for 5m --seed 9 --nocheck'
  expect(await ordered(whole)).toEqual({
    file: 't.yml',
    nocheck: true,
    span: 300_000,
    seed: 9,
    kills: [
      { name: 'db', at: 3000 },
      { name: 'api', at: 60_000 },
    ],
    exits: [{ name: 'web', code: 2, at: 500 }],
    flaps: [
      { name: 'w', code: 1, after: 1000 },
      { name: 'v', code: 7, after: 2000 },
    ],
    ready: [{ name: 'a', after: 5000 }],
    neverReady: ['b', 'c'],
    unhealthy: [
      { name: 'd', at: 1000, span: Number.POSITIVE_INFINITY },
      { name: 'e', at: 1000, span: 2000 },
    ],
    stubborn: ['f'],
  })
  expect(await ordered('simulate t.yml')).toMatchObject({ span: 60_000, seed: 1, kills: [] })
  expect(await ordered('simulate t.yml --kill worker@a@3s')).toMatchObject({ kills: [{ name: 'worker@a', at: 3000 }] })
})

test.each([
  '--kill db',
  '--kill db@3',
  '--kill db@',
  '--kill db=1@3s',
  '--kill db@3s+1s',
  '--exit db@3s',
  '--exit db=256@3s',
  '--flap db=1',
  '--ready db@soon',
  '--unhealthy db',
  '--for 60',
])('[SM2] `simulate t.yml %s` is wrong usage', async (options) => {
  const { exitCode, out, err } = await coppice(`simulate t.yml ${options}`)
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  expect(err).toContain(options.split(' ')[0] ?? '')
})

test('[SM6] [SM7] a line for each thing that happens, then how each process fared', async () => {
  const { exitCode, out, err } = await coppice('simulate t.yml', { simulates: () => success(simulated) })
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: 't.yml:1:1: odd\n' })
  expect(out).toBe(`\
 +0.000s  db       running  started
 +3.000s  db       -        gets SIGKILL (--kill)
+12.000s  coppice  -        over\\u001b[2J

After 1m it would go on.
Name  Status     Starts  Restarts  Not running
db    running    2       1         1.5s
job   completed  1       0         -
`)
})

test('[SM6] --json has the timeline and the summary', async () => {
  const { out } = await coppice('simulate t.yml --json', { simulates: () => success(simulated) })
  const { warnings: _warnings, ...rest } = simulated
  expect(JSON.parse(out)).toEqual(rest)
})

test('[SM1] a file with problems: exit 2', async () => {
  const simulates = () => ({ ok: false as const, failure: { code: 'bad-config', message: 't.yml:1:1: unknown key' } })
  expect(await coppice('simulate t.yml', { simulates })).toMatchObject({ exitCode: 2, out: '' })
})
