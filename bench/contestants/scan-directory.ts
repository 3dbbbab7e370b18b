// runit and s6 both run a directory of service directories, each with a program `run` in it.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { childrenOf, isAlive, kill, until } from '../facts.ts'
import { launch } from '../launch.ts'
import { namesOf, type Contestant, type Order, type Running } from './contestant.ts'
import { fetchDebian, onShelf, reasonIfNot } from './fetched.ts'

/** runit's runsvdir. SIGHUP makes it end and end its runsv. */
export function runit(): Contestant {
  let home = ''
  return {
    name: 'runit',
    goodLife: 1100,
    prepare: () =>
      reasonIfNot(async () => {
        home = await onShelf('runit', 'usr/bin/runsvdir', (dir) => fetchDebian(['runit'], dir))
      }),
    async start(order) {
      const command = [join(home, 'usr/bin/runsvdir'), '-P', writeServices(order)]
      const env = { PATH: `${join(home, 'usr/bin')}:${process.env['PATH'] ?? ''}`, MARKS: order.marks }
      return run(command, { order, env, signal: 'SIGHUP' })
    },
  }
}

/** s6-svscan. SIGTERM makes it bring everything down and end. */
export const s6: Contestant = {
  name: 's6',
  goodLife: 1100,
  // The path of s6-supervise is compiled into s6-svscan, so that it does not run from a shelf.
  prepare: async () => (Bun.which('s6-svscan') === null ? 'not installed: apt-get install s6' : null),
  async start(order) {
    const command = ['s6-svscan', '-c', '2000', writeServices(order)]
    return run(command, { order, env: { MARKS: order.marks }, signal: 'SIGTERM' })
  },
}

function run(
  command: readonly string[],
  { order, env, signal }: { order: Order; env: Record<string, string>; signal: NodeJS.Signals },
): Running {
  const child = launch(command, { room: order.room, env })
  return {
    pid: child.pid,
    async stop() {
      // Each service has a supervisor of its own; they may outlive the one that scans.
      const supervisors = childrenOf(child.pid)
      child.kill(signal)
      await child.exited
      await until(
        'the supervisors of the services have ended',
        () => !supervisors.some((pid) => kill(pid, 0) && isAlive(pid)),
      )
    },
  }
}

/** `run` is the program itself, without the shell script that it usually is: the fastest they can be. */
function writeServices(order: Order): string {
  const scan = join(order.room, 'services')
  for (const name of namesOf(order)) {
    mkdirSync(join(scan, name), { recursive: true })
    symlinkSync(order.mark, join(scan, name, 'run'))
  }
  return scan
}
