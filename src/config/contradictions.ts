import type { Draft } from './draft.ts'
import type { Problems } from './problem.ts'
import { rivals } from './process-keys.ts'
import { valueOf, type Node, type Table } from './tree.ts'

/** Tells what cannot be meant together, though each key alone is well. [CD18] */
export function tellContradictions(node: Table, { spec }: Draft, problems: Problems): void {
  const at = (key: string): Node => valueOf(node, key) ?? node
  const says = (key: string): boolean => valueOf(node, key) !== undefined
  for (const [first, second] of rivals) {
    if (says(first) && says(second))
      problems.error(at(second), `"${first}" and "${second}" are there together`, 'keep one of them')
  }
  const caller = ['schedule', 'on_signal'].find(says)
  if (caller !== undefined && says('oneshot') && !spec.oneshot)
    problems.error(at('oneshot'), `what "${caller}" calls for must end: it is a oneshot`)
  if (spec.oneshot && (spec.restart === 'always' || spec.restart === 'on-success')) {
    problems.error(
      at('restart'),
      'a oneshot that ended well is not restarted: "restart" must be no, on-failure or on-abnormal',
    )
  }
  if (spec.oneshot && says('ready')) {
    problems.warn(at('ready'), '"ready" does nothing here: a oneshot is ready when it has succeeded')
  }
  for (const key of ['shutdown', 'terminate'] as const) {
    const isIdle = spec.trigger[key] && caller === undefined
    if (isIdle) problems.warn(at(key), `"${key}" does nothing without "on_signal" or "schedule"`)
  }
  if (spec.onStartLimit !== 'nothing' && !says('start_limit'))
    problems.warn(at('on_start_limit'), '"on_start_limit" does nothing without "start_limit"')
  const { delay } = spec
  if (delay.tag === 'backoff' && delay.initial > delay.max) {
    problems.error(at('backoff'), 'the first delay of the backoff is longer than the longest')
  }
}
