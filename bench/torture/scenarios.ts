// Scenarios 10 to 13 of the shared list, again and again, beside two hundred processes of which a third is on the way.
import { closeSync, openSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { binary, homeIn } from '../contestants/coppice.ts'
import { isAlive, kill, until } from '../facts.ts'
import { launch } from '../launch.ts'
import type { Dice } from '../soak/dice.ts'
import type { Workshop } from '../workshop.ts'
import { makeDaemon, type Daemon, type View } from './daemon.ts'
import { strangersAndLost, violationsIn } from './observer.ts'

const load = 200

interface Stage {
  readonly daemon: Daemon
  readonly dice: Dice
  readonly violations: Set<string>
}

/** @returns what did not hold, a sentence each */
export async function goThroughScenarios(
  workshop: Workshop,
  { rounds, dice }: { rounds: number; dice: Dice },
): Promise<readonly string[]> {
  const daemon = makeDaemon(workshop, 'scenarios')
  const stage: Stage = { daemon, dice, violations: new Set() }
  writeFileSync(join(daemon.room, 'processes.json'), processFile(workshop.program('counter'), daemon.dir))
  await daemon.start()
  await ordered(stage, 'apply', join(daemon.room, 'processes.json'), '--no-wait')
  let round = 0
  while (round < rounds && stage.violations.size === 0) {
    round += 1
    await beBusy(stage)
    for (const scenario of [ten, eleven, twelve, thirteen]) {
      if (stage.violations.size === 0) await scenario(stage, round)
    }
  }
  // Those that take long to end would be waited for.
  await ordered(stage, 'stop', ...stoppingOnes(await daemon.ls()), '--force', '--timeout', '15s')
  await daemon.end()
  for (const text of violationsIn(daemon)) stage.violations.add(text)
  console.log(`${round} rounds of scenarios 10 to 13 beside ${load} processes`)
  return [...stage.violations]
}

/** Two thirds live; of the others one part is never ready, one takes long to end, one fails again and again. */
function processFile(program: string, dir: string): string {
  const entries = Array.from({ length: load }, (_, n) => {
    const [kind, keys] = kindOf(n)
    return {
      name: `${kind}-${n}`,
      command: [program, `${kind}-${n}`, dir, '50', ...(keys.habits ?? ['mute=1'])],
      ...keys.more,
    }
  })
  const counting = { name: 'counts', command: [program, 'counts', dir, '5'] }
  const dying = { name: 'dies', command: [program, 'dies', dir, '20'], backoff: { initial: '10ms', max: '50ms' } }
  return JSON.stringify({ processes: [counting, dying, ...entries] })
}

function kindOf(n: number): readonly [string, { habits?: readonly string[]; more?: object }] {
  if (n % 9 === 0) return ['starting', { more: { ready: 'notify: fd', start_timeout: '1h' } }]
  if (n % 9 === 1) return ['stopping', { habits: ['mute=1', 'slow=600000'], more: { stop_timeout: '1h' } }]
  if (n % 9 === 2) return ['failing', { habits: ['fails=1'], more: { backoff: { initial: '300ms', max: '2s' } } }]
  return ['living', {}]
}

/** Those that take long to end are told to. */
async function beBusy(stage: Stage): Promise<void> {
  const { daemon } = stage
  const views = await until('all have begun', async () => {
    const all = await daemon.ls()
    return all.every(({ name, run, pid }) => run > 0 && (!/^(?:living|counts|dies)/.test(name) || pid !== null)) && all
  })
  await ordered(stage, 'stop', ...stoppingOnes(views), '--no-wait')
}

function stoppingOnes(views: readonly View[]): string[] {
  return views.filter(({ name }) => name.startsWith('stopping')).map(({ name }) => name)
}

/** Two services survive the daemon, with no gap in what they write; who died meanwhile comes back, and counts on. */
async function ten(stage: Stage): Promise<void> {
  const { daemon, violations, dice } = stage
  const before = await byName(daemon)
  await daemon.kill()
  const refused = await daemon.cli('ls')
  if (refused.code !== 3 || refused.stderr === '')
    violations.add(`10: ls without a daemon: ${refused.code} ${refused.stderr}`)
  kill(before.get('dies')?.pid ?? 0, 'SIGKILL')
  await Bun.sleep(dice.below(50))
  await daemon.start()
  const again = await until('it is replaced', async () => {
    const view = (await byName(daemon)).get('dies')
    return view?.status === 'running' && view.pid !== before.get('dies')?.pid && view
  })
  const restarts = again.restart_count - (before.get('dies')?.restart_count ?? 0)
  if (restarts !== 1) violations.add(`10: ${restarts} restarts were counted`)
  await samePids(stage, before, '10')
}

/** The recorded pid belongs to a stranger by now: neither a start nor a stop touches it. */
async function eleven(stage: Stage): Promise<void> {
  const { daemon, violations } = stage
  const before = await byName(daemon)
  const stranger = launch(['sleep', '100000'], { room: daemon.room }).pid
  await daemon.kill()
  const { pid = 0, id = 0 } = before.get('dies') ?? {}
  kill(pid ?? 0, 'SIGKILL')
  await until('it is gone', () => !isAlive(pid ?? 0))
  giveAway(daemon, { id, from: pid ?? 0, to: stranger })
  await daemon.start()
  await until('it is replaced', async () => {
    const view = (await byName(daemon)).get('dies')
    return view?.status === 'running' && view.pid !== stranger && view.pid !== pid
  })
  await ordered(stage, 'stop', 'dies', '--timeout', '10s')
  if (!isAlive(stranger)) violations.add('11: the stranger was ended')
  await ordered(stage, 'start', 'dies', '--timeout', '10s')
  kill(stranger, 'SIGKILL')
  await samePids(stage, before, '11')
}

function giveAway({ home }: Daemon, { id, from, to }: { id: number; from: number; to: number }): void {
  using database = new DatabaseSync(join(home, 'state/coppice.db'))
  database.exec('PRAGMA busy_timeout = 2000')
  const { changes } = database
    .prepare(`UPDATE processes SET pid = ?, state = replace(state, '"pid":' || ?, '"pid":' || ?) WHERE id = ?`)
    .run(to, from, to, id)
  if (changes !== 1) throw new Error('the record was not changed')
}

const damages: readonly ((path: string) => void)[] = [
  (path) => truncateSync(path, 100),
  (path) => writeFileSync(path, 'garbage'.repeat(1000)),
  (path) => rmSync(path),
]

/** The database is truncated, garbage or gone: the last good copy is taken, loudly. One of a newer version is refused. */
async function twelve(stage: Stage, round: number): Promise<void> {
  const { daemon, violations } = stage
  const file = join(daemon.home, 'state/coppice.db')
  const before = await byName(daemon)
  await daemon.kill()
  await refusesNewer(stage, file)
  writeCopy(file)
  damages[round % damages.length]?.(file)
  await daemon.start()
  const { alarms = [] } = (await daemon.ask<{ alarms?: readonly string[] }>('/v1/supervisor')) ?? {}
  if (!alarms.join(' ').includes('coppice.db')) violations.add(`12: no alarm: ${JSON.stringify(alarms)}`)
  for (const name of readdirSync(join(daemon.home, 'state'))) {
    if (name.includes('.damaged-')) rmSync(join(daemon.home, 'state', name))
  }
  await samePids(stage, before, '12')
}

async function refusesNewer({ daemon, violations }: Stage, file: string): Promise<void> {
  const version = setVersion(file, 9999)
  try {
    await daemon.start()
    violations.add('12: a database of a newer version was used')
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('newer'))) throw error
  }
  setVersion(file, version)
}

