import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Simulated, SimulateOrder } from '../../wire/simulate.ts'
import { simulate } from './simulate.ts'

const plain = { nocheck: false, span: 60_000, seed: 1, kills: [], exits: [], flaps: [], ready: [] } as const

/** Plays these processes, in JSON, with what an order has besides. */
async function plays(
  processes: readonly Readonly<Record<string, unknown>>[],
  order: Partial<SimulateOrder> = {},
  more: Readonly<Record<string, unknown>> = {},
) {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-simulate-'))
  try {
    const file = join(directory, 'tree.json')
    const whole = processes.map(({ name, ...rest }) => ({ name, command: `/nowhere/${String(name)}`, ...rest }))
    writeFileSync(file, JSON.stringify({ ...more, processes: whole }))
    return await simulate({ ...plain, neverReady: [], unhealthy: [], stubborn: [], file, ...order })
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The same where it must succeed. */
async function played(...input: Parameters<typeof plays>): Promise<Simulated> {
  const outcome = await plays(...input)
  if (!outcome.ok) throw new Error(outcome.failure.message)
  return outcome.value
}

/** `3.000 db restarting`: when who came to which status. */
function moves({ timeline }: Simulated, name: string): string[] {
  return timeline
    .filter(({ process, status }) => process === name && status !== null)
    .map(({ at, status }) => `${(at / 1000).toFixed(3)} ${status}`)
}

const steady = { initial: '1s', factor: 2, max: '8s', jitter: 0 }

test('[SM1] no program is started, and no probe asked: neither is there', async () => {
  const { summary } = await played([{ name: 'web', ready: 'http://nowhere.invalid:1/' }])
  expect(summary).toMatchObject([{ name: 'web', status: 'running', starts: 1, restarts: 0 }])
})

test('[SM1] problems of the file are told, and warnings', async () => {
  const bad = await plays([{ name: 'web', parnet: 'db' }])
  expect(bad).toMatchObject({ ok: false, failure: { code: 'bad-config', message: expect.stringContaining('parnet') } })
})

test('[SM2] a name that the file has not', async () => {
  const unknown = await plays([{ name: 'redis' }], { kills: [{ name: 'rediss', at: 5 }] })
  expect(unknown).toMatchObject({ ok: false, failure: { code: 'unknown-process', hint: 'Did you mean "redis"?' } })
})

test('[SM3] what is said of nothing is ready at once, lives on, and a oneshot succeeds after 100 ms', async () => {
  const tree = await played([
    { name: 'db', ready: 'tcp:1' },
    { name: 'web', parent: 'db' },
    { name: 'job', oneshot: true },
  ])
  expect(moves(tree, 'web')).toEqual(['0.000 queued', '0.001 running'])
  expect(moves(tree, 'job').at(-1)).toBe('0.100 completed')
  expect(tree).toMatchObject({ span: 60_000, exit_code: null })
})

test('[SM3] a check that passes when its part fails passes too', async () => {
  const tree = await played([{ name: 'web', ready: { not: { tcp: 1 } } }])
  expect(moves(tree, 'web').at(-1)).toBe('0.001 running')
})

test('[SM4] --kill: what hangs from it goes and comes back with it', async () => {
  const tree = await played(
    [
      { name: 'db', backoff: steady },
      { name: 'web', parent: 'db' },
    ],
    {
      kills: [{ name: 'db', at: 3000 }],
    },
  )
  expect(moves(tree, 'db')).toEqual(['0.000 running', '3.000 restarting', '4.000 running'])
  expect(moves(tree, 'web').slice(-3)).toEqual(['3.000 restarting', '3.010 queued', '4.000 running'])
  expect(tree.timeline).toContainEqual(
    expect.objectContaining({ at: 3000, process: 'db', text: 'gets SIGKILL (--kill)' }),
  )
})

test('[SM4] --flap: each life is short, and the delays grow', async () => {
  const tree = await played([{ name: 'web', backoff: steady }], { flaps: [{ name: 'web', code: 3, after: 100 }] })
  const restarts = moves(tree, 'web').filter((move) => move.endsWith('running'))
  expect(restarts).toEqual(
    ['0.000', '1.100', '3.200', '7.300', '15.400', '23.500', '31.600', '39.700', '47.800', '55.900'].map(
      (at) => `${at} running`,
    ),
  )
})

test('[SM4] --exit, and that nothing was there to exit', async () => {
  const tree = await played([{ name: 'web', restart: 'no' }], {
    exits: [
      { name: 'web', code: 4, at: 1000 },
      { name: 'web', code: 5, at: 2000 },
    ],
  })
  expect(
    tree.timeline
      .filter(({ status }) => status === null)
      .map(({ text }) => text)
      .slice(0, 1),
  ).toEqual(['ends with code 4 (--exit)'])
  expect(moves(tree, 'web').at(-1)).toBe('1.000 failed')
  const idle = await played([{ name: 'web' }, { name: 'task', oneshot: true, autostart: false }], {
    exits: [{ name: 'task', code: 5, at: 2000 }],
  })
  expect(idle.timeline.at(-1)?.text).toBe('would end with code 5 (--exit), but does not run')
})

test('[SM4] --ready and --never-ready', async () => {
  const processes = [
    { name: 'db', ready: 'tcp:1', start_timeout: '10s', backoff: steady },
    { name: 'web', parent: 'db' },
  ]
  const late = await played(processes, { ready: [{ name: 'db', after: 2000 }] })
  const [, since] = moves(late, 'db')
    .filter((move) => move.endsWith('running'))
    .map(Number.parseFloat)
  expect(since ?? Number.parseFloat(moves(late, 'db').at(-1) ?? '')).toBeWithin(2, 4)
  const never = await played(processes, { neverReady: ['db'] })
  expect(moves(never, 'db').slice(-1)[0]).toMatch(/init|restarting/)
  expect(never.summary).toMatchObject([
    { name: 'db', not_running: 60_000 },
    { name: 'web', starts: 0 },
  ])
})

test('[SM4] --unhealthy: its monitors fail, and pass again', async () => {
  const tree = await played([{ name: 'web', backoff: steady, monitors: [{ name: 'http', tcp: 1, period: '1s' }] }], {
    unhealthy: [{ name: 'web', at: 5500, span: 3000 }],
  })
  expect(tree.timeline.some(({ text }) => text.includes('failed its check http'))).toBe(true)
  expect(tree.summary[0]).toMatchObject({ status: 'running' })
  expect(tree.summary[0]?.restarts).toBeGreaterThan(0)
})

test('[SM4] --stubborn: only SIGKILL ends it', async () => {
  const tree = await played(
    [
      { name: 'db', backoff: steady },
      { name: 'web', parent: 'db', stop_timeout: '5s' },
    ],
    {
      kills: [{ name: 'db', at: 1000 }],
      stubborn: ['web'],
    },
  )
  expect(moves(tree, 'db').slice(-2)).toEqual(['2.000 queued', '6.000 running'])
})

test('[SM5] the same seed plays the same, another one something else', async () => {
  const play = (seed: number) => played([{ name: 'web' }], { seed, flaps: [{ name: 'web', code: 1, after: 50 }] })
  const [one, same, other] = [await play(7), await play(7), await play(8)]
  expect(same.timeline).toEqual(one.timeline)
  expect(other.timeline).not.toEqual(one.timeline)
})

test('[SM7] the summary has restarts and the time that a process did not run', async () => {
  const { summary } = await played(
    [
      { name: 'web', backoff: steady },
      { name: 'job', oneshot: true },
      { name: 'task', oneshot: true, autostart: false },
    ],
    { kills: [{ name: 'web', at: 3000 }] },
  )
  expect(summary).toEqual([
    { name: 'web', status: 'running', starts: 2, restarts: 1, not_running: 1000 },
    { name: 'job', status: 'completed', starts: 1, restarts: 0, not_running: null },
    { name: 'task', status: 'stopped', starts: 0, restarts: 0, not_running: null },
  ])
})

test('[SM7] where everything ends, it tells when, and with which exit code', async () => {
  const tree = await played([{ name: 'web', significant: true, restart: 'no' }], {
    exits: [{ name: 'web', code: 3, at: 2000 }],
  })
  expect(tree).toMatchObject({ span: 2000, exit_code: 3 })
  expect(tree.timeline.at(-1)).toMatchObject({ process: null, text: 'over, exit code 3' })
})
