// Starts programs for the bench, and sees to it that nothing of them outlives it.
import { randomBytes } from 'node:crypto'
import { openSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { kill, livingWith } from './facts.ts'

/** In the environment of everything that the bench starts, so that it finds what is left of it, by pid. */
const marker = { name: 'COPPICE_BENCH', value: randomBytes(8).toString('hex') }
/** That entry, as it stands in an environment. */
export const ownMarker = `${marker.name}=${marker.value}`

export interface Launch {
  /** Where it is started, and where its output goes. */
  readonly room: string
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a program whose output goes to the file `output` in its room. */
export function launch(command: readonly string[], { room, env }: Launch): Bun.Subprocess {
  const output = openSync(join(room, 'output'), 'a')
  try {
    return Bun.spawn([...command], { cwd: room, env: environment(env), stdio: ['ignore', output, output] })
  } finally {
    closeSync(output)
  }
}

/** Runs a program to its end and returns what it wrote. @throws when it fails */
export async function runToEnd(command: readonly string[], { room, env }: Launch): Promise<string> {
  const child = Bun.spawn([...command], { cwd: room, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), child.exited])
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr || stdout}`)
  return stdout
}

/** Kills what the bench has started and what still lives: nothing, unless it was interrupted or something failed. */
export function sweep(): number[] {
  const left = livingWith(ownMarker).filter((pid) => pid !== process.pid)
  for (const pid of left) kill(pid, 'SIGKILL')
  return left
}

function environment(added: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '/usr/bin:/bin', HOME = '/', LANG = 'C.UTF-8' } = process.env
  return { PATH, HOME, LANG, [marker.name]: marker.value, ...added }
}

function text(stream: ReadableStream): Promise<string> {
  return new Response(stream).text()
}
