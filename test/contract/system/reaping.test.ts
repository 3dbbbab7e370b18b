// Exits and orphans by the hundred: in this process, as PID 1, and in a compiled program.
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Census } from '../../../src/system/census.ts'
import { readStat } from '../../../src/system/procfs.ts'
import { createReaper } from '../../../src/system/reaper.ts'
import { becomeSubreaper } from '../../../src/system/subreaper.ts'
import { asPid1, whyNoPid1 } from '../../e2e/namespace.ts'
import { descriptorsOf } from '../../e2e/proc.ts'
import { aNotification } from '../../sim/builders.ts'
import { Host, sh, until } from './host.ts'

const stress = join(import.meta.dir, '../../programs/stress-spawner.ts')
const dir = mkdtempSync(join(tmpdir(), 'coppice-reaping-'))
afterAll(() => rmSync(dir, { recursive: true }))

const noPid1 = whyNoPid1()
const expected = { exits: 300, mistaken: 0, left: 0, zombies: 0, oddities: [] }

async function outcomeOf(command: readonly string[]): Promise<unknown> {
  const child = Bun.spawn([...command], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = await child.stdout.text()
  expect(await child.exited).toBe(0)
  return JSON.parse(said)
}

describe('[PR23] 300 exits while 600 orphans die: none lost, none mistaken, no zombie', () => {
  test('as any process', async () => {
    expect(await outcomeOf([process.execPath, stress])).toEqual(expected)
  }, 30_000)

  test.skipIf(noPid1 !== null)(
    'as PID 1',
    async () => {
      expect(await outcomeOf([...asPid1, process.execPath, stress])).toEqual(expected)
    },
    30_000,
  )

  test('compiled', async () => {
    const program = join(dir, 'stress')
    const options = ['--compile', '--bytecode', '--format=esm', '--minify', '--keep-names']
    const built = Bun.spawnSync([process.execPath, 'build', ...options, stress, '--outfile', program], {
      stdout: 'ignore',
    })
    expect(built.exitCode).toBe(0)
    expect(await outcomeOf([program])).toEqual(expected)
    if (noPid1 === null) expect(await outcomeOf([...asPid1, program])).toEqual(expected)
  }, 60_000)
})

test('[TB5] a dead child that the runtime did not spawn is offered to whoever knows it; nobody does: its exit is kept', async () => {
  using _subreaper = becomeSubreaper()
  const offered: number[] = []
  let isClaimed = true
  const claim = (pid: number): boolean => offered.push(pid) > 0 && isClaimed
  using reaper = createReaper({ census: new Census(), claim, onDeath: () => undefined })
  const script = '(sleep 0.2; exit 5) >/dev/null & echo $!'
  const child = Bun.spawn(['sh', '-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  const orphan = Number(await child.stdout.text())
  const startTime = readStat(orphan)?.startTime ?? 0
  await child.exited
  await until('it is offered again and again', () => offered.filter((pid) => pid === orphan).length > 4)
  expect(readStat(orphan)?.state).toBe('Z')
  isClaimed = false
  await until('it is reaped', () => readStat(orphan) === null)
  expect(reaper.exitOf(orphan, startTime)).toEqual({ code: 5, signal: 0 })
  expect(reaper.exitOf(orphan, startTime + 1)).toBeNull()
})

test('[PR23] a child that another part of the program has spawned is left to it', async () => {
  await using _host = new Host()
  const codes = await Promise.all(
    Array.from(
      { length: 50 },
      (_, i) => Bun.spawn(['sh', '-c', `exit ${i}`], { stdio: ['ignore', 'ignore', 'ignore'] }).exited,
    ),
  )
  expect(codes).toEqual(Array.from({ length: 50 }, (_, i) => i))
})

test('[PR24] a run that is over leaves nothing open', async () => {
  await using host = new Host()
  const round = async (count: number): Promise<void> => {
    const ready = [null, aNotification({ via: 'fd' }), aNotification({ via: 'socket' })]
    const runs = Array.from({ length: count }, (_, i) =>
      host.start({ command: sh('sleep 0.01 & exit 0'), ready: ready[i % 3] ?? null }),
    )
    for (const run of runs) await run.over()
  }
  await round(6)
  const before = descriptorsOf(process.pid).size
  for (let i = 0; i < 10; i++) await round(12)
  expect(descriptorsOf(process.pid).size).toBe(before)
}, 20_000)
