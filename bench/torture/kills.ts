// The daemon is killed again and again while twenty processes crash, restart, log and are commanded.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive, kill, until } from '../facts.ts'
import { launch } from '../launch.ts'
import type { Dice } from '../soak/dice.ts'
import type { Workshop } from '../workshop.ts'
import { makeDaemon, type Daemon, type View } from './daemon.ts'
import { bytesIn, startsIn, strangersAndLost, violationsIn } from './observer.ts'

/** What was done, for the summary. */
export interface Tally {
  kills: number
  murders: number
  commands: number
  acknowledged: number
  readonly starts: number[]
}

const kinds = ['steady', 'crasher', 'victim', 'commanded'] as const
type Kind = (typeof kinds)[number]

const habits: Readonly<Record<Kind, readonly string[]>> = {
  steady: [],
  crasher: ['lives=250'],
  victim: [],
  commanded: ['slow=30'],
}

interface Ward {
  readonly name: string
  readonly kind: Kind
  readonly command: readonly string[]
}

interface Torture {
  readonly daemon: Daemon
  readonly wards: readonly Ward[]
  readonly dice: Dice
  readonly tally: Tally
  readonly violations: Set<string>
  isOver: boolean
}

/** @returns what did not hold, a sentence each */
export async function torture(
  workshop: Workshop,
  { kills, dice }: { kills: number; dice: Dice },
): Promise<readonly string[]> {
  const daemon = makeDaemon(workshop, 'kills')
  const program = workshop.program('counter')
  const wards = Array.from({ length: 20 }, (_, n): Ward => {
    const kind = kinds[n % kinds.length] ?? 'steady'
    const name = `${kind}-${n}`
    return { name, kind, command: [program, name, daemon.dir, '10', ...habits[kind]] }
  })
  const strangers = bystanders(daemon)
  const tally: Tally = { kills: 0, murders: 0, commands: 0, acknowledged: 0, starts: [] }
  const it: Torture = { daemon, wards, dice, tally, violations: new Set(), isOver: false }

  const backoff = { initial: '5ms', max: '60ms' }
  const file = join(daemon.room, 'processes.json')
  const processes = wards.map(({ name, command }) => ({ name, command, backoff, stop_timeout: '5s' }))
  writeFileSync(file, JSON.stringify({ processes }))
  await daemon.start()
  const applied = await daemon.cli('apply', file)
  if (applied.code !== 0) throw new Error(`apply ended with ${applied.code}: ${applied.stderr}`)
  const steady = steadyPids(await daemon.ls())

  await Promise.all([murder(it), ...commanders(it), killer(it, kills)])
  const count = await counted(it)
  await settle(it)
  const views = await daemon.ls()
  if (steadyPids(views) !== steady) it.violations.add(`the steady ones were ${steady} and are ${steadyPids(views)}`)
  for (const pid of strangers) if (!isAlive(pid)) it.violations.add(`the stranger ${pid} is gone`)
  await order(it, 'stop', ...wards.map(({ name }) => name)) // so that logs are at rest
  for (const text of violationsIn(daemon)) it.violations.add(text)
  report(it, count)
  for (const pid of strangers) kill(pid, 'SIGKILL')
  const code = await daemon.end()
  if (code !== 0) it.violations.add(`SIGTERM ended the daemon with ${code}`)
  return [...it.violations]
}

/** Programs that are none of ours: one by its marker, one by having none. */
function bystanders({ room }: Daemon): number[] {
  const marked = { COPPICE_RUN: '0123456789abcdef/1.1/AAAAAAAAAAAAAAAA' }
  return [marked, {}].map((env) => launch(['sleep', '100000'], { room, env }).pid)
}

function steadyPids(views: readonly View[]): string {
  return views.flatMap(({ name, pid }) => (name.startsWith('steady') ? [`${name}:${pid}`] : [])).join(' ')
}

async function killer(it: Torture, kills: number): Promise<void> {
  const { daemon, dice, tally, violations } = it
  while (tally.kills < kills && violations.size === 0) {
    await Bun.sleep(dice.below(dice.below(4) === 0 ? 400 : 60))
    await daemon.kill()
    tally.kills += 1
    if (dice.below(3) === 0) await Bun.sleep(dice.below(100))
    tally.starts.push(await daemon.start())
    const names = (await daemon.ls()).length
    if (names !== it.wards.length) violations.add(`after ${tally.kills} kills ${names} processes are known`)
  }
  it.isOver = true
}

