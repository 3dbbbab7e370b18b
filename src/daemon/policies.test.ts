import { expect, test } from 'bun:test'
import { aGroup } from '../../test/contract/store/stored.ts'
import { policiesOf } from './policies.ts'

const thresholds = { isEnabled: true, restarted: 5, countdown: 120, decrement: 60 }
const policy = { strategy: 'one_for_all', budget: null, stopTogether: true } as const

test("[FL6] pmon3's thresholds are counted in its monitor interval", () => {
  const settings = { flapDetection: thresholds, processMonitorInterval: 500 }
  expect(policiesOf(settings, []).flap).toEqual({ restarted: 5, countdown: 60_000, decrement: 30_000 })
  expect(policiesOf({ ...settings, processMonitorInterval: 100 }, []).flap).toMatchObject({ countdown: 12_000 })
  expect(policiesOf({ ...settings, flapDetection: { ...thresholds, isEnabled: false } }, []).flap).toBeNull()
})

test('[GP8] the policies of groups are those that a file has declared', () => {
  const settings = { flapDetection: thresholds, processMonitorInterval: 500 }
  const groups = [aGroup(1, 'a'), aGroup(2, 'b', { file: '/f', policy })]
  expect([...policiesOf(settings, groups).groups]).toEqual([['b', policy]])
})
