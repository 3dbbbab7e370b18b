import type { Process } from '../../src/core/process.ts'
import type { World } from '../../src/core/world.ts'
import { get, groupsOf, type Law } from './scene.ts'

/** What restarts are held back by, and who goes down with whom. */
export const policyLaws: readonly Law[] = [
  startsTogether,
  fallsTogether,
  keepsToBudgets,
  failsUpwardOnce,
  restsOnlyWhereDeclared,
]

/** [GP2] [GP3]: nobody starts while another one goes down with whom it fell, or waits out its delay. */
function* startsTogether({ after, effects }: Parameters<Law>[0]): Iterable<string> {
  for (const effect of effects) {
    if (effect.tag !== 'spawn') continue
    const process = get(after, effect.ref.process)
    if (process.jobs.length > 0) continue
    for (const { process: other, falls, rests } of groupsOf(after, process).flat()) {
      if (falls || rests) yield `${process.spec.name} starts, and ${other.spec.name} of its group is ${other.state.tag}`
    }
  }
}

/** [GP2] [GP3]: whoever falls, and waits to be restarted, has taken the others down. */
function* fallsTogether({ before, after }: Parameters<Law>[0]): Iterable<string> {
  for (const [then, now] of after.processes.changedSince(before.processes)) {
    if (then === undefined || now === undefined || waits(then) || !waits(now) || now.jobs.length > 0) continue
    for (const group of now.spec.groups) {
      const strategy = after.settings.groups.get(group)?.strategy ?? 'one_for_one'
      for (const id of strategy === 'one_for_one' ? [] : (after.members.get(group) ?? [])) {
        const { state, want, jobs, spec } = get(after, id)
        if (id === now.id || (strategy === 'rest_for_one' && id < now.id) || !want.up || jobs.length > 0) continue
        // Whoever had called for it may have called it off since, and left it running.
        if ((before.processes.get(id)?.jobs.length ?? 0) > 0) continue
        if (state.tag === 'starting' || state.tag === 'running')
          yield `${now.spec.name} fell, and ${spec.name} of its group is ${state.tag}`
      }
    }
  }
}

function waits({ state }: Process): boolean {
  return state.tag === 'delayed' || state.tag === 'backoff'
}

/** [GP5] [GP7]: no group and no tree has been restarted more often than it may be. */
function* keepsToBudgets({ after, host }: Parameters<Law>[0]): Iterable<string> {
  if (host.redeclared.size > 0) return
  for (const [group, { budget }] of after.settings.groups) {
    if (budget === null) continue
    const members = [...after.processes.values()].filter(({ spec }) => spec.groups.includes(group))
    const restarts = fallsIn(after, members, budget.period)
    if (restarts > budget.intensity) yield `group ${group} was restarted ${restarts} times in ${budget.period} ms`
  }
  for (const root of after.processes.values()) {
    const budget = root.spec.restartBudget
    if (budget === null || after.circles.size > 0) continue
    const members = [...after.processes.values()].filter((process) => holderOf(after, process) === root)
    const restarts = fallsIn(after, members, budget.period)
    if (restarts > budget.intensity)
      yield `the tree of ${root.spec.name} was restarted ${restarts} times in ${budget.period} ms`
  }
}

function fallsIn({ now }: World, members: readonly Process[], period: number): number {
  return members.reduce((sum, { falls }) => sum + falls.filter((at) => at > now - period).length, 0)
}

/** Whose budget counts the restarts of this process. */
function holderOf(world: World, process: Process): Process | undefined {
  for (let one: Process | undefined = process; one !== undefined;) {
    if (one.spec.restartBudget !== null) return one
    const { parent }: Process['spec'] = one.spec
    one = parent === null ? undefined : world.processes.get(world.ids.get(parent) ?? 0)
  }
  return undefined
}

/** [GP6] [GP7]: what is given up counts as a failure of one, and of nobody again while that one goes down. */
function* failsUpwardOnce({ before, after }: Parameters<Law>[0]): Iterable<string> {
  const blamed = new Map<string, string>()
  for (const [then, now] of after.processes.changedSince(before.processes)) {
    const reason = now?.state.reason
    if (now === undefined || reason?.tag !== 'failed-below' || now.state.tag !== 'stopping') continue
    if (then?.state.tag === 'stopping') {
      if (then.state.reason !== reason) yield `${now.spec.name} goes down already, and is blamed once more`
      continue
    }
    const what = `${reason.of} ${reason.name}`
    const other = blamed.get(what)
    if (other !== undefined) yield `both ${other} and ${now.spec.name} go down for ${what}`
    blamed.set(what, now.spec.name)
  }
}

/** [FL1] [FL5] */
function* restsOnlyWhereDeclared({ after }: Parameters<Law>[0]): Iterable<string> {
  for (const { spec, state } of after.processes.values()) {
    const flap = spec.flapDetection === 'off' ? null : (spec.flapDetection ?? after.settings.flap)
    if (state.tag === 'backoff' && flap === null && after.phase.tag === 'up') yield `${spec.name} rests without need`
  }
}
