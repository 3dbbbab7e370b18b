// The daemon that is tortured: it can be killed and started again, and speaks through its CLI and its socket.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { binary, homeIn } from '../contestants/coppice.ts'
import { isAlive, kill, until } from '../facts.ts'
import { launch } from '../launch.ts'
import type { Workshop } from '../workshop.ts'

/** What of a process of `ls --json` is looked at. */
export interface View {
  readonly id: number
  readonly name: string
  readonly pid: number | null
  readonly status: string
  readonly run: number
  readonly restart_count: number
  readonly reason: string
  readonly log: string | null
}

export interface Answer {
  readonly code: number
  readonly stderr: string
}

export interface Daemon {
  readonly room: string
  readonly home: string
  /** What its processes tell an outside observer. */
  readonly dir: string
  /** Its own log, over all its lives. */
  readonly log: string
  /** Of the present life, or the last one. */
  readonly pid: number
  /** Begins a life. @returns how many milliseconds it took until it answered */
  start(): Promise<number>
  /** SIGKILL. Returns when it is gone. */
  kill(): Promise<void>
  /** SIGTERM. @returns its exit code */
  end(): Promise<number>
  cli(...args: readonly string[]): Promise<Answer>
  /** null: it does not answer. */
  ask<T>(path: string): Promise<T | null>
  ls(): Promise<readonly View[]>
}

export function makeDaemon(workshop: Workshop, name: string): Daemon {
  const room = workshop.room(name)
  const home = join(room, 'home')
  const dir = join(room, 'seen')
  mkdirSync(join(dir, 'written'), { recursive: true })
  mkdirSync(home)
  let child: Bun.Subprocess | null = null

  async function ask<T>(path: string): Promise<T | null> {
    try {
      const answer = await fetch(`http://coppice${path}`, { unix: join(home, 'coppice.sock') })
      return answer.ok ? ((await answer.json()) as T) : null
    } catch (error) {
      if (error instanceof Error && 'code' in error) return null
      throw error
    }
  }

  const daemon: Daemon = {
    room,
    home,
    dir,
    get log() {
      return existsSync(join(room, 'output')) ? readFileSync(join(room, 'output'), 'utf8') : ''
    },
    get pid() {
      return child?.pid ?? 0
    },
    async start() {
      const start = performance.now()
      const started = launch([binary, 'daemon'], { room, env: homeIn(room) })
      child = started
      await until('the daemon answers', async () => {
        if (!isAlive(started.pid)) throw new Error(`the daemon ${started.pid} has ended:\n${daemon.log.slice(-2000)}`)
        return ask('/v1/supervisor')
      })
      return performance.now() - start
    },
    async kill() {
      if (child !== null) kill(child.pid, 'SIGKILL')
      await child?.exited
    },
    async end() {
      child?.kill('SIGTERM')
      await child?.exited
      return child?.exitCode ?? -1
    },
    async cli(...args) {
      const called = Bun.spawn([binary, ...args], {
        // Told where it is, the CLI starts no daemon of its own where there is none.
        env: { PATH: '/usr/bin:/bin', ...homeIn(room), COPPICE_SOCKET: join(home, 'coppice.sock') },
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 30_000,
        killSignal: 'SIGKILL',
      })
      const [stderr, code] = await Promise.all([new Response(called.stderr).text(), called.exited])
      return { code, stderr: stderr.trim() }
    },
    ask,
    ls: () => until('the daemon lists', () => ask<readonly View[]>('/v1/processes')),
  }
  return daemon
}
