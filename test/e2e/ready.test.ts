// How a process says that it is ready, and how it is noticed that it is not well any more.
import { expect, test } from 'bun:test'

import { program } from '../programs/program.ts'
import { lateness } from './facts.ts'
import { anUp, sentences, type Up } from './harness.ts'
import { freePort } from './procmon/services.ts'

async function childComesAfterReady(up: Up): Promise<void> {
  await up.mark('app', 'start')
  expect(await up.view('app')).toMatchObject({ status: 'init', ready: false })
  const child = await up.mark('child', 'start')
  expect(child.at).toBeGreaterThanOrEqual(up.marks('app', 'ready')[0]!.at)
  expect(await up.view('app')).toMatchObject({ status: 'running', ready: true, run: 1 })
}

const child = { command: program('never-dies'), parent: 'app' }

test.concurrent('[RD3] by HTTP: the child starts after the first good answer', async () => {
  const port = await freePort()
  const app = { command: program('http-server', port, 0.4), ready: `http://127.0.0.1:${port}/health` }
  await using up = await anUp({ processes: { app, child } })
  await childComesAfterReady(up)
})

test.concurrent('[NT1] [NT2] by a newline on NOTIFY_FD, as a shell writes it', async () => {
  await using up = await anUp({
    processes: { app: { command: program('notify-fd', 0.4), ready: 'notify: fd' }, child },
  })
  await childComesAfterReady(up)
})

test.concurrent('[NT3] [NT4] by READY=1 on NOTIFY_SOCKET, and it may say what it does', async () => {
  const command = program('notify-socket', 0.4, 'STATUS=warming up', 'READY=1', 'STATUS=at your service')
  await using up = await anUp({ processes: { app: { command, ready: 'notify' }, child } })
  await up.mark('child', 'start')
  const { at } = await up.mark('app', 'sent READY=1')
  expect((await up.mark('child', 'start')).at).toBeGreaterThanOrEqual(at)
  expect(await up.until('app', ({ reason }) => reason.includes('at your service'))).toMatchObject({
    ready: true,
    run: 1,
  })
})

test.concurrent('[NT4] a watchdog that is not fed counts as its death', async () => {
  const ready = { notify: 'socket', watchdog: '300ms' }
  await using up = await anUp({ processes: { app: { command: program('notify-socket', 0), ready } } })
  const first = await up.mark('app', 'sent READY=1')
  const second = await up.mark('app', 'start', 2)
  expect(second.at - first.at).toBeWithin(280, 1500 + lateness())
  expect(sentences(await up.why('app'))).toContain('WATCHDOG')
})

test.concurrent(
  '[RD4] [TR4] a monitor that fails counts as its death; what stands on it comes back with it',
  async () => {
    const port = await freePort()
    const monitors = [{ name: 'health', http: `http://127.0.0.1:${port}/health`, period: '100ms', retries: 1 }]
    const ready = `http://127.0.0.1:${port}/health`
    await using up = await anUp({
      processes: { app: { command: program('http-server', port), ready, monitors }, child },
    })
    await up.until('child', 'running')
    const before = await up.ls()
    await fetch(`http://127.0.0.1:${port}/fail`)
    await up.mark('app', 'start', 2)
    await up.until('child', (view) => view.status === 'running' && view.pid !== before[1]!.pid)
    expect(await up.view('app')).toMatchObject({ status: 'running', ready: true, restart_count: 1 })
    const log = up.stderr
    expect(log).toContain('health')
    expect(log).toContain('HTTP 503')
  },
)

test.concurrent('[RD4] a monitor that gets no answer fails after its timeout', async () => {
  const port = await freePort()
  const monitors = [{ name: 'health', http: `http://127.0.0.1:${port}/health`, period: '100ms', timeout: '200ms' }]
  const ready = `http://127.0.0.1:${port}/health`
  await using up = await anUp({ processes: { app: { command: program('http-server', port), ready, monitors } } })
  await up.until('app', 'running')
  await fetch(`http://127.0.0.1:${port}/hang`)
  const asked = Date.now()
  const again = await up.mark('app', 'start', 2)
  expect(again.at - asked).toBeLessThan(2000 + lateness())
})
