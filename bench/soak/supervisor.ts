// The supervisor under test, and what it says of itself through its CLI.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { binary, homeIn } from '../contestants/coppice.ts'
import { launch } from '../launch.ts'
import type { Workshop } from '../workshop.ts'
import { config, residents, type Resident } from './tree.ts'

/** How a call of the CLI ended. */
export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

/** What of `ls --json` is looked at. */
export interface View {
  readonly name: string
  readonly pid: number | null
  readonly status: string
  readonly ready: boolean
}

export interface Supervisor {
  readonly child: Bun.Subprocess
  readonly residents: readonly Resident[]
  /** Where residents keep their locks, and what they have to say. */
  readonly dir: string
  /** Its own log. */
  readonly log: string
  cli(...args: readonly string[]): Promise<Answer>
  ls(): Promise<readonly View[]>
}

export function startSupervisor(workshop: Workshop): Supervisor {
  const room = workshop.room('soak')
  const dir = join(room, 'residents')
  mkdirSync(dir)
  const all = residents(workshop.program('resident'), dir)
  const file = join(room, 'coppice.json')
  writeFileSync(file, config(all))
  const child = launch([binary, 'up', file], { room, env: homeIn(room) })
  const cli = (...args: readonly string[]): Promise<Answer> => callCli(args, room)
  return {
    child,
    residents: all,
    dir,
    log: join(room, 'output'),
    cli,
    async ls() {
      const { code, stdout, stderr } = await cli('ls', '--json')
      if (code !== 0) throw new Error(`ls ended with ${code}: ${stderr}`)
      return JSON.parse(stdout) as View[]
    },
  }
}

/** No call may hang: after half a minute it is killed, and that is its answer. */
async function callCli(args: readonly string[], room: string): Promise<Answer> {
  const start = performance.now()
  const child = Bun.spawn([binary, ...args], {
    env: { PATH: '/usr/bin:/bin', ...homeIn(room) },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  })
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), child.exited])
  return { code, stdout, stderr, ms: performance.now() - start }
}

function text(stream: ReadableStream): Promise<string> {
  return new Response(stream).text()
}
