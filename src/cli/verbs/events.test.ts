import { describe, expect, test } from 'bun:test'
import { aTree, type Tree } from '../../../test/support/cli-tree.ts'
import { coppice, type Ran } from '../../../test/support/fake-system.ts'
import { readTime } from '../read-time.ts'

async function aPast(): Promise<Tree> {
  const tree = await aTree([{ name: 'web' }, { name: 'api' }])
  const { control } = tree.server
  const at = (minute: number): string => `2026-11-20T08:0${minute}:00.000Z`
  control.happens({ process: null, kind: 'supervisor', at: at(0), from: null, to: null, reason: 'begins', by: 'start' })
  control.happens({ process: 'web', at: at(1), run: 2, pid: 71, reason: 'ready: it said so', because: 'started' })
  const asked = { kind: 'asked', from: null, to: null, reason: 'asked to stop by ann', by: 'stop by ann' } as const
  control.happens({ process: 'api', at: at(2), ...asked })
  control.happens({ process: 'api', at: at(3), from: 'running', to: null, reason: 'deleted\x1b[2J' })
  return tree
}

const env = { TZ: 'UTC' }
const lines = [
  '2026-11-20 08:00:00.000  coppice  -           begins [start]\n',
  '2026-11-20 08:01:00.000  web      running     ready: it said so, since started (run 2, pid 71)\n',
  '2026-11-20 08:02:00.000  api      asked       asked to stop by ann\n',
  '2026-11-20 08:03:00.000  api      deleted     deleted\\u001b[2J\n',
] as const

describe('[WH12] events', () => {
  test.each([
    ['events', [0, 1, 2, 3]],
    ['events -n 2', [2, 3]],
    ['events --process web', [1]],
    ['events -p 2 -n 1', [3]],
    ['events --kind asked', [2]],
    ['events --since 2026-11-20T08:02:00Z', [2, 3]],
    ['events --since 100000h -k supervisor', [0]],
    ['events --since 1s', []],
  ])('`%s`', async (line, expected) => {
    await using tree = await aPast()
    const out = expected.map((index) => lines[index as 0 | 1 | 2 | 3]).join('')
    const ran = await tree.coppice(line, { env })
    expect({ ...ran, out: ran.out }).toMatchObject({ exitCode: 0, out, err: '' })
  })

  test('--json is a list', async () => {
    await using tree = await aPast()
    const { out } = await tree.coppice('events --json -n 2', { env })
    expect(JSON.parse(out)).toEqual(tree.server.control.journal.slice(-2))
  })

  test.each(['events --since never', 'events --kind asking', 'events web', 'events -n 0'])(
    '`%s` is wrong usage',
    async (line) => {
      await using tree = await aPast()
      expect(await tree.coppice(line, { env })).toMatchObject({ exitCode: 2, out: '' })
    },
  )

  test('a process that nobody knows', async () => {
    await using tree = await aPast()
    expect(await tree.coppice('events -p wep', { env })).toMatchObject({ exitCode: 4, out: '' })
  })
})

describe('[WH13] events -f', () => {
  /** Follows until so many lines have come; then nobody reads any more. */
  async function followed(tree: Tree, line: string, happen: () => void, count: number): Promise<Ran> {
    const { control, socketPath } = tree.server
    const enough = Promise.withResolvers<null>()
    const surroundings = {
      env: { ...env, COPPICE_SOCKET: socketPath },
      isUnread: false,
      watches: (out: string) => void (out.split('\n').length > count && enough.resolve(null)),
    }
    const ran = coppice(line, surroundings)
    await control.untilFollowed('events', 1)
    happen()
    await enough.promise
    surroundings.isUnread = true
    control.happens({ process: 'web', kind: 'ready' })
    return ran
  }

  test('begins with what was, and goes on with what happens', async () => {
    await using tree = await aPast()
    const ran = await followed(tree, 'events -f -n 1', () => tree.server.control.becomes('web', 'stopped'), 2)
    expect(ran.exitCode).toBe(0)
    expect(ran.out).toStartWith(`${lines[3]}2026-11-20 08:00:00.000  web      stopped     it is stopped\n`)
  })

  test('--json has a line for each, and only what is asked for', async () => {
    await using tree = await aPast()
    const happen = (): void => {
      tree.server.control.becomes('web', 'stopped')
      tree.server.control.happens({ process: 'web', kind: 'ready' })
    }
    const { out } = await followed(tree, 'events -f --json -k ready', happen, 1)
    expect(out.split('\n', 1).map((line) => JSON.parse(line))).toMatchObject([{ id: 6, kind: 'ready' }])
  })

  test('ends when nobody reads any more', async () => {
    await using tree = await aPast()
    expect(await tree.coppice('events -f', { env, isUnread: true })).toMatchObject({ exitCode: 0, err: '' })
  })
})

test.each([
  ['10m', '2026-11-20T11:50:00.000Z'],
  ['1h30m', '2026-11-20T10:30:00.000Z'],
  ['2026-11-19T10:00:00Z', '2026-11-19T10:00:00.000Z'],
])('[WH12] --since %s is a time', (text, expected) => {
  const read = readTime(text, '--since', Date.parse('2026-11-20T12:00:00.000Z'))
  expect(read.ok && new Date(read.value).toISOString()).toBe(expected)
})

test('[WH12] a time of day is of today, or else of yesterday; a date begins at midnight: by the clock here', () => {
  const now = new Date(2026, 10, 20, 12, 0, 0).getTime()
  const read = (text: string): Date | null => {
    const at = readTime(text, '--since', now)
    return at.ok ? new Date(at.value) : null
  }
  expect(read('11:30')).toEqual(new Date(2026, 10, 20, 11, 30))
  expect(read('23:30:05')).toEqual(new Date(2026, 10, 19, 23, 30, 5))
  expect(read('2026-11-18')).toEqual(new Date(2026, 10, 18))
  expect(read('12 o’clock')).toBeNull()
})
