import { chmodSync, chownSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { assertNever } from '../../lib/assert.ts'
import { errnoOf, errnoText } from '../../system/errno.ts'
import { lockState } from '../../system/lock-holder.ts'
import { pause } from '../../system/pause.ts'
import { createRollcall, type Present } from '../../system/rollcall.ts'
import { signalIfSame } from '../../system/process.ts'
import type { Fix, Fixed } from '../../wire/doctor.ts'
import { socketFact } from './gather-socket.ts'

/** Does what is asked, if what was found is still so. [DM65] */
export async function apply(fix: Fix): Promise<Fixed> {
  try {
    const refused = await perform(fix)
    return { fix, isDone: refused === null, told: refused === null ? doneText(fix) : `not done: ${refused}` }
  } catch (error) {
    const code = errnoOf(error)
    if (code === null) throw error
    return { fix, isDone: false, told: `not done: ${errnoText(code)}` }
  }
}

/** @returns why nothing was done; null: it is done */
function perform(fix: Fix): Promise<string | null> | string | null {
  switch (fix.tag) {
    case 'remove-socket':
      return removeSocket(fix.path)
    case 'set-access':
      return setAccess(fix)
    case 'end-run':
      return endRun(fix)
    default:
      return assertNever(fix)
  }
}

function doneText(fix: Fix): string {
  switch (fix.tag) {
    case 'remove-socket':
      return `${fix.path} was removed`
    case 'set-access':
      return `${fix.path} has its mode and its owner`
    case 'end-run':
      return `${fix.pids.join(', ')} ${fix.pids.length === 1 ? 'was' : 'were'} ended`
    default:
      return assertNever(fix)
  }
}

/** A daemon that is starting holds the lock before it makes its socket. */
async function removeSocket(path: string): Promise<string | null> {
  const { tag } = await socketFact(path)
  if (tag !== 'refuses') return 'it is another by now'
  const lock = lockState(join(dirname(path), 'lock'))
  if (lock.tag === 'held') return 'a daemon is starting'
  rmSync(path, { force: true })
  return null
}

function setAccess({ path, mode, uid, gid }: Extract<Fix, { tag: 'set-access' }>): string | null {
  const found = statSync(path)
  // A change of owner takes bits away.
  if ((uid ?? found.uid) !== found.uid || (gid ?? found.gid) !== found.gid) {
    chownSync(path, uid ?? found.uid, gid ?? found.gid)
  }
  chmodSync(path, mode)
  return null
}

/** How long what is asked to end may take. */
const patience = 5000

/** Whoever carries the marker now, and nobody else: SIGTERM, and SIGKILL to who has not gone. */
async function endRun({ marker }: Extract<Fix, { tag: 'end-run' }>): Promise<string | null> {
  const rollcall = createRollcall()
  const members = (): readonly Present[] => rollcall.call().byMarker.get(marker) ?? []
  const until = performance.now() + patience
  for (const one of members()) signalIfSame(one, term)
  while (members().length > 0 && performance.now() < until) await pause(20)
  // Killed again and again, so that nobody forks away.
  while (members().length > 0 && performance.now() < until + patience) {
    for (const one of members()) signalIfSame(one, kill)
    await pause(20)
  }
  const left = members().map(({ pid }) => pid)
  return left.length === 0 ? null : `${left.join(', ')} cannot be ended`
}

const [term, kill] = [15, 9]