/** Kills one of the victims after the other, only such as have come to their `main`. */
async function murder(it: Torture): Promise<void> {
  const { daemon, wards, dice, tally } = it
  const victims = wards.filter(({ kind }) => kind === 'victim')
  while (!it.isOver) {
    const { name } = dice.pick(victims)
    const last = startsIn(daemon).findLast((start) => start.name === name)
    if (last !== undefined && kill(last.pid, dice.pick(['SIGKILL', 'SIGSEGV', 'SIGTERM'] as const))) tally.murders += 1
    await Bun.sleep(20 + dice.below(120))
  }
}

function commanders(it: Torture): Promise<void>[] {
  return it.wards.filter(({ kind }) => kind === 'commanded').map((ward) => command(it, ward))
}

/** What was acknowledged holds until the next word, whoever dies. */
async function command(it: Torture, { name }: Ward): Promise<void> {
  const { daemon, dice, tally, violations } = it
  while (!it.isOver) {
    const verb = dice.pick(['stop', 'start', 'restart'] as const)
    const { code } = await daemon.cli(verb, name, ...(dice.below(2) === 0 ? ['--no-wait'] : ['--timeout', '10s']))
    tally.commands += 1
    if (code === 0) tally.acknowledged += 1
    await Bun.sleep(dice.below(250))
    if (code !== 0) continue
    const view = (await daemon.ask<readonly View[]>('/v1/processes'))?.find((one) => one.name === name)
    const isDown = view?.status === 'stopped'
    const isGoing = view?.reason.startsWith('going down') === true
    if (view !== undefined && verb === 'stop' && !isDown && !isGoing)
      violations.add(`${name} was stopped, and is ${view.status}`)
    if (view !== undefined && verb !== 'stop' && isDown) violations.add(`${name} was told to ${verb}, and is stopped`)
  }
}

/** Those that nobody commands: every run but the first has replaced one, whoever killed whom. */
interface Count {
  readonly runs: number
  readonly restarts: number
  /** Numbers of runs whose programs never came to their `main`: the daemon died while it started them. */
  readonly unstarted: number
}

async function counted({ daemon, violations }: Torture): Promise<Count> {
  const views = (await daemon.ls()).filter(({ name }) => /^(?:crasher|victim)/.test(name))
  const [starts, log] = [startsIn(daemon), daemon.log]
  let unstarted = 0
  for (const { name, run, restart_count } of views) {
    if (restart_count !== run - 1) violations.add(`${name} is at run ${run} and tells of ${restart_count} restarts`)
    const seen = new Set(starts.filter((start) => start.name === name).map((start) => start.run))
    for (let n = 1; n < run; n++) {
      if (seen.has(n)) continue
      unstarted += 1
      if (!log.includes(`run ${n} of ${name} was about to start`)) violations.add(`nobody knows of run ${n} of ${name}`)
    }
  }
  const sum = (of: (view: View) => number): number => views.reduce((total, view) => total + of(view), 0)
  return { runs: sum(({ run }) => run), restarts: sum((view) => view.restart_count), unstarted }
}

/** Everything that does not end by itself is up; the others are at rest. Then nobody may live whom the daemon does not know. */
async function settle(it: Torture): Promise<void> {
  const { daemon, wards, violations } = it
  const names = (...of: readonly Kind[]): string[] =>
    wards.filter(({ kind }) => of.includes(kind)).map(({ name }) => name)
  await order(it, 'start', ...names('commanded'))
  await order(it, 'stop', ...names('crasher'))
  const isCalm = ({ status, name }: View): boolean => status === (name.startsWith('crasher') ? 'stopped' : 'running')
  const views = await until('all are calm', async () => {
    const all = await daemon.ls()
    return all.every(isCalm) && all
  })
  // Who is in the middle of an `execve` shows no environment.
  await Bun.sleep(100)
  for (const text of strangersAndLost(daemon, views)) violations.add(text)
}

async function order({ daemon, violations }: Torture, verb: string, ...names: readonly string[]): Promise<void> {
  const { code, stderr } = await daemon.cli(verb, ...names, '--timeout', '15s')
  if (code !== 0) violations.add(`${verb} ended with ${code}: ${stderr}`)
}

function report({ daemon, tally }: Torture, { runs, restarts, unstarted }: Count): void {
  const { kills, commands, acknowledged, murders } = tally
  const starts = tally.starts.toSorted((a, b) => a - b)
  const at = (part: number): string => (starts[Math.floor(part * (starts.length - 1))] ?? 0).toFixed(0)
  console.log(`${kills} kills of the daemon; it answered again after ${at(0.5)} ms (at most ${at(1)} ms)`)
  console.log(`${murders} kills of processes, ${commands} commands, of which ${acknowledged} were acknowledged`)
  console.log(`${startsIn(daemon).length} runs that came to their main, ${bytesIn(daemon)} bytes in logs`)
  console.log(
    `of those that nobody commands: ${runs} runs, ${restarts} restarts counted, ${unstarted} never came to main`,
  )
}
