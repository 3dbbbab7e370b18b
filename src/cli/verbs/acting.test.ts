import { describe, expect, test } from 'bun:test'
import { aTree } from '../../../test/support/cli-tree.ts'
import type { FakeProcess } from '../../../test/support/fake-control.ts'

const tree: readonly FakeProcess[] = [
  { name: 'redis', groups: ['back'], restart_count: 3 },
  { name: 'web', groups: ['front'], restart_count: 2 },
  { name: 'api', groups: ['front'], status: 'stopped', pid: null },
]

test.each([
  ['stop group:front', 'stop', ['web', 'api']],
  ['start api,redis', 'start', ['api', 'redis']],
  ['restart *', 'restart', ['redis', 'web', 'api']],
  ['del 2 api', 'delete', ['web', 'api']],
  ['delete -f web', 'delete', ['web']],
  ['group start front', 'start', ['web', 'api']],
  ['group stop -f front,back', 'stop', ['web', 'api', 'redis']],
  ['group restart 1', 'restart', ['redis']],
  ['groups drop front', 'delete', ['web', 'api']],
])('[CL2] `%s` asks to %s %p', async (line, verb, names) => {
  await using processes = await aTree(tree)
  expect(await processes.coppice(line)).toMatchObject({ exitCode: 0, err: '' })
  expect(processes.server.control.orders).toMatchObject([{ verb, names, force: line.includes('-f') }])
})

describe('[CL51] what is shown afterwards', () => {
  test.each([
    ['stop web', ['web']],
    ['del web', ['web']],
    ['reset web', ['web']],
    ['group stop front', ['web', 'api']],
    ['group drop front', ['web', 'api']],
    ['kill', ['redis', 'web', 'api']],
    ['init', ['redis', 'web', 'api']],
    ['group restart front', ['redis', 'web', 'api']],
    ['drop', []],
  ])('`%s` lists %p', async (line, names) => {
    await using processes = await aTree(tree)
    const { exitCode, out } = await processes.coppice(line)
    const rows = out.trimEnd().split('\n').slice(1)
    expect({ exitCode, names: rows.map((row) => row.split(/ +/)[1] ?? '') }).toEqual({ exitCode: 0, names })
  })

  test.each(['del web', 'drop', 'group drop front'])('of `%s` those that are gone', async (line) => {
    await using processes = await aTree(tree)
    const { out } = await processes.coppice(`${line} --json`)
    expect([JSON.parse(out)].flat()).toContainEqual(expect.objectContaining({ name: 'web', status: 'stopped' }))
  })
})

describe('[CL54] kill and drop', () => {
  test.each(['kill', 'kill -f'])('%s stops all', async (line) => {
    await using processes = await aTree(tree)
    const { exitCode, out } = await processes.coppice(`${line} --json`)
    expect({ exitCode, found: JSON.parse(out) }).toMatchObject({
      exitCode: 0,
      found: [{ status: 'stopped' }, { status: 'stopped' }, { status: 'stopped' }],
    })
    expect(processes.server.control.orders).toMatchObject([{ verb: 'stop', force: line.includes('-f') }])
  })

  test.each([
    { status: 'queued', pid: null },
    { status: 'restarting', pid: null, next_try: '2026-11-20T08:00:01.000Z' },
    { status: 'failed', pid: null, next_try: '2026-11-20T08:00:01.000Z' },
    { status: 'blocked', pid: null },
  ] satisfies Partial<FakeProcess>[])('kill also stops what waits: %p', async (view) => {
    await using processes = await aTree([{ name: 'web', ...view }])
    expect(await processes.coppice('kill -q')).toMatchObject({ exitCode: 0, out: '', err: '' })
    expect(processes.server.control.orders).toHaveLength(1)
  })

  test('kill where nothing runs is exit 1', async () => {
    await using processes = await aTree([
      { name: 'web', status: 'stopped', pid: null },
      { name: 'task', status: 'completed', pid: null },
    ])
    const err = 'coppice: could not find running processes\n'
    expect(await processes.coppice('kill')).toMatchObject({ exitCode: 1, out: '', err })
    expect(processes.server.control.orders).toEqual([])
  })

  test('drop where there is nothing is exit 1', async () => {
    await using processes = await aTree()
    expect(await processes.coppice('drop')).toMatchObject({
      exitCode: 1,
      out: '',
      err: 'coppice: there are no processes\n',
    })
  })

  test('what cannot be killed is told', async () => {
    await using processes = await aTree([{ name: 'web', habit: 'fails' }])
    expect(await processes.coppice('kill -f')).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('web is stuck'),
    })
  })
})

