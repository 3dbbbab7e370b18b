import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runToEnd } from '../launch.ts'
import { namesOf, type Contestant, type Order } from './contestant.ts'
import { fetchNpm, onShelf, reasonIfNot } from './fetched.ts'

/** pm2 with a daemon of its own; the programs without an interpreter and without a delay. */
export function pm2(): Contestant {
  let home = ''
  return {
    name: 'pm2',
    goodLife: 0,
    prepare: () =>
      reasonIfNot(async () => {
        home = await onShelf('pm2', 'node_modules/.bin/pm2', (dir) => fetchNpm('pm2', dir))
      }),
    async start(order) {
      const cli = join(home, 'node_modules/.bin/pm2')
      const context = { room: order.room, env: { PM2_HOME: join(order.room, 'pm2') } }
      await runToEnd([cli, 'start', writeEcosystem(order)], context)
      return {
        pid: Number(readFileSync(join(order.room, 'pm2/pm2.pid'), 'utf8')),
        async stop() {
          await runToEnd([cli, 'kill'], context)
        },
      }
    },
  }
}

function writeEcosystem(order: Order): string {
  const apps = namesOf(order).map((name) => ({
    name,
    script: order.mark,
    args: [order.marks],
    interpreter: 'none',
    restart_delay: 0,
    min_uptime: 100,
    max_restarts: 1_000_000,
  }))
  const file = join(order.room, 'ecosystem.json')
  writeFileSync(file, JSON.stringify({ apps }))
  return file
}
