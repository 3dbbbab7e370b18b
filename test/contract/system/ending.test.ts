// How runs end, what is left of them, and who gets which signal.
import { expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, statOf } from '../../e2e/proc.ts'
import { program } from '../../programs/program.ts'
import { Host, sh, until } from './host.ts'

/** A shell that never ends by itself, with a child in its group, one in a session of its own, and one that hides. */
const family = `
  sleep 1000000 & echo child=$!
  setsid sh -c 'echo escaped=$$; exec sleep 1000000' &
  setsid sh -c 'echo parent=$$; env -i sleep 1000000 & echo hidden=$!; wait' &
  wait`

test('[PR14] codes and signals are told as they were', async () => {
  await using host = new Host()
  const ends = [
    ['exit 0', { tag: 'code', code: 0 }],
    ['exit 255', { tag: 'code', code: 255 }],
    ['kill -SEGV $$', { tag: 'signal', signal: 'SIGSEGV' }],
    ['kill -KILL $$', { tag: 'signal', signal: 'SIGKILL' }],
    ['kill -40 $$', { tag: 'signal', signal: 'SIG40' }],
  ] as const
  const runs = ends.map(([script]) => host.start({ command: sh(`ulimit -c 0; ${script}`) }))
  for (const [i, run] of runs.entries()) {
    expect(await run.exited()).toEqual({ tag: 'exited', exit: ends[i]?.[1] ?? { tag: 'unknown' }, left: 0 })
  }
})

test('[PR14] an exit is told also while a child holds the output', async () => {
  await using host = new Host()
  const run = host.start({ command: program('holds-pipe') as [string] })
  expect(await run.exited()).toEqual({ tag: 'exited', exit: { tag: 'code', code: 0 }, left: 1 })
})

test('[PR14] an end is told within milliseconds', async () => {
  await using host = new Host()
  const delays: number[] = []
  for (let i = 0; i < 30; i++) {
    const run = host.start({ command: ['/bin/sleep', '1000000'] })
    await Bun.sleep(2)
    const killed = performance.now()
    process.kill(run.pid, 'SIGKILL')
    while (run.exit === undefined) await new Promise((resolve) => setImmediate(resolve))
    delays.push(performance.now() - killed)
  }
  expect(delays.toSorted((a, b) => a - b)[15]).toBeLessThan(20)
})

test('[PR15] descendants count wherever they went, zombies do not', async () => {
  await using host = new Host()
  const run = host.start({ command: sh(family) })
  const pids = [
    await run.pidOf('child'),
    await run.pidOf('escaped'),
    await run.pidOf('parent'),
    await run.pidOf('hidden'),
  ]
  await until('all are where they want to be', () => pids.slice(1, 3).every((pid) => statOf(pid)?.session === pid))
  process.kill(run.pid, 'SIGKILL')
  expect((await run.exited()).left).toBe(4)
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  expect(await run.over()).toEqual([])
})

test('[PR15] a zombie in the group is nobody who is left', async () => {
  await using host = new Host()
  // The child is dead when its parent ends, and nobody has waited for it.
  const run = host.start({ command: sh('sleep 0.01 & exec sleep 0.2') })
  expect((await run.exited()).left).toBe(0)
})

test('[PR16] nothing is left once the last has ended by itself', async () => {
  await using host = new Host()
  const run = host.start({ command: sh('sleep 0.1 & setsid sleep 0.2 & exit 0') })
  expect((await run.exited()).left).toBe(2)
  const told = performance.now()
  expect(await run.over()).toEqual([])
  expect(performance.now() - told).toBeLessThan(1000)
})

test('[PR17] main: nobody else is signalled', async () => {
  await using host = new Host()
  const run = host.start({ command: sh(family) })
  const [child, escaped] = [await run.pidOf('child'), await run.pidOf('escaped')]
  run.signal('SIGKILL', 'main')
  expect((await run.exited()).left).toBeGreaterThan(0)
  expect([child, escaped].map(isAlive)).toEqual([true, true])
})

test('[PR17] [PR19] everything: who has escaped and who hides are met too, and reported', async () => {
  await using host = new Host()
  const run = host.start({ command: sh(family) })
  const pids = [
    await run.pidOf('child'),
    await run.pidOf('escaped'),
    await run.pidOf('parent'),
    await run.pidOf('hidden'),
  ]
  const sleepers = pids.filter((_, i) => i !== 2)
  await until('they are their programs', () => sleepers.every((pid) => statOf(pid)?.comm === 'sleep'))
  run.signal('SIGKILL', 'everything')
  const killed = await run.over()
  expect(pids.map(isAlive)).toEqual(pids.map(() => false))
  expect(killed.map(({ pid }) => pid).toSorted((a, b) => a - b)).toEqual(pids.toSorted((a, b) => a - b))
  expect(killed.find(({ pid }) => pid === pids[0])?.command).toBe('sleep 1000000')
})

