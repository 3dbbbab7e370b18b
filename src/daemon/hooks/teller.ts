import type { Process } from '../../core/process.ts'
import type { HookOutcome } from '../../system/hooks.ts'
import type { Ledger } from '../ledger.ts'
import type { Log } from '../log.ts'
import { bounds } from './runner.ts'

/** Tells what came of hooks: in the log, and, where there is something to tell, in the journal. [HK9] */
export interface Teller {
  tell(process: Process, name: string, outcome: HookOutcome): void
  /** Whether a hook found room. Of those that do not, the first one of a process is told at once, and how many followed. */
  added(process: Process, name: string, how: 'waits' | 'dropped'): void
}

export function createTeller({
  log,
  ledger,
}: {
  readonly log: Pick<Log, 'write'>
  readonly ledger: () => Pick<Ledger, 'note'>
}): Teller {
  /** How many more than the first were dropped, by process. */
  let dropped = new Map<Process['id'], { readonly process: Process; readonly more: number }>()

  function write(process: Process, level: 'warn' | 'info', text: string): void {
    const { spec, runs: run, restarts } = process
    log.write({ level, process: spec.name, message: text })
    ledger().note({ process: spec.name, run, restarts, reason: text })
  }

  function tellDropped(): void {
    const before = dropped
    dropped = new Map()
    for (const { process, more } of before.values()) {
      if (more > 0) write(process, 'warn', `${more} more ${more === 1 ? 'hook was' : 'hooks were'} not run`)
    }
  }

  return {
    tell(process, name, { failed, output }) {
      const wrote = output.trim()
      const said = wrote === '' ? '' : `: ${wrote}`
      if (failed !== null) return write(process, 'warn', `hook ${name} ${failed}${said}`)
      if (said !== '') return write(process, 'info', `hook ${name}${said}`)
      log.write({ level: 'debug', process: process.spec.name, message: `hook ${name} is done` })
    },
    added(process, name, how) {
      const before = dropped.get(process.id)
      if (how === 'dropped') dropped.set(process.id, { process, more: before === undefined ? 0 : before.more + 1 })
      else if (dropped.size > 0) tellDropped()
      if (how === 'dropped' && before === undefined)
        setImmediate(() => write(process, 'warn', `hook ${name} was not run: ${bounds.waiting} others wait already`))
    },
  }
}
