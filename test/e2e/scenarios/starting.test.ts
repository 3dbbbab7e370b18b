// Scenarios 1 and 2 of scenarios.md: a start that takes its time, and one that never comes to an end.
import { expect, test } from 'bun:test'

import { program } from '../../programs/program.ts'
import { lateness } from '../facts.ts'
import { anUp, sentences } from '../harness.ts'

test.concurrent(
  'scenario 1 [TR3] `start --wait` returns when it is ready, and its child starts after that',
  async () => {
    await using up = await anUp((dir) => ({
      processes: {
        app: { command: program('ready-later', `${dir}/ready`, 2), ready: { file: `${dir}/ready` } },
        child: { command: program('never-dies'), parent: 'app' },
      },
    }))
    await up.mark('app', 'start')
    expect(await up.view('app')).toMatchObject({ status: 'init', ready: false })
    expect(await up.view('child')).toMatchObject({ status: 'queued', pid: null })
    await up.mark('child', 'start')
    expect((await up.cli('stop', 'app')).code).toBe(0)
    expect(await up.ls()).toMatchObject([{ pid: null }, { pid: null }])

    const started = up.cli('start', 'app', '--wait')
    const again = await up.mark('app', 'start', 2)
    expect(await up.view('app')).toMatchObject({ status: 'init', ready: false })
    const { code, ms } = await started

    expect(code).toBe(0)
    expect(ms).toBeWithin(1950, 2700 + lateness())
    expect(await up.view('app')).toMatchObject({ status: 'running', ready: true })
    const ready = await up.mark('app', 'ready', 2)
    expect(ready.at - again.at).toBeGreaterThanOrEqual(1950)
    const child = await up.mark('child', 'start', 2)
    expect(child.at).toBeGreaterThanOrEqual(ready.at)
    expect(up.marks('child', 'start')).toHaveLength(2)
  },
)

test.concurrent(
  'scenario 2 [RD5] one that never becomes ready is killed, tried again, and `start --wait` fails',
  async () => {
    const neverReady = { ready: { file: '/nowhere/at/all' }, start_timeout: '1s' }
    await using up = await anUp({
      processes: {
        keeper: program('never-dies'),
        again: { command: program('never-dies'), ...neverReady },
        once: { command: program('never-dies'), ...neverReady, restart: 'no' },
      },
    })
    await up.until('once', 'failed')
    const { code, ms } = await up.cli('start', 'once', '--wait')
    expect(code).toBe(1)
    expect(ms).toBeWithin(950, 1700 + lateness())
    expect(await up.until('once', 'failed')).toMatchObject({
      status: 'failed',
      pid: null,
      ready: false,
      exit: { signal: 'SIGTERM' },
    })
    expect(sentences(await up.why('once'))).toContain('not ready within 1s')

    expect((await up.cli('start', 'again', '--wait')).code).not.toBe(0)
    const [first, second] = [await up.mark('again', 'start'), await up.mark('again', 'start', 2)]
    expect(second.at - first.at).toBeWithin(1000, 2000 + lateness())
    expect(second.pid).not.toBe(first.pid)
  },
)
