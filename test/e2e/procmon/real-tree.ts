// The tree that procmon's users have: a Redis server, two services that stand on it, a leaf, and a snapshot on SIGHUP.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { program } from '../../programs/program.ts'
import type { Up, UpOptions } from '../harness.ts'
import { aProcmon, script, task, type Task } from './file.ts'
import { freePort } from './services.ts'

/** Why it cannot run here; null when it can. */
export const whyNoRedis =
  Bun.which('redis-server') === null ? 'there is no redis-server (apt-get install redis-server)' : null

export const names = ['redis', 'api', 'web', 'leaf', 'aside'] as const
type Name = (typeof names)[number]

const redisOptions =
  '--port $REDIS_PORT --bind $HOST --dir $DATA --logfile $DATA/redis.log --save 3600 1 --daemonize no'

/** Starts it, with ports of its own, and waits until all of it runs. The port is that of Redis. */
export async function theRealTree(options: UpOptions = {}): Promise<{ readonly up: Up; readonly port: number }> {
  const [redis, api, web] = [await freePort(), await freePort(), await freePort()]
  const up = await aProcmon(
    (dir) => ({
      env: {
        TZ: 'UTC', // for the times in Redis' log
        HOST: '127.0.0.1',
        REDIS_PORT: String(redis),
        REDIS: '$HOST:$REDIS_PORT',
        API_PORT: String(api),
        WEB_PORT: String(web),
        API: 'http://${HOST}:${API_PORT}',
        WEB: 'http://${HOST}:${WEB_PORT}',
        DATA: join(dir, 'data'),
        OFTEN: '300ms',
      },
      prologue: [
        { name: 'data directory', type: 'ensuredir', path: '$DATA', perm: '0750' },
        { name: 'ports', type: 'portavailable', port: '$REDIS_PORT $API_PORT $WEB_PORT' },
      ],
      tasks: [
        withArgs(task('redis', program('becomes', 'redis-server')), {
          args: redisOptions.split(' '),
          stdout: 'SUPPRESS',
          maxshutdown: '1s',
          monitors: [
            { name: 'ready', type: 'redis', addr: '$REDIS' },
            { name: 'health', type: 'redis', addr: '$REDIS', period: '$OFTEN' },
          ],
        }),
        withArgs(task('api', program('http-server')), {
          args: ['$API_PORT', '0.1'],
          parent: 'redis',
          monitors: [
            { name: 'ready', type: 'http', url: '$API/health', timeout: '2s' },
            { name: 'health', type: 'http', url: '$API/health', timeout: '2s', period: '$OFTEN' },
          ],
        }),
        withArgs(task('web', program('http-server')), {
          args: ['$WEB_PORT', '0.1'],
          parent: 'redis',
          monitors: [
            { name: 'ready', type: 'portinuse', port: '$WEB_PORT' },
            { name: 'health', type: 'http', url: '$WEB/health', timeout: '2s', period: '$OFTEN' },
          ],
        }),
        task('leaf', program('slow-term', 0.1), { parent: 'api' }),
        task('aside', program('slow-term')),
        task(
          'snapshot',
          script(
            'mark start; cp "$1/dump.rdb" "$1/snapshot.rdb"; until [ -e "$1/go" ]; do sleep 0.02; done; mark exit',
            join(dir, 'data'),
          ),
          {
            specials: { onetime: true, signal: 'SIGHUP', shutdown: true },
          },
        ),
      ],
    }),
    options,
  )
  for (const name of names) await up.until(name, 'running')
  for (const name of names) await up.mark(name, 'start')
  return { up, port: redis }
}

function withArgs(plain: Task, { args, ...keys }: Partial<Task>): Task {
  return { ...plain, ...keys, args: [...(plain.args ?? []), ...(args ?? [])] }
}

/** The pids, as the supervisor sees them. */
export async function pidsOf(up: Up): Promise<Record<Name, number>> {
  const views = await up.ls()
  const pids = views.map((view) => [view.name, view.pid] as const)
  return Object.fromEntries(pids.filter(([name]) => names.some((known) => known === name))) as Record<Name, number>
}

/** When a Redis server with this pid wrote this into its log: milliseconds since 1970. */
export function redisSaid(up: Up, pid: number, what: string): number {
  const path = join(up.dir, 'data/redis.log')
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  const line = lines.find((text) => text.startsWith(`${pid}:`) && text.includes(what))
  const time = /^\d+:\w (\d+ \w+ \d{4} \d\d:\d\d:\d\d\.\d{3})/.exec(line ?? '')?.[1]
  if (time === undefined) throw new Error(`redis ${pid} never said ${what}:\n${lines.join('\n')}`)
  return new Date(`${time} UTC`).getTime()
}
