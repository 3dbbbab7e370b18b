// A directory for one run of the bench, with its C programs compiled.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Workshop extends Disposable {
  /** Short, for the sake of socket paths. */
  readonly dir: string
  /** The compiled program of `bench/c/NAME.c`. */
  program(name: 'counter' | 'mark' | 'resident' | 'respawn' | 'times'): string
  /** A new empty directory. */
  room(name: string): string
}

export function openWorkshop(): Workshop {
  const dir = mkdtempSync(join(tmpdir(), 'cb-'))
  let rooms = 0
  return {
    dir,
    program(name) {
      const target = join(dir, name)
      if (!Bun.file(target).size) compile(join(import.meta.dir, 'c', `${name}.c`), target)
      return target
    },
    room(name) {
      const path = join(dir, `${(rooms += 1)}-${name}`)
      mkdirSync(path)
      return path
    },
    [Symbol.dispose]() {
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Static where the host can: then nothing but the kernel stands between `execve` and `main`. */
function compile(source: string, target: string): void {
  let said = ''
  for (const options of [['-static'], []]) {
    const { exitCode, stderr } = Bun.spawnSync(['cc', '-O2', ...options, '-o', target, source])
    if (exitCode === 0) return
    said += stderr.toString()
  }
  throw new Error(`cc could not compile ${source}:\n${said}`)
}
