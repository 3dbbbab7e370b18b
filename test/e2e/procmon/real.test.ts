// The real thing: a tree that stands on a redis-server, driven from a procmon TOML, as its users have it.
import { RedisClient } from 'bun'
import { describe, expect, test } from 'bun:test'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Up } from '../harness.ts'
import { childrenOf, isAlive } from '../proc.ts'
import { names, pidsOf, redisSaid, theRealTree, whyNoRedis } from './real-tree.ts'

if (whyNoRedis !== null) console.warn(`skipped, the tree on a real Redis: ${whyNoRedis}`)

function story(up: Up, from: number): string[] {
  return up
    .marks()
    .slice(from)
    .map((mark) => `${mark.name} ${mark.what}`)
}

/** That these things happened in this order, whatever happened in between. */
function expectOrder(told: readonly string[], ...order: readonly string[]): void {
  expect(told.filter((text) => order.includes(text))).toEqual([...order])
}

async function backOn(up: Up, fallen: readonly string[], count: (name: string) => number): Promise<void> {
  for (const name of fallen) await up.mark(name, 'start', count(name) + 1)
  for (const name of fallen) await up.until(name, 'running')
}

describe.skipIf(whyNoRedis !== null)('a tree on a real Redis', () => {
  test.concurrent(
    'procmon 4 [TR3] [TR4] [TR5] kill -9 at every level: what stands on it goes and comes back in order',
    async () => {
      const { up } = await theRealTree()
      await using _up = up
      const falls = [
        ['leaf', ['leaf']],
        ['web', ['web']],
        ['api', ['api', 'leaf']],
        ['redis', ['redis', 'api', 'web', 'leaf']],
        ['aside', ['aside']],
      ] as const
      for (const [victim, fallen] of falls) {
        const before = await pidsOf(up)
        const starts = new Map<string, number>(names.map((name) => [name, up.marks(name, 'start').length]))
        const { length } = up.marks()
        process.kill(before[victim], 'SIGKILL')
        const killed = Date.now()
        await backOn(up, fallen, (name) => starts.get(name) ?? 0)

        const told = story(up, length)
        expect(fallen.map((name) => before[name]).filter(isAlive)).toEqual([])
        const after = await pidsOf(up)
        for (const name of names) {
          const falls = fallen.some((one) => one === name)
          expect({ name, same: before[name] === after[name] }).toEqual({ name, same: !falls })
          if (!falls) expect(told.filter((text) => text.startsWith(name))).toEqual([])
        }
        const again = up.marks(victim, 'start').at(-1)!
        expect(again.at - killed).toBeWithin(980, 3000)

        if (victim === 'api') expectOrder(told, 'leaf term', 'leaf exit', 'api start', 'api ready', 'leaf start')
        if (victim !== 'redis') continue
        expectOrder(
          told,
          'leaf term',
          'leaf exit',
          'api term',
          'api exit',
          'redis start',
          'api start',
          'api ready',
          'leaf start',
        )
        expectOrder(told, 'web term', 'web exit', 'redis start', 'web start', 'web ready')
        const ready = redisSaid(up, after.redis, 'Ready to accept connections')
        for (const child of ['api', 'web']) expect(up.marks(child, 'start').at(-1)!.at).toBeGreaterThanOrEqual(ready)
      }
      expect((await up.view('leaf')).restart_count).toBe(3)
    },
  )

  test.concurrent(
    'procmon 4 5 [TR5] SIGSTOP of Redis: its monitor notices, and it goes and comes back with all that stands on it',
    async () => {
      const { up } = await theRealTree()
      await using _up = up
      const before = await pidsOf(up)
      const { length } = up.marks()
      process.kill(before.redis, 'SIGSTOP')
      const stopped = Date.now()
      await backOn(up, ['redis', 'api', 'web', 'leaf'], () => 1)

      expect(isAlive(before.redis)).toBe(false)
      expect(up.stderr).toMatch(/redis failed its check health/)
      const told = story(up, length)
      expectOrder(
        told,
        'leaf term',
        'leaf exit',
        'api term',
        'api exit',
        'redis start',
        'api start',
        'api ready',
        'leaf start',
      )
      expectOrder(told, 'web term', 'web exit', 'redis start', 'web start', 'web ready')
      // Noticed within its period and a second's patience; at most a second until SIGKILL; a second until it starts again.
      expect((await up.mark('redis', 'start', 2)).at - stopped).toBeLessThan(6000)
      expect((await pidsOf(up)).aside).toBe(before.aside)
    },
  )

  test.concurrent(
    'procmon 6 [SP3] SIGHUP: everything goes down, the snapshot runs where nothing lives, everything comes back',
    async () => {
      const { up, port } = await theRealTree()
      await using _up = up
      const first = new RedisClient(`redis://127.0.0.1:${port}`)
      await first.set('kept', 'over the snapshot')
      first.close()
      const before = await pidsOf(up)
      const { length } = up.marks()
      await up.signal('SIGHUP')
      const { pid } = await up.mark('snapshot', 'start')

      expect(Object.values(before).filter(isAlive)).toEqual([])
      expect(childrenOf(await up.pid()).filter(isAlive)).toEqual([pid])
      const down = story(up, length)
      expect(down.at(-1)).toBe('snapshot start')
      expectOrder(down, 'leaf term', 'leaf exit', 'api term', 'api exit')
      expectOrder(down, 'web term', 'web exit')
      expectOrder(down, 'aside term', 'aside exit')
      const redisTerm = redisSaid(up, before.redis, 'User requested shutdown')
      for (const child of ['api', 'web']) expect((await up.mark(child, 'exit')).at).toBeLessThanOrEqual(redisTerm)

      const mark = up.marks().length
      writeFileSync(join(up.dir, 'data/go'), '')
      await backOn(up, names, () => 1)
      const back = story(up, mark)
      expect(back[0]).toBe('snapshot exit')
      expectOrder(back, 'snapshot exit', 'redis start', 'api start', 'api ready', 'leaf start')
      expectOrder(back, 'snapshot exit', 'redis start', 'web start', 'web ready')
      expect(existsSync(join(up.dir, 'data/snapshot.rdb'))).toBe(true)
      const second = new RedisClient(`redis://127.0.0.1:${port}`)
      expect(await second.get('kept')).toBe('over the snapshot')
      second.close()
    },
  )

  test.concurrent('procmon 7 [RN4] SIGTERM ends it in reverse order, with 0, and nothing is left', async () => {
    const { up } = await theRealTree()
    await using _up = up
    const before = await pidsOf(up)
    const { length } = up.marks()
    await up.signal('SIGTERM')
    const { code, ms } = await up.exit()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(3000)
    expect(Object.values(before).filter(isAlive)).toEqual([])
    const told = story(up, length)
    expectOrder(told, 'leaf term', 'leaf exit', 'api term', 'api exit')
    expect(told.toSorted()).toEqual(
      ['leaf', 'api', 'web', 'aside'].flatMap((name) => [`${name} exit`, `${name} term`]).toSorted(),
    )
    const redisTerm = redisSaid(up, before.redis, 'User requested shutdown')
    for (const child of ['api', 'web']) expect((await up.mark(child, 'exit')).at).toBeLessThanOrEqual(redisTerm)
    expect(redisSaid(up, before.redis, 'Redis is now ready to exit')).toBeGreaterThanOrEqual(redisTerm)
  })
})
