import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from '../launch.ts'
import { namesOf, type Contestant, type Order } from './contestant.ts'
import { fetchPython, onShelf, reasonIfNot } from './fetched.ts'

/** Supervisor from PyPI, in the foreground, without logs of the programs and without a delay of its own. */
export function supervisord(): Contestant {
  let home = ''
  return {
    name: 'supervisord',
    goodLife: 1100,
    prepare: () =>
      reasonIfNot(async () => {
        home = await onShelf('supervisord', 'bin/supervisord', (dir) => fetchPython('supervisor', dir))
      }),
    async start(order) {
      const child = launch([join(home, 'bin/supervisord'), '-n', '-c', writeConfig(order)], { room: order.room })
      return {
        pid: child.pid,
        async stop() {
          child.kill('SIGTERM')
          await child.exited
        },
      }
    },
  }
}

function writeConfig(order: Order): string {
  const programs = namesOf(order).map((name) =>
    [
      `[program:${name}]`,
      `command=${order.mark} ${order.marks}`,
      'autorestart=true',
      'startsecs=0',
      'stdout_logfile=NONE',
      'stderr_logfile=NONE',
    ].join('\n'),
  )
  const own = `[supervisord]\nnodaemon=true\nlogfile=${order.room}/log\npidfile=${order.room}/pid\nminfds=8192`
  const file = join(order.room, 'supervisord.conf')
  writeFileSync(file, `${[own, ...programs].join('\n\n')}\n`)
  return file
}