/** @returns the version before */
function setVersion(file: string, version: number): number {
  using database = new DatabaseSync(file)
  const before = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  database.exec(`PRAGMA user_version = ${version}; PRAGMA wal_checkpoint(TRUNCATE)`)
  return before
}

/** As the daemon makes one every day. */
function writeCopy(file: string): void {
  rmSync(`${file}.bak`, { force: true })
  using database = new DatabaseSync(file)
  database.prepare('VACUUM INTO ?').run(`${file}.bak`)
}

/** Two daemons at the same moment, over the socket and the lock of a dead one: one wins, the other says so. */
async function thirteen(stage: Stage): Promise<void> {
  const { daemon, violations } = stage
  const before = await byName(daemon)
  await daemon.kill()
  const said = join(daemon.room, 'rival')
  const output = openSync(said, 'w')
  const rival = Bun.spawn([binary, 'daemon'], {
    cwd: daemon.room,
    env: { PATH: '/usr/bin:/bin', ...homeIn(daemon.room), COPPICE_RIVAL: '1' },
    stdio: ['ignore', output, output],
  })
  closeSync(output)
  const won = await daemon.start().then(
    () => true,
    () => false,
  )
  if (won) {
    const code = await rival.exited
    const text = readFileSync(said, 'utf8')
    if (code !== 1 || !text.includes(String(daemon.pid))) violations.add(`13: the second ended with ${code}: ${text}`)
  } else {
    await until('the other answers', () => daemon.ask('/v1/supervisor'))
    const last = daemon.log.trimEnd().split('\n').at(-1) ?? ''
    if (!daemon.log.slice(-2000).includes(`process ${rival.pid}`)) violations.add(`13: the second said: ${last}`)
    rival.kill('SIGKILL')
    await rival.exited
    await daemon.start()
  }
  await samePids(stage, before, '13')
}

/** What lived and does not end by itself is what it was; and nobody else is there. */
async function samePids(
  { daemon, violations }: Stage,
  before: ReadonlyMap<string, View>,
  scenario: string,
): Promise<void> {
  const after = await byName(daemon)
  for (const [name, { pid }] of before) {
    if (name === 'dies' || name.startsWith('failing')) continue
    const now = after.get(name)?.pid
    if (now !== pid) violations.add(`${scenario}: ${name} was ${pid} and is ${now}`)
  }
  let wrong: string[] = []
  for (let look = 0; look < 3; look++) {
    wrong = strangersAndLost(daemon, await daemon.ls())
    if (wrong.length === 0) return
    await Bun.sleep(50)
  }
  for (const text of wrong) violations.add(`${scenario}: ${text}`)
}

async function byName(daemon: Daemon): Promise<ReadonlyMap<string, View>> {
  return new Map((await daemon.ls()).map((view) => [view.name, view]))
}

async function ordered({ daemon, violations }: Stage, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await daemon.cli(...args)
  if (code !== 0) violations.add(`${args[0]} ended with ${code}: ${stderr}`)
}
