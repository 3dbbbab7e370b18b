// procmon is usually the main process of a container: the same tree as PID 1. Only where a process namespace can be made.
import { describe, expect, test } from 'bun:test'

import { program } from '../../programs/program.ts'
import type { Up } from '../harness.ts'
import { asPid1, whyNoPid1 } from '../namespace.ts'
import { childrenOf, isAlive, statusOf, zombiesBelow } from '../proc.ts'
import { aProcmon, task } from './file.ts'
import { names, theRealTree, whyNoRedis } from './real-tree.ts'

const within = asPid1
const obstacle = whyNoPid1()
if (obstacle !== null) console.warn(`skipped, procmon's tree as PID 1: ${obstacle}`)
else if (whyNoRedis !== null) console.warn(`skipped, the tree on a real Redis as PID 1: ${whyNoRedis}`)

/** The pid, as seen from here, of a task whose pid the supervisor knows by its own namespace. */
async function outerPid(up: Up, name: string): Promise<number> {
  const { pid } = await up.view(name)
  const children = childrenOf(await up.pid())
  const found = children.find((child) => statusOf(child, 'NSpid')?.split(/\s+/).at(-1) === String(pid))
  if (found === undefined) throw new Error(`${name} has pid ${pid} in there, and is none of ${children.join(' ')}`)
  return found
}

describe.skipIf(obstacle !== null)('as PID 1', () => {
  test.concurrent.skipIf(whyNoRedis !== null)(
    'procmon 4 7 [PR23] the tree on a real Redis: kill -9 at every level leaves no zombie, SIGTERM ends it in time',
    async () => {
      const { up } = await theRealTree({ within })
      await using _up = up
      const supervisor = await up.pid()
      expect(statusOf(supervisor, 'NSpid')).toMatch(/\s1$/)
      for (const [victim, last] of [
        ['leaf', 'leaf'],
        ['api', 'leaf'],
        ['redis', 'leaf'],
        ['web', 'web'],
      ] as const) {
        const count = up.marks(last, 'start').length
        process.kill(await outerPid(up, victim), 'SIGKILL')
        await up.mark(last, 'start', count + 1)
        for (const name of names) await up.until(name, 'running')
        await up.fact('no zombie is left', () => zombiesBelow(supervisor).length === 0, 2000)
        await up.fact('only the tree is left', () => childrenOf(supervisor).length === names.length, 2000)
      }
      const pids = childrenOf(supervisor)
      await up.signal('SIGTERM')
      const { code, ms } = await up.exit()
      expect(code).toBe(0)
      expect(ms).toBeLessThan(3000)
      expect(pids.filter(isAlive)).toEqual([])
    },
  )

  test.concurrent('procmon 6 [SP3] [PR23] a snapshot on SIGHUP, though the tasks leave orphans behind', async () => {
    await using up = await aProcmon(
      {
        tasks: [
          task('web', program('orphan-maker', 20)),
          task('away', program('forks-away'), { parent: 'web', maxshutdown: '1s' }),
          task('snapshot', program('exits', 0, 0.1), { specials: { onetime: true, signal: 'SIGHUP', shutdown: true } }),
        ],
      },
      { within },
    )
    const supervisor = await up.pid()
    await up.mark('web', 'done')
    await up.mark('away', 'escaped')
    const pids = childrenOf(supervisor)
    await up.signal('SIGHUP')
    await up.mark('snapshot', 'start')
    expect(pids.filter(isAlive)).toEqual([])
    await up.mark('away', 'escaped', 2)
    await up.mark('web', 'done', 2)
    await up.fact('no zombie is left', () => zombiesBelow(supervisor).length === 0, 2000)
  })

  test.concurrent.each([
    ['a polite end', {}, 'SIGTERM', 0],
    ['an end that takes longer than SHUTDOWN_MAX', { SHUTDOWN_MAX: '500ms' }, 'SIGTERM', 1],
    ['a special with terminate', {}, 'SIGUSR1', 0],
    ['a special with terminate that fails', {}, 'SIGUSR2', 1],
  ] as const)('procmon 6 7 [RN8] the exit code of %s', async (_what, env, signal, expected) => {
    await using up = await aProcmon(
      {
        tasks: [
          task('web', program('ignores-term'), { maxshutdown: '1s' }),
          task('well', program('exits', 0), { specials: { onetime: true, signal: 'SIGUSR1', terminate: true } }),
          task('badly', program('exits', 1), { specials: { onetime: true, signal: 'SIGUSR2', terminate: true } }),
        ],
      },
      { within, env },
    )
    await up.mark('web', 'start')
    await up.signal(signal)
    const { code, ms } = await up.exit()
    expect(code).toBe(expected)
    expect(ms).toBeWithin(490, 3000)
  })

  test.concurrent('procmon 1 [RN1] [RN2] a prologue that fails is 1, a bad file 2', async () => {
    const tasks = [task('web', program('never-dies'))]
    const prologue = [{ name: 'nobody', type: 'portinuse', port: '1' }]
    await using failed = await aProcmon({ prologue, tasks }, { within })
    await using bad = await aProcmon({ tasks: [task('web', program('never-dies'), { parent: 'nobody' })] }, { within })
    expect((await failed.exit()).code).toBe(1)
    expect((await bad.exit()).code).toBe(2)
  })
})
