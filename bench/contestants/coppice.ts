import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from '../launch.ts'
import { namesOf, type Contestant, type Order } from './contestant.ts'

export const binary = join(import.meta.dir, '../../bin/coppice')

/** `coppice up` on a file of our dialect, without a delay before a restart. */
export const coppice: Contestant = {
  name: 'coppice',
  goodLife: 0,
  prepare: async () => (existsSync(binary) ? null : `there is no ${binary}: npm run build`),
  async start(order) {
    const child = launch([binary, 'up', writeTree(order)], { room: order.room, env: homeIn(order.room) })
    return {
      pid: child.pid,
      async stop() {
        child.kill('SIGTERM')
        await child.exited
      },
    }
  },
}

/** `coppice daemon` with the same file: with a database, and with logs for its processes. */
export const daemon: Contestant = {
  ...coppice,
  name: 'coppice daemon',
  async start(order) {
    const { COPPICE_HOME: home = '' } = homeIn(order.room)
    mkdirSync(home)
    const config = order.count === 0 ? '' : `process_config_file: ${writeTree(order)}\n`
    writeFileSync(join(home, 'config.yml'), config)
    const child = launch([binary, 'daemon'], { room: order.room, env: homeIn(order.room) })
    return {
      pid: child.pid,
      async stop() {
        child.kill('SIGTERM')
        await child.exited
      },
    }
  },
}

/** The environment in which a `coppice` started in this room finds its supervisor. */
export function homeIn(room: string): Record<string, string> {
  return { COPPICE_HOME: join(room, 'home') }
}

function writeTree(order: Order): string {
  const backoff = { initial: '0ms', reset_after: '1ms' }
  const processes: object[] = namesOf(order).map((name) => ({ name, command: [order.mark, order.marks], backoff }))
  // With nothing that could ever run `up` would end at once.
  if (order.count === 0) processes.push({ name: 'later', command: 'true', schedule: '24h' })
  const file = join(order.room, 'coppice.json')
  writeFileSync(file, JSON.stringify({ processes }))
  return file
}
