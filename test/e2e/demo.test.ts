// The first thing that anybody runs: examples/demo, as its own text tells to try it.
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { anUp, type Up } from './harness.ts'
import { freePort } from './procmon/services.ts'

const root = dirname(dirname(import.meta.dir))
const file = readFileSync(join(root, 'examples/demo/coppice.yml'), 'utf8')

test.concurrent('[TR4] [TR5] the demo comes up, loses its store, and goes on counting where it was', async () => {
  const ports = await freePorts()
  await using up = await demo(ports)
  await up.until('hello', 'completed')
  expect(up.stdout).toContain('Everything is up.')
  const before = await page(ports)
  const [store, web] = [await up.view('store'), await up.view('web')]

  process.kill(store.pid ?? 0, 'SIGKILL')
  await up.until('web', ({ status, ready, run }) => status === 'running' && ready && run > web.run)
  const after = await page(ports)
  expect(countOn(after)).toBeGreaterThanOrEqual(countOn(before))
  expect(after).toContain(`web (pid ${(await up.view('web')).pid})`)
})

test.concurrent('[SP3] the demo takes its snapshot on SIGHUP and comes back', async () => {
  await using up = await demo(await freePorts())
  const { pid } = await up.until('web', 'running')
  await up.signal('SIGHUP')
  await up.until('snapshot', 'completed')
  await up.until('web', (view) => view.status === 'running' && view.pid !== pid)
  expect(up.stdout).toContain('all is quiet; copied')
})

test.concurrent('[RN4] the demo ends within a second on SIGINT', async () => {
  await using up = await demo(await freePorts())
  await up.until('hello', 'completed')
  await up.signal('SIGINT')
  const { code, ms } = await up.exit()
  expect(code).toBe(0)
  expect(ms).toBeLessThan(1000)
})

test.concurrent('[RN1] the demo tells which of its ports is taken, and the variable to change', async () => {
  const ports = await freePorts()
  using _other = Bun.listen({ hostname: '127.0.0.1', port: Number(ports.API_PORT), socket: { data: () => undefined } })
  await using up = await demo(ports)
  expect((await up.exit()).code).toBe(1)
  expect(up.stderr).toMatch(new RegExp(`API_PORT.*${ports.API_PORT} is in use`))
})

interface Ports extends Record<string, string> {
  readonly STORE_PORT: string
  readonly API_PORT: string
  readonly WEB_PORT: string
}

/** Started at the top of the repository, as `npm start` does. */
function demo(ports: Ports): Promise<Up> {
  return anUp(
    { file },
    {
      env: ports,
      within: (dir) => ['env', '-C', root, `DATA_DIR=${join(dir, 'data')}`],
    },
  )
}

async function freePorts(): Promise<Ports> {
  const [store, api, web] = [await freePort(), await freePort(), await freePort()]
  return { STORE_PORT: `${store}`, API_PORT: `${api}`, WEB_PORT: `${web}` }
}

async function page({ WEB_PORT }: Ports): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${WEB_PORT}/`)
  return answer.text()
}

function countOn(text: string): number {
  return Number(/counted to (\d+)/.exec(text)?.[1])
}
