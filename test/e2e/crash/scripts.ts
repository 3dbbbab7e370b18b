// What a daemon is busy with when it dies.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import { program } from '../../programs/program.ts'
import { runCoppice } from '../binary.ts'
import { signalIfThere } from '../leftovers.ts'
import { resident, residents, type World } from './world.ts'

export type Views = ReadonlyMap<string, ProcessView>

export interface Scene {
  readonly world: World
  /** All processes as they were when it began, settled. */
  readonly before: Views
  /** For names that are used once. */
  readonly round: number
}

export interface Script {
  readonly name: string
  prepare?(world: World, round: number): Promise<void>
  /** @returns whether what was ordered was acknowledged */
  act(scene: Scene): Promise<boolean>
  /** Whether the world is as it was ordered to be. */
  isDone(views: Views, scene: Scene): boolean
  /** Whether it is as it was before: what was not acknowledged may be done or not, and nothing in between. */
  isUndone?(views: Views, scene: Scene): boolean
}

async function order(world: World, ...args: readonly string[]): Promise<boolean> {
  const { dir, home } = world.daemon
  // Told where the daemon is, the command line starts none of its own where there is none.
  const env = { COPPICE_HOME: home, COPPICE_SOCKET: join(home, 'coppice.sock') }
  return (await runCoppice(args, { cwd: dir, env })).code === 0
}

const isUp = (view: ProcessView | undefined): boolean => view?.status === 'running'
const isDown = (view: ProcessView | undefined): boolean => view?.status === 'stopped'
const kill = (view: ProcessView | undefined): void => signalIfThere(view?.pid ?? 0, 'SIGKILL')

/** Nobody else in the tree may change. */
function others(views: Views, before: Views, names: readonly string[]): boolean {
  return [...before].every(([name, { pid }]) => names.includes(name) || views.get(name)?.pid === pid)
}

export const scripts: readonly Script[] = [
  {
    name: 'start',
    act: ({ world }) => order(world, 'start', 'rests'),
    isDone: (views, { before }) => isUp(views.get('rests')) && others(views, before, ['rests']),
    isUndone: (views, { before }) => isDown(views.get('rests')) && others(views, before, []),
  },
  {
    name: 'stop',
    act: ({ world }) => order(world, 'stop', 'slow', 'stubborn', 'family'),
    isDone: (views, scene) =>
      ['slow', 'stubborn', 'family'].every((name) => isDown(views.get(name))) && wasAsked('slow', scene),
  },
  {
    name: 'restart of what others depend on',
    act: ({ world }) => order(world, 'restart', 'victim'),
    isDone: (views, { before }) => isReplaced(views, before, 'victim') && isReplaced(views, before, 'leaf'),
    isUndone: (views, { before }) => others(views, before, []),
  },
  {
    name: 'crash of processes',
    async act({ world: { daemon }, before }) {
      kill(before.get('victim'))
      kill(before.get('family'))
      for (const name of ['victim', 'leaf', 'family']) {
        const run = before.get(name)?.run ?? 0
        try {
          await daemon.until(name, (view) => view.run > run && view.status === 'running')
        } catch {
          return false
        }
      }
      return true
    },
    isDone: (views, { before }) => ['victim', 'leaf', 'family'].every((name) => isReplaced(views, before, name)),
    isUndone: () => false,
  },
  {
    name: 'exec',
    act: ({ world, round }) => order(world, ...execOf(`new-${round}`)),
    isDone: (views, { before, round }) => isUp(views.get(`new-${round}`)) && others(views, before, []),
    isUndone: (views, { before, round }) => !views.has(`new-${round}`) && others(views, before, []),
  },
  {
    name: 'delete',
    async prepare(world, round) {
      await world.daemon.json(...execOf(`old-${round}`))
    },
    act: ({ world, round }) => order(world, 'delete', `old-${round}`),
    isDone: (views, { before, round }) =>
      !views.has(`old-${round}`) &&
      !existsSync(before.get(`old-${round}`)?.log ?? '') &&
      others(views, before, [`old-${round}`]),
    isUndone: (views, { before }) => others(views, before, []),
  },
  {
    name: 'apply',
    async prepare({ daemon, file }, round) {
      writeFileSync(file, processFile([...residents, resident(`less-${round}`, program('counts'))]))
      await daemon.json('apply', file)
    },
    async act({ world, round }) {
      writeFileSync(world.file, variant(round))
      return order(world, 'apply', world.file)
    },
    isDone: (views, { before, round }) =>
      isUp(views.get(`more-${round}`)) &&
      !views.has(`less-${round}`) &&
      isReplaced(views, before, 'steady') &&
      others(views, before, ['steady', `less-${round}`]),
    isUndone: () => true,
  },
  {
    name: 'groups',
    async act({ world, round }) {
      const group = `group-${round}`
      const done = [
        await order(world, 'group', 'create', group),
        await order(world, 'group', 'assign', group, 'steady'),
        await order(world, 'group', 'del', 'core'),
      ]
      return done.every(Boolean)
    },
    isDone: (views, { before, round }) =>
      String(views.get('steady')?.groups) === `group-${round}` && others(views, before, []),
    isUndone: (views, { before }) => others(views, before, []),
  },
]

/** Its stop signal has reached it: it was not only killed in the end. */
function wasAsked(name: string, { world, before }: Scene): boolean {
  return world.daemon.marks(name, 'term').some(({ pid }) => pid === before.get(name)?.pid)
}

/** Another command, one more, one less. */
function variant(round: number): string {
  const changed = resident('steady', program('counts', `0.0${5 + (round % 5)}`), { groups: ['core'] })
  return processFile([
    changed,
    ...residents.filter(({ name }) => name !== 'steady'),
    resident(`more-${round}`, program('counts')),
  ])
}

export function processFile(processes: readonly object[]): string {
  return JSON.stringify({ processes })
}

function execOf(name: string): string[] {
  return ['exec', ...program('counts'), '--name', name, '--env', `MARK=${name}`]
}

function isReplaced(views: Views, before: Views, name: string): boolean {
  const [now, then] = [views.get(name), before.get(name)]
  return isUp(now) && (now?.run ?? 0) > (then?.run ?? 0)
}
