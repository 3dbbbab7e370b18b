import packageJson from '../../package.json' with { type: 'json' }
import type { Control } from '../api/control.ts'
import type { ControlServer } from '../api/server.ts'
import type { Process } from '../core/process.ts'
import type { World } from '../core/world.ts'
import type { Failure } from '../lib/result.ts'
import type { Millis } from '../lib/time.ts'
import { commandsUnderWay } from '../system/command.ts'
import { nextTurn } from '../system/next-turn.ts'
import { isThere } from '../system/process.ts'
import { replaceProgram } from '../system/replace.ts'
import type { Manager } from '../system/supervised.ts'
import { refused, type Refusal } from '../wire/refusal.ts'
import { actorText } from './journal.ts'
import type { Log } from './log.ts'
import type { Command } from './own-program.ts'
import { checkProgram } from './replace-check.ts'
import { askerName, heldForNotifications, socketName, type Bequest } from './replaced.ts'
import { statusLine } from './report.ts'
import { isMaster } from './rights.ts'
import type { Tree } from './tree.ts'

/** A supervisor as it is when its program may be replaced. */
export interface Replaceable {
  readonly tree: Tree
  readonly log: Log
  readonly manager: Pick<Manager, 'reloading' | 'ready' | 'variables'> | null
  readonly server: Pick<ControlServer, 'descriptor' | 'pause' | 'resume'>
  /** The program that it was started from, and the arguments that it was given. */
  readonly program: Command
  readonly args: readonly string[]
  /** What is held for life, by name. */
  readonly held: ReadonlyMap<string, number>
  /** Asked last: why the next program would not come up here; null: nothing that one could know of. */
  readonly obstacle: () => Promise<Failure | null>
  readonly bequest: () => Omit<Bequest, 'format' | 'version' | 'commands'>
}

/** How long answers that are under way may take. */
const farewell: Millis = 2000

/**
 * Replaces a supervisor's program in place: same pid, its children stay its own, nobody who knocks is turned away.
 * [DM40] to [DM46]
 */
export function createReplacer(find: () => Replaceable | null): Control['replace'] {
  let isUnderWay = false
  return async ({ executable, caller, connection }) => {
    const parts = find()
    if (!isMaster(caller)) return forbidden
    if (parts === null || isUnderWay) return notNow('it is being done already, or everything has just begun')
    isUnderWay = true
    try {
      const command: Command = executable === null ? parts.program : [executable]
      const by = actorText({ verb: 'reload-binary', user: caller?.user ?? null })
      return await replace(parts, { command, connection, by })
    } finally {
      isUnderWay = false
    }
  }
}

async function replace(
  parts: Replaceable,
  { command, connection, by }: { readonly command: Command; readonly connection: number | null; readonly by: string },
): Promise<Refusal> {
  const { tree, log, manager, server, held, args } = parts
  const { descriptor } = server
  if (descriptor === null) return notNow('the control socket cannot be handed on here')
  const checked = await checkProgram(command)
  if (!checked.ok) return because(checked.failure)
  const obstacle = obstacleIn(tree) ?? (await parts.obstacle())
  if (obstacle !== null) return because(obstacle)
  const message = `coppice ${packageJson.version} gives way to ${command.join(' ')}, coppice ${checked.value}`
  log.write({ level: 'info', process: null, message })
  tree.ledger.tell({ process: null, kind: 'supervisor', reason: message, by })
  manager?.reloading()
  await server.pause({ besides: connection === null ? 0 : 1, within: farewell })
  const failed = (await settled(tree)) ?? replaceNow()
  await server.resume()
  manager?.ready(statusLine(tree.engine.world))
  log.write({ level: 'error', process: null, message: `goes on as before: ${failed.message}` })
  tree.ledger.tell({ process: null, kind: 'supervisor', reason: `goes on as before: ${failed.message}` })
  return because(failed)

  /** Within one turn of the loop: what is known now is all there is. */
  function replaceNow(): Failure {
    const descriptors = new Map([...held, ...heldForNotifications(), [socketName, descriptor ?? -1]])
    if (connection !== null) descriptors.set(askerName, connection)
    const { version } = packageJson
    const bequest: Bequest = { ...parts.bequest(), format: 1, version, commands: commandsUnderWay() }
    return replaceProgram({
      command: [...command, ...args],
      env: manager?.variables ?? {},
      descriptors,
      text: JSON.stringify(bequest),
    })
  }
}

/** How often it is looked whether the runtime has told of every end that it knows of, and how long in between. */
const looks = 40
const pause: Millis = 5

/**
 * Waits until no process has ended that was reaped and of which we have not heard: nobody would ever tell how it ended.
 * What comes next has to follow in the same turn of the loop.
 * @returns why there cannot be a replacement any more; null: now there can
 */
async function settled(tree: Tree): Promise<Failure | null> {
  await nextTurn()
  for (let look = 0; look < looks && !isSettled(tree.engine.world); look++) await nextTurn(pause)
  return obstacleIn(tree)
}

function isSettled({ processes }: World): boolean {
  for (const process of processes.values()) if (!isAccountedFor(process)) return false
  return true
}

function isAccountedFor({ state }: Process): boolean {
  if (!('run' in state) || ('exit' in state && state.exit !== null)) return state.tag !== 'spawning'
  return isThere(state.run)
}

/** What the store does not know of would be lost. */
function obstacleIn({ engine, ledger }: Tree): Failure | null {
  const { phase, specials } = engine.world
  const unrecorded = ledger.check()
  if (unrecorded !== null) return unrecorded
  if (phase.tag !== 'up') return notNow(phase.tag === 'prologue' ? 'the prologue is not over' : 'it is ending')
  const { current, queue } = specials
  const special = current?.call.name ?? queue[0]?.name
  return special === undefined ? null : notNow(`${special} has its turn`)
}

function because({ message, hint }: Failure): Refusal {
  return refused('not-replaced', `The program was not replaced: ${message}.`, hint).failure
}

function notNow(why: string): Refusal {
  return refused('not-replaced', `not now: ${why}`, 'Try again in a while.').failure
}

const forbidden = refused(
  'forbidden',
  'Only root and the user of the supervisor may put another program in its place.',
).failure