test('[PR17] [PR19] a deep tree whose middle ignores SIGTERM is gone after SIGKILL, and the report names it', async () => {
  await using host = new Host()
  const marks = join(host.dir, 'marks')
  writeFileSync(marks, '')
  const env = { inherit: true, set: new Map([['MARKS', marks]]) }
  const run = host.start({ command: program('deep-tree') as [string], env })
  const pids = (): number[] =>
    [...readFileSync(marks, 'utf8').matchAll(/(?:middle|escaped|leaf) (\d+)$/gm)].map(([, pid]) => Number(pid))
  await until('the tree stands', () => pids().length === 3)
  run.signal('SIGTERM')
  expect((await run.exited()).left).toBeGreaterThanOrEqual(2)
  run.signal('SIGKILL')
  const killed = await run.over()
  expect(pids().filter(isAlive)).toEqual([])
  expect(killed.map(({ command }) => command)).toContain(`/bin/sh ${program('deep-tree')[0]} middle`)
})

test('[PR17] who forks as fast as it can is met in the end', async () => {
  await using host = new Host()
  // Each generation leaves the session, starts the next one and ends. Were it never met, it would end in the end.
  const next = '[ $n -lt 3000 ] || exit; n=$((n + 1)); setsid sh -c "$next" & exit'
  const run = host.start({ command: sh(`export n=0 next='${next}'; setsid sh -c "$next" & exit 0`) })
  await run.exited()
  await Bun.sleep(50)
  run.signal('SIGKILL', 'everything')
  await run.over()
})

test('[PR15] who hid before the signal is known after its parents are gone', async () => {
  await using host = new Host()
  const run = host.start({ command: sh(family) })
  const hidden = await run.pidOf('hidden')
  await until('it is its program', () => statOf(hidden)?.comm === 'sleep')
  run.signal('SIGTERM')
  await run.exited()
  process.kill(await run.pidOf('parent'), 'SIGKILL')
  process.kill(await run.pidOf('escaped'), 'SIGKILL')
  await Bun.sleep(50)
  expect(run.isOver).toBe(false)
  run.signal('SIGTERM')
  await run.over()
  expect(isAlive(hidden)).toBe(false)
})

test('[PR18] a stopped process obeys', async () => {
  await using host = new Host()
  const run = host.start({ command: ['/bin/sleep', '1000000'] })
  run.signal('SIGSTOP')
  await until('it is stopped', () => statOf(run.pid)?.state === 'T')
  run.signal('SIGTERM')
  expect((await run.exited()).exit).toEqual({ tag: 'signal', signal: 'SIGTERM' })
})

test('[PR21] a run that is over is not signalled, whoever has its pid now', async () => {
  await using host = new Host()
  const run = host.start({ command: sh('exit 0') })
  await run.over()
  for (const scope of ['main', 'group', 'everything'] as const) run.signal('SIGKILL', scope)
  expect(host.oddities).toEqual([])
})

test('[PR22] another coppice inside, and what it runs, is left alone', async () => {
  await using host = new Host()
  const script = `
    import { Host } from '${import.meta.dir}/host.ts'
    const host = new Host()
    const run = host.start({ command: ['/bin/sleep', '1000000'] })
    console.log('inner=' + process.pid + '\\nworker=' + run.pid)
    process.on('SIGTERM', () => void host[Symbol.asyncDispose]().then(() => process.exit(0)))
    setInterval(() => undefined, 1 << 30)`
  // As a daemon that somebody starts from a managed shell: in a session of its own.
  const run = host.start({ command: ['/bin/sh', '-c', 'setsid "$@" & wait', 'sh', process.execPath, '-e', script] })
  const [inner, worker] = [await run.pidOf('inner'), await run.pidOf('worker')]
  run.signal('SIGKILL', 'everything')
  await run.over()
  expect([inner, worker].map(isAlive)).toEqual([true, true])
  process.kill(inner, 'SIGTERM')
  await until('the inner one is gone', () => !isAlive(inner) && !isAlive(worker))
})

test('[PR23] an orphan is reaped', async () => {
  await using host = new Host()
  const run = host.start({ command: sh('(sleep 0.1 & echo orphan=$!); exec sleep 1000000') })
  const orphan = await run.pidOf('orphan')
  await until('it is ours', () => statOf(orphan)?.parent === process.pid)
  await until('it is gone', () => statOf(orphan) === null)
})