test.each([
  ['reset', ['redis', 'web', 'api'], [0, 0, 0]],
  ['reset web', ['web'], [0]],
  ['reset -p web', ['web'], [0]],
  ['reset --process web,api', ['web', 'api'], [0, 0]],
  ['reset redis -p web', ['redis', 'web'], [0, 0]],
])('[CL55] `%s` sets the counters of %p to 0', async (line, names, counts) => {
  await using processes = await aTree(tree)
  const { exitCode, out } = await processes.coppice(`${line} --json`)
  const found: readonly { name: string; restart_count: number }[] = [JSON.parse(out)].flat()
  expect(exitCode).toBe(0)
  expect(found.map(({ name }) => name)).toEqual(names)
  expect(found.map(({ restart_count }) => restart_count)).toEqual(counts)
})

test.each([
  [['restart', 'web', '-n', '-u', 'ann'], { no_auto_restart: true, user: 'ann' }],
  [['start', 'web', '-l', 'web.log', '-a', '-k v'], { log: 'web.log', args: '-k v' }],
  [['restart', 'web', '--log_dir', 'logs', '-d', 'a,b', '-d', 'c'], { log_dir: 'logs', dependencies: ['a', 'b', 'c'] }],
  [['restart', 'web', '-e', 'A=1 B=2'], { env_vars: 'A=1 B=2' }],
  [['restart', 'web', '--autorestart'], { no_auto_restart: false }],
  [['group', 'restart', 'front', '-d', 'logs', '-u', 'ann'], { log_dir: 'logs', user: 'ann' }],
])('[CL56] `%p` changes %p', async (words, entry) => {
  await using processes = await aTree(tree)
  expect(await processes.coppice(words, { cwd: '/srv' })).toMatchObject({ exitCode: 0, err: '' })
  expect(processes.server.control.orders).toMatchObject([{ changes: { entry, cwd: '/srv' } }])
})

test('[CL56] without such a flag nothing is changed', async () => {
  await using processes = await aTree(tree)
  await processes.coppice('restart web --timeout 5s')
  expect(processes.server.control.orders.map(({ changes }) => changes)).toEqual([undefined])
})

describe('[CL59] --rolling', () => {
  test('so many at a time', async () => {
    await using processes = await aTree(tree)
    expect(await processes.coppice('group restart front --rolling 1')).toMatchObject({ exitCode: 0, err: '' })
    expect(processes.server.control.orders.map(({ names }) => names)).toEqual([['web'], ['api']])
  })

  test('what comes after one that does not come up is left, and told', async () => {
    await using processes = await aTree([{ name: 'a' }, { name: 'b', habit: 'fails' }, { name: 'c' }])
    const { exitCode, err } = await processes.coppice('restart a b c --rolling 1')
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: expect.stringMatching(/^coppice: b is failed: .*\n.*\ncoppice: Left as they are: c\.\n$/),
    })
  })

  test.each(['0', '-1', '1.5', 'two'])('%s is no number to roll with', async (number) => {
    await using processes = await aTree(tree)
    expect((await processes.coppice(`restart web --rolling=${number}`)).exitCode).toBe(2)
  })
})
