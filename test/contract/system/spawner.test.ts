// The contract of spawners, held against the real one and against the one that the simulated world of test/sim uses.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProcessSpec } from '../../../src/core/spec.ts'
import { createSpawner } from '../../../src/system/spawner.ts'
import { aNotification, aSpec } from '../../sim/builders.ts'
import { VirtualClock } from '../../sim/clock.ts'
import { exitsWith, ignoresTerm, type Habit as SimHabit } from '../../sim/habit.ts'
import { SimHost } from '../../sim/host.ts'
import { sh, until } from './host.ts'
import { spawnerContract, type Habit, type SpawnerWorld } from './spawner-contract.ts'

spawnerContract('the spawner of this host', realWorld)
spawnerContract('the simulated spawner', simulatedWorld)

/** `$0` is the file by which a program says that it is up. */
const scripts: Readonly<Record<Habit, string>> = {
  lives: 'exec sleep 1000000',
  'exits 3': 'exit 3',
  'ignores SIGTERM': `trap '' TERM; : >"$0"; exec sleep 1000000`,
  'cannot be spawned': '',
  'leaves a child': 'sleep 1000000 & exit 0',
  'leaves a stubborn child': `trap '' TERM; sleep 1000000 & exit 0`,
  'has an escaped child': `setsid sh -c ': >"$0"; exec sleep 1000000' "$0" & exec sleep 1000000`,
  'says that it is ready': 'echo >&"$NOTIFY_FD"; exec sleep 1000000',
}

function realWorld(): SpawnerWorld {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-spawner-'))
  const spawner = createSpawner({ ownId: 'contract' })
  let count = 0
  const up = (spec: ProcessSpec): string => join(dir, spec.name)
  return {
    spawner,
    specOf(habit) {
      const name = `p${++count}`
      const command =
        habit === 'cannot be spawned'
          ? (['/nowhere/at-all'] as const)
          : ([...sh(scripts[habit]), join(dir, name)] as const)
      return aSpec({
        name,
        cwd: dir,
        command,
        ready: habit === 'says that it is ready' ? aNotification({ via: 'fd' }) : null,
      })
    },
    isUp: (spec) => existsSync(up(spec)),
    until: (isTrue) => until('what the contract waits for', isTrue),
    settle: () => Bun.sleep(150),
    async [Symbol.asyncDispose]() {
      await spawner[Symbol.asyncDispose]()
      rmSync(dir, { recursive: true })
    },
  }
}

const habits: Readonly<Record<Habit, SimHabit>> = {
  lives: {},
  'exits 3': exitsWith(3),
  'ignores SIGTERM': ignoresTerm,
  'cannot be spawned': { spawnFails: 'ENOENT' },
  'leaves a child': { ...exitsWith(0), children: [{}] },
  'leaves a stubborn child': { ...exitsWith(0), children: [ignoresTerm] },
  'has an escaped child': { children: [{ escaped: true }] },
  'says that it is ready': {},
}

function simulatedWorld(): SpawnerWorld {
  const clock = new VirtualClock()
  const made = new Map<string, Habit>()
  const host = new SimHost({ clock, programs: ({ spec }) => habits[made.get(spec.name) ?? 'lives'] })
  const pass = (isTrue: () => boolean): void => {
    for (let turns = 0; !isTrue() && turns < 1000 && clock.next() !== Infinity; turns++) clock.turn()
  }
  return {
    spawner: host,
    specOf(habit) {
      const name = `p${made.size}`
      made.set(name, habit)
      return aSpec({ name, ready: habit === 'says that it is ready' ? aNotification({ via: 'fd' }) : null })
    },
    isUp: () => true,
    async until(isTrue) {
      pass(isTrue)
      if (!isTrue()) throw new Error('nothing more happens in the simulated world')
    },
    settle: async () => pass(() => false),
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  }
}
