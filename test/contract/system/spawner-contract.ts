// What every spawner keeps, the real one and the simulated one: `spawnerContract(name, make)`.
import { describe, expect, test } from 'bun:test'
import type { ProcessSpec } from '../../../src/core/spec.ts'
import type { Leftover, RunNews, RunRef, Spawner, SpawnOutcome } from '../../../src/system/ports.ts'

/** What the program of a process does. */
export type Habit =
  | 'lives'
  | 'exits 3'
  | 'ignores SIGTERM'
  | 'cannot be spawned'
  /** Exits 0 and leaves a child in its group that obeys SIGTERM. */
  | 'leaves a child'
  /** As before, but the child ignores SIGTERM. */
  | 'leaves a stubborn child'
  /** Lives, with a child that has left its group. */
  | 'has an escaped child'
  | 'says that it is ready'

export interface SpawnerWorld extends AsyncDisposable {
  readonly spawner: Spawner
  /** A spec, with a name of its own, of a program with this habit. */
  specOf(habit: Habit): ProcessSpec
  /** Whether the program has done all that it does at its start. */
  isUp(spec: ProcessSpec): boolean
  /** Lets time pass until it is true. */
  until(isTrue: () => boolean): Promise<void>
  /** Lets time pass in which nothing should happen. */
  settle(): Promise<void>
}

export function spawnerContract(name: string, makeWorld: () => SpawnerWorld): void {
  describe(name, () => {
    test('[PR14] an exit is told once, with its code', async () => {
      await using world = makeWorld()
      const run = start(world, 'exits 3')
      await world.until(() => run.exited !== undefined)
      await world.settle()
      expect(run.news).toEqual([{ tag: 'exited', exit: { tag: 'code', code: 3 }, left: 0 }])
    })

    test('[PR14] neither spawn nor signal tell anything themselves', async () => {
      await using world = makeWorld()
      const run = start(world, 'exits 3')
      expect(run.news).toEqual([])
      const other = start(world, 'lives')
      world.spawner.signal(other.ref, { signal: 'SIGKILL', scope: 'everything' })
      expect(other.news).toEqual([])
      await world.until(() => run.isOver && other.isOver)
    })

    test('[PR8] what cannot be spawned has a code and a text, and no news', async () => {
      await using world = makeWorld()
      const { outcome, news } = start(world, 'cannot be spawned')
      expect(outcome).toMatchObject({ tag: 'spawn-failed', code: 'ENOENT' })
      await world.settle()
      expect(news).toEqual([])
    })

    test('[PR17] a process ends by the signal that it gets', async () => {
      await using world = makeWorld()
      const run = start(world, 'lives')
      world.spawner.signal(run.ref, { signal: 'SIGTERM', scope: 'group' })
      await world.until(() => run.isOver)
      expect(run.exited?.exit).toEqual({ tag: 'signal', signal: 'SIGTERM' })
    })

    test('[PR17] SIGKILL ends what ignores SIGTERM', async () => {
      await using world = makeWorld()
      const run = start(world, 'ignores SIGTERM')
      await world.until(() => run.isUp())
      world.spawner.signal(run.ref, { signal: 'SIGTERM', scope: 'group' })
      await world.settle()
      expect(run.news).toEqual([])
      world.spawner.signal(run.ref, { signal: 'SIGKILL', scope: 'main' })
      await world.until(() => run.isOver)
      expect(run.exited?.exit).toEqual({ tag: 'signal', signal: 'SIGKILL' })
    })

    test('[PR15] [PR16] what is left is counted, and told again when it is gone', async () => {
      await using world = makeWorld()
      const run = start(world, 'leaves a child')
      await world.until(() => run.exited !== undefined)
      expect(run.exited).toEqual({ tag: 'exited', exit: { tag: 'code', code: 0 }, left: 1 })
      await world.settle()
      expect(run.isOver).toBe(false)
      world.spawner.signal(run.ref, { signal: 'SIGTERM', scope: 'group' })
      await world.until(() => run.isOver)
      expect(run.news.slice(1)).toEqual([{ tag: 'gone', killed: [] }])
    })

    test('[PR19] what was killed is reported', async () => {
      await using world = makeWorld()
      const run = start(world, 'leaves a stubborn child')
      await world.until(() => run.exited !== undefined)
      world.spawner.signal(run.ref, { signal: 'SIGTERM', scope: 'group' })
      await world.settle()
      world.spawner.signal(run.ref, { signal: 'SIGKILL', scope: 'everything' })
      await world.until(() => run.isOver)
      expect(run.killed).toHaveLength(1)
    })

    test('[PR17] a signal to the group misses who has left it, until the main process is gone', async () => {
      await using world = makeWorld()
      const run = start(world, 'has an escaped child')
      await world.until(() => run.isUp())
      world.spawner.signal(run.ref, { signal: 'SIGTERM', scope: 'group' })
      await world.until(() => run.exited !== undefined)
      await world.settle()
      expect(run.exited?.left).toBe(1)
      expect(run.isOver).toBe(false)
      world.spawner.signal(run.ref, { signal: 'SIGTERM', scope: 'group' })
      await world.until(() => run.isOver)
    })

    test('[PR16] there is no news of a run that was released', async () => {
      await using world = makeWorld()
      const run = start(world, 'leaves a child')
      await world.until(() => run.exited !== undefined)
      world.spawner.signal(run.ref, { signal: 'SIGTERM', scope: 'group' })
      world.spawner.release(run.ref)
      await world.settle()
      expect(run.news.map((news) => news.tag)).toEqual(['exited'])
    })

    test('[PR21] a signal to a run that is over is nothing', async () => {
      await using world = makeWorld()
      const run = start(world, 'exits 3')
      await world.until(() => run.isOver)
      for (const scope of ['group', 'main', 'everything'] as const) {
        world.spawner.signal(run.ref, { signal: 'SIGKILL', scope })
      }
      await world.settle()
      expect(run.news).toHaveLength(1)
    })

    test('[NT2] a process that says that it is ready is heard', async () => {
      await using world = makeWorld()
      const run = start(world, 'says that it is ready')
      await world.until(() => run.news.length > 0)
      expect(run.news[0]).toEqual({ tag: 'notified', message: { tag: 'ready' } })
      world.spawner.signal(run.ref, { signal: 'SIGKILL', scope: 'everything' })
      await world.until(() => run.isOver)
    })
  })
}

interface WatchedRun {
  readonly ref: RunRef
  readonly outcome: SpawnOutcome
  readonly news: readonly RunNews[]
  readonly exited: Extract<RunNews, { tag: 'exited' }> | undefined
  readonly killed: readonly Leftover[]
  readonly isOver: boolean
  isUp(): boolean
}

let processes = 0

function start(world: SpawnerWorld, habit: Habit): WatchedRun {
  const ref = { process: ++processes, run: 1 }
  const spec = world.specOf(habit)
  const news: RunNews[] = []
  const outcome = world.spawner.spawn({ ref, spec, news: (told) => news.push(told) })
  const find = <T extends RunNews['tag']>(tag: T): Extract<RunNews, { tag: T }> | undefined => {
    return news.find((told): told is Extract<RunNews, { tag: T }> => told.tag === tag)
  }
  return {
    ref,
    outcome,
    news,
    get exited() {
      return find('exited')
    },
    get killed() {
      return find('gone')?.killed ?? find('exited')?.killed ?? []
    },
    get isOver() {
      return find('exited')?.left === 0 || find('gone') !== undefined
    },
    isUp: () => world.isUp(spec),
  }
}
