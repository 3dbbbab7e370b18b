// Section 7 of procmon.md: signals and the end, and the pids that are told of.
import { expect, test } from 'bun:test'

import { program } from '../../programs/program.ts'
import { isAlive } from '../proc.ts'
import { aProcmon, task } from './file.ts'
import { entriesOf } from './log.ts'

test.concurrent.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'procmon 7 [RN3] [RN4] %s: everything gets SIGTERM, children first, then SIGKILL after its maxshutdown, and the code is 0',
  async (signal) => {
    await using up = await aProcmon({
      tasks: [
        task('db', program('slow-term', 0.1)),
        task('web', program('slow-term', 0.2), { parent: 'db' }),
        task('deaf', program('ignores-term'), { parent: 'db', maxshutdown: '500ms' }),
        task('leaf', program('slow-term', 0.1), { parent: 'web' }),
      ],
    })
    for (const name of ['db', 'web', 'leaf', 'deaf']) await up.mark(name, 'start')
    const pids = up.marks().map((mark) => mark.pid)
    await up.signal(signal)
    const { code, ms } = await up.exit()
    expect(code).toBe(0)
    expect(ms).toBeWithin(590, 2500)
    expect(pids.filter(isAlive)).toEqual([])
    const told = up
      .marks()
      .slice(4)
      .map((mark) => `${mark.name} ${mark.what}`)
    expect(told.filter((text) => !text.startsWith('deaf'))).toEqual([
      'leaf term',
      'leaf exit',
      'web term',
      'web exit',
      'db term',
      'db exit',
    ])
    expect(told.filter((text) => text.startsWith('deaf'))).toEqual(['deaf term'])
  },
)

test.concurrent('procmon 7 [RN6] after SHUTDOWN_MAX what is left is killed and the code is 1', async () => {
  await using up = await aProcmon(
    { tasks: [task('deaf', program('ignores-term'), { maxshutdown: '1m' }), task('web', program('slow-term', 0.1))] },
    { env: { SHUTDOWN_MAX: '700ms', SHUTDOWN_LOOPTIME: '50ms' } },
  )
  const { pid } = await up.mark('deaf', 'start')
  await up.mark('web', 'start')
  await up.signal('SIGTERM')
  const { code, ms } = await up.exit()
  expect(code).toBe(1)
  expect(ms).toBeWithin(690, 2500)
  expect(isAlive(pid)).toBe(false)
  expect(up.marks('web', 'exit')).toHaveLength(1)
})

test.concurrent(
  'procmon 7 [RN4] it ends at once what waits to be restarted, or for a parent that is not ready',
  async () => {
    await using up = await aProcmon((dir) => ({
      tasks: [
        task('crashing', program('crash-loop')),
        task('init', program('slow-term'), {
          monitors: [{ name: 'ready', type: 'ensuredir', path: `${dir}/procmon.toml/no` }],
        }),
        task('child', program('never-dies'), { parent: 'init' }),
      ],
    }))
    await up.until('crashing', (view) => view.next_try !== null)
    await up.mark('init', 'start')
    await up.signal('SIGTERM')
    const { code, ms } = await up.exit()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(2000)
    expect(up.marks('child')).toEqual([])
  },
)

test.concurrent('procmon 7 [RN4] SIGTERM while the tree starts ends it, and nothing more is started', async () => {
  await using up = await aProcmon((dir) => ({
    tasks: [
      task('slow', program('waits-for', `${dir}/never`), { specials: { onetime: true } }),
      task('web', program('never-dies'), { prerun: ['slow'] }),
      task('child', program('never-dies'), { parent: 'web' }),
    ],
  }))
  await up.mark('slow', 'start')
  await up.signal('SIGTERM')
  expect((await up.exit()).code).toBe(0)
  expect(up.marks().map((mark) => `${mark.name} ${mark.what}`)).toEqual(['slow start', 'slow term'])
})

test.concurrent('procmon 7 [LG4] every 15 s it logs the pids of the tree', async () => {
  await using up = await aProcmon({
    tasks: [task('db', program('never-dies')), task('web', program('never-dies'), { parent: 'db' })],
  })
  const pids = [await up.mark('db', 'start'), await up.mark('web', 'start')].map((mark) => mark.pid)
  const { at } = up.marks()[0]!
  const told = await up.fact(
    'the pids are told',
    () => entriesOf(up.stderr).find((entry) => entry.msg.startsWith('pidinfo')),
    20_000,
  )
  expect(told).toMatchObject({ level: 'info', npids: 2, pids: pids.toSorted((a, b) => a - b) })
  expect(told.at - at).toBeWithin(14_000, 16_500)
})
