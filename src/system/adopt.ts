import type { Exit } from '../core/exit.ts'
import type { Census } from './census.ts'
import { exitOfEnded, exitOfStatus, hasEnded, unknown } from './ended.ts'
import { isMainOf } from './identify.ts'
import { resolveAccount } from './identity.ts'
import { channelOrderOf } from './hearing.ts'
import { silence, type Notifier } from './notify/notifier.ts'
import type { AdoptOrder } from './ports.ts'
import { holdProcess, noProcess, type ProcessHandle } from './process.ts'
import { readStat } from './procfs.ts'
import type { Reaper } from './reaper.ts'
import type { Run } from './run.ts'

/** A run of an earlier daemon. `exit`: how its main process ended; null: it lives. */
export interface TakenBack {
  readonly run: Run
  readonly exit: Exit | null
}

/**
 * Makes a run of what was recorded of it, if its main process is still the one that was recorded: [TB1], [TB2]. Of a
 * stranger on its pid nothing is held, and nothing of the stranger's group counts.
 * @param open how to get a pidfd, or a negative number
 */
export function takeBack(
  order: AdoptOrder,
  house: {
    readonly census: Census
    readonly notifier: Notifier
    readonly buried: Pick<Reaper, 'exitOf'>
    readonly log: (text: string) => void
    readonly open?: (pid: number) => number
  },
): TakenBack {
  const { census, notifier, buried, log, open } = house
  const handle = holdProcess(order.pid, open)
  const isSame = order.startTime !== 0 && handle.startTime === order.startTime
  if (isSame && !hasEnded(handle) && isMainOf(handle, order)) {
    // Whom we start from now on hangs below us; its orphans come to us only if it does so, too.
    const isScattered = readStat(order.pid)?.parent !== process.pid
    const account = resolveAccount(order.spec.identity)
    let run: Run | null = null
    const hearing = channelOrderOf(
      { order, census, log },
      { account: account.ok ? account.value : null, run: () => run },
    )
    const channel = notifier.reopen(hearing, order.pid)
    run = newRun(order, { main: handle, group: order.pid, isScattered, channel, phase: { tag: 'running' } })
    return { run, exit: null }
  }
  using main = handle
  const isStranger = isSame && !hasEnded(main)
  const exit = isSame && !isStranger ? exitOf(main) : exitOfBuried(order, buried)
  const group = !isStranger && isGroupOurs(order, census) ? order.pid : null
  const found = { main: noProcess(order), group, isScattered: true, channel: silence } as const
  return { run: newRun(order, { ...found, phase: { tag: 'left' } }), exit }
}

function exitOf(main: ProcessHandle): Exit {
  const exit = exitOfEnded(main)
  return exit === 'later' ? unknown : exit
}

function exitOfBuried({ pid, startTime }: AdoptOrder, buried: Pick<Reaper, 'exitOf'>): Exit {
  const status = buried.exitOf(pid, startTime)
  return status === null ? unknown : exitOfStatus(status)
}

/**
 * A number is not given away while it is that of a group or a session. So if anyone in it carries the run's marker, it
 * still is the run's; if nobody does, it may be another's by now.
 */
function isGroupOurs({ pid, startTime, marker }: AdoptOrder, { rollcall }: Census): boolean {
  let roll = rollcall.recent()
  const wasThere = roll.byPid.get(pid)?.startTime === startTime || roll.byMarker.has(marker)
  // Nobody of it was there then, so nobody can be there now; otherwise it is worth looking again.
  if (wasThere) roll = rollcall.call()
  return roll.byGroup.get(pid)?.some((one) => one.marker === marker) === true
}

function newRun(
  { ref, marker, news, pid, startTime }: AdoptOrder,
  found: Pick<Run, 'main' | 'group' | 'isScattered' | 'channel' | 'phase'>,
): Run {
  return {
    key: `${ref.process}.${ref.run}`,
    pid,
    startTime,
    marker,
    ...found,
    news,
    sweep: null,
    killed: new Map(),
  }
}
