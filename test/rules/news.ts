import type { Tree } from '../sim/tree.ts'

/** When a process was started, in all of this tree's time. */
export function startsOf(tree: Tree, name: string): number[] {
  return timesOf(tree, name, (what) => what === 'starts')
}

/** When a process was sent a signal that it was asked to go by, or was killed with. */
export function signalsTo(tree: Tree, name: string): string[] {
  const { happenings } = tree.simulation.host
  return happenings
    .filter((one) => one.name === name && one.what.startsWith('gets'))
    .map(({ at, what }) => `${at} ${what}`)
}

/** When a check of a process was answered: `ready`, or a monitor by its index. */
export function answersOf(tree: Tree, name: string, slot: 'ready' | number): number[] {
  const { id } = tree.process(name)
  const answered = tree.simulation.recorder.inputs.filter(
    ({ event }) =>
      event.tag === 'process' &&
      event.process === id &&
      event.event.tag === 'probed' &&
      event.event.token.slot === slot,
  )
  return answered.map(({ at }) => at)
}

/** What the supervisor must never do to a host, and has. */
export function crimesIn(tree: Tree): readonly string[] {
  return tree.simulation.host.crimes
}

function timesOf(tree: Tree, name: string, is: (what: string) => boolean): number[] {
  return tree.simulation.host.happenings.filter((one) => one.name === name && is(one.what)).map(({ at }) => at)
}
