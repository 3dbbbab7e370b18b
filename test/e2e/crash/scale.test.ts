// Many runs to take back; and short versions of `npm run torture`.
import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { lateness, stopwatch } from '../facts.ts'

const repository = join(import.meta.dir, '../../..')

async function listed({ home }: Daemon): Promise<ProcessView[]> {
  const answer = await fetch('http://coppice/v1/processes', { unix: join(home, 'coppice.sock') })
  return (await answer.json()) as ProcessView[]
}

const pidsOf = (views: readonly ProcessView[]): (number | null)[] => views.map(({ pid }) => pid)

test('[TB24] a daemon that finds a thousand live runs knows all of them within a second', async () => {
  const processes = Array.from({ length: 1000 }, (_, n) => ({ name: `p${n}`, command: ['sleep', '100000'] }))
  await using daemon = await aDaemon({
    files: (dir) => ({
      'config.yml': `process_config_file: ${dir}/processes.json\n`,
      'processes.json': JSON.stringify({ processes }),
    }),
  })
  const before = await daemon.fact('all run', async () => {
    const views = await listed(daemon)
    return views.length === 1000 && views.every(({ status }) => status === 'running') && views
  })
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    daemon.signal('SIGKILL')
    await daemon.ended()
    const since = stopwatch()
    await daemon.start()
    const after = await listed(daemon)
    times.push(since())
    expect(pidsOf(after)).toEqual(pidsOf(before))
    expect(after.every(({ status, restart_count }) => status === 'running' && restart_count === 0)).toBe(true)
  }
  console.log(`taken back: a thousand runs in ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`)
  expect(Math.min(...times)).toBeLessThan(1000 + 5 * lateness())
}, 60_000)

test.skipIf(Bun.which('flock') === null)(
  '[TB25] a lock that outlives a dead daemon for a moment is waited for',
  async () => {
    await using daemon = await aDaemon()
    daemon.signal('SIGKILL')
    await daemon.ended()
    const lock = join(daemon.home, 'state/lock')
    writeFileSync(lock, `${2 ** 22 + 1}\n`) // nobody has such a pid
    const holder = Bun.spawn(['flock', lock, 'sleep', '0.3'])
    await daemon.fact('it is held', () => Bun.spawnSync(['flock', '--nonblock', lock, 'true']).exitCode === 1)
    await daemon.start()
    expect(holder.exitCode).toBe(0)
    expect(daemon.hasEnded()).toBe(false)
  },
)

for (const [what, args] of [
  ['20 kills', ['--kills', '20', '--rounds', '0']],
  ['two rounds of scenarios 10 to 13 under load', ['--kills', '0', '--rounds', '2']],
] as const) {
  test.skipIf(Bun.which('cc') === null)(
    `[TB20] [TB26] the torture, ${what}: nothing is wrong`,
    () => {
      const { exitCode, stdout } = Bun.spawnSync([process.execPath, 'bench/torture.ts', ...args], {
        cwd: repository,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      expect(stdout.toString()).toContain('nothing was wrong')
      expect(exitCode).toBe(0)
    },
    120_000,
  )
}
