import type { System, Terminal, UpOrder } from '../../src/cli/system.ts'
import { success } from '../../src/lib/result.ts'
import { runCli } from '../../src/cli/run.ts'

export interface Ran {
  readonly exitCode: number
  readonly out: string
  readonly err: string
  /** What `up` was asked to do. */
  readonly ups: readonly UpOrder[]
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly uid?: number
  /** Absent: output goes into a pipe. */
  readonly terminal?: Terminal
  /** The exit code of `up`. */
  readonly upEndsWith?: number
}

/** Runs one command line in this process, as `coppice LINE` would in a shell without quotes. */
export async function coppice(line: string, surroundings: Surroundings = {}): Promise<Ran> {
  const { env = {}, cwd = '/', uid = 0, terminal = null, upEndsWith = 0 } = surroundings
  const written = { out: '', err: '' }
  const ups: UpOrder[] = []
  const system: System = {
    env,
    cwd,
    uid,
    version: '1.2.3',
    out: async (text) => {
      written.out += text
      return success(null)
    },
    err: async (text) => void (written.err += text),
    terminal: async () => terminal,
    up: async (order) => {
      ups.push(order)
      return upEndsWith
    },
  }
  const argv = line.split(' ').filter((word) => word !== '')
  const exitCode = await runCli(argv, system)
  return { exitCode, ...written, ups }
}
