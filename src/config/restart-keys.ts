import type { Budget, FlapPolicy, GroupPolicy } from '../core/spec.ts'
import { wrong, type Reader } from './reader.ts'
import { duration, flag, whole } from './readers.ts'
import { byShape, mapOf, oneOf } from './shapes.ts'
import { complete, key, table } from './table.ts'

const many = 1_000_000

const thresholds = table({
  restarted: key(whole({ min: 0, max: many }), 'After so many restarts within the countdown it rests; 5 if not said.'),
  countdown: key(whole({ min: 1, max: many }), 'So many intervals; 120 if not said.'),
  decrement: key(
    whole({ min: 0, max: many }),
    'Meanwhile one restart is allowed after so many intervals; 60 if not said, 0: none.',
  ),
  interval: key(duration({ longerThanZero: true }), 'What the others are counted in; 500ms if not said.'),
})

/** Flap detection of one process: pmon3's thresholds, or whether it has any. [CD31] */
export function flapDetectionReader(): Reader<FlapPolicy | 'off'> {
  return byShape<FlapPolicy | 'off'>('true, false, or a table of thresholds', {
    scalar: {
      schema: flag().schema,
      read(node, reading) {
        const isOn = flag().read(node, reading)
        return isOn === undefined ? undefined : isOn ? policyOf({}) : 'off'
      },
    },
    table: {
      get schema() {
        return thresholds.schema
      },
      read(node, reading) {
        const values = thresholds.read(node, reading)
        return values === undefined ? undefined : policyOf(values)
      },
    },
  })
}

function policyOf(values: {
  readonly restarted?: number
  readonly countdown?: number
  readonly decrement?: number
  readonly interval?: number
}): FlapPolicy {
  const { restarted = 5, countdown = 120, decrement = 60, interval = 500 } = values
  return { restarted, countdown: countdown * interval, decrement: decrement * interval }
}

const budgetKeys = {
  intensity: key(whole({ min: 0, max: many }), 'So many restarts …'),
  period: key(duration({ longerThanZero: true }), '… in so long; one more, and all of it fails.'),
}

/** OTP's intensity over a period. Both are needed. [CD32] */
export function budgetReader(): Reader<Budget> {
  const inner = complete(budgetKeys, 'intensity', 'period')
  return {
    get schema() {
      return inner.schema
    },
    read(node, reading) {
      const { intensity, period } = inner.read(node, reading) ?? {}
      return intensity === undefined || period === undefined ? undefined : { intensity, period }
    },
  }
}

const group = table({
  strategy: key(
    oneOf('one_for_one', 'one_for_all', 'rest_for_one'),
    'Who goes down with a member that fell, and comes back with it: nobody, if not said; all; those declared after it.',
  ),
  ...budgetKeys,
  stop_together: key(flag(), 'Whoever stops one of them stops all.'),
})

/** What holds for the members of groups together, by the name of the group. [CD33] */
export function groupsReader(): Reader<ReadonlyMap<string, GroupPolicy>> {
  return mapOf<GroupPolicy>({
    get schema() {
      return group.schema
    },
    read(node, reading) {
      const values = group.read(node, reading)
      if (values === undefined) return undefined
      const { intensity, period, strategy = 'one_for_one', stop_together: stopTogether = false } = values
      if ((intensity === undefined) !== (period === undefined))
        return wrong(node, reading, 'a table in which "intensity" and "period" stand together')
      const budget = intensity === undefined || period === undefined ? null : { intensity, period }
      return { strategy, budget, stopTogether }
    },
  })
}
