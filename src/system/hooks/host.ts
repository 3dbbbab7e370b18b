import type { Hooks } from '../hooks.ts'
import { Census } from '../census.ts'
import { newHookMarker } from '../marker.ts'
import { becomeSubreaper } from '../subreaper.ts'
import { runHookCommand } from './command.ts'
import { postHook } from './post.ts'
import { killLeftHooks } from './sweep.ts'

/**
 * @param ownId names this supervisor in the markers of its hooks: what one of that name has left that was killed is killed now [HK11]
 * @param log told of that
 */
export function createHooks({ ownId, log }: { readonly ownId: string; readonly log: (text: string) => void }): Hooks {
  const census = new Census()
  const subreaper = becomeSubreaper()
  const left = killLeftHooks(ownId)
  if (left > 0) log(`hooks that were under way have left ${left === 1 ? 'a process' : `${left} processes`}, killed now`)
  return {
    run(order) {
      const { action } = order
      if (action.tag === 'post') return postHook(action, order)
      const { command } = action
      const isScattered = subreaper.refused !== null
      return runHookCommand(order, { command, marker: newHookMarker(ownId), census, isScattered })
    },
    now: () => performance.now(),
    later(after, act) {
      const timer = setTimeout(act, after)
      return { [Symbol.dispose]: () => clearTimeout(timer) }
    },
    [Symbol.dispose]: () => subreaper[Symbol.dispose](),
  }
}
