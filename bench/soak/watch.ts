// What must hold at every moment, looked at from outside.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { childrenOf, descriptorsOf, isAlive, memoryOf, stateOf } from '../facts.ts'

export interface Sample {
  readonly descriptors: number
  readonly resident: number
}

/** Looks again and again, and remembers what it saw. */
export interface Watch {
  /** One look. */
  look(): void
  /** What was wrong, each once. */
  readonly violations: ReadonlySet<string>
  readonly samples: readonly Sample[]
}

/** A dead child that nobody reaps for so long is a zombie that stays. */
const patience = 3000

export function createWatch({ pid, dir }: { pid: number; dir: string }): Watch {
  const violations = new Set<string>()
  const samples: Sample[] = []
  /** Since when each dead child has been seen. */
  const dead = new Map<number, number>()

  function lookAtZombies(): void {
    const zombies = childrenOf(pid).filter((child) => stateOf(child) === 'Z')
    for (const child of dead.keys()) if (!zombies.includes(child)) dead.delete(child)
    for (const child of zombies) {
      const since = dead.get(child) ?? performance.now()
      dead.set(child, since)
      if (performance.now() - since > patience)
        violations.add(`the zombie ${child} was not reaped within ${patience} ms`)
    }
  }

  return {
    violations,
    samples,
    look() {
      for (const line of overlapsIn(dir)) violations.add(line)
      if (!isAlive(pid)) return void violations.add('the supervisor itself has died')
      lookAtZombies()
      samples.push({ descriptors: descriptorsOf(pid), resident: memoryOf(pid).resident })
    },
  }
}

/** What residents wrote that started while another copy of them lived. */
function overlapsIn(dir: string): string[] {
  const file = join(dir, 'overlaps')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
}
