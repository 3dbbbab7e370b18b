// pmon3's page, 6: groups.
import { expect, test } from 'bun:test'

import type { GroupView } from '../../../src/wire/declare.ts'
import type { ProcessView } from '../../../src/wire/process.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { counterOf, descOf, headOf, refusal, rowsOf, sleepers, statuses, statusesIn } from './stage.ts'

/** `one` with a and b, `two` with nobody, and c outside. */
async function withGroups(): Promise<Daemon> {
  const daemon = await aDaemon()
  await sleepers(daemon, 'a', 'b', 'c')
  await daemon.json('group', 'create', 'one')
  await daemon.json('group', 'create', 'two')
  await daemon.json('group', 'assign', 'one', 'a,b')
  return daemon
}

async function membersOf(daemon: Daemon): Promise<string[]> {
  return (await daemon.json<GroupView[]>('group', 'ls')).map(({ name, processes }) => `${name}: ${processes.join(' ')}`)
}

test('[CL66] [GR1] group ls is a table of ID and Name by id; create shows it', async () => {
  await using daemon = await aDaemon()
  expect((await daemon.cli('group', 'create', 'zoo')).stdout).toBe('ID  Name\n1   zoo\n')
  const created = await daemon.cli('group', 'create', 'ark')
  expect([created.code, created.stdout]).toEqual([0, 'ID  Name\n1   zoo\n2   ark\n'])
  expect((await daemon.cli('groups', 'list')).stdout).toBe(created.stdout)
})

test('[GR2] exec -g and the process file make the groups that they name', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', '/bin/sleep', '-a', '1000', '--name', 'web', '-g', 'a,b', '-g', 'c')
  expect(await membersOf(daemon)).toEqual(['a: web', 'b: web', 'c: web'])
})

test('[GR3] a name that is taken: exit 1; a comma or a number in its place: exit 2', async () => {
  await using daemon = await withGroups()
  for (const [name, code] of [
    ['one', 1],
    ['x,y', 2],
    ['17', 2],
  ] as const) {
    expect(refusal(await daemon.cli('group', 'create', name))).toMatchObject({ code })
  }
  expect(await membersOf(daemon)).toEqual(['one: a b', 'two: '])
})

test('[CL66] group desc, by name or id, is the properties and then the table of the members', async () => {
  await using daemon = await withGroups()
  const { stdout } = await daemon.cli('group', 'desc', 'one')
  const [properties = '', members = ''] = stdout.split('\n\n')
  expect(rowsOf(properties)).toEqual([['id', '1'], ['name', 'one']]) // prettier-ignore
  expect([headOf(members)[0], statusesIn(members)]).toEqual(['ID', ['a running', 'b running']])
  expect((await daemon.cli('group', 'show', '1')).stdout).toBe(stdout)
})

test('[GR4] [CL66] assign and remove take lists of names and ids on both sides, and may be repeated', async () => {
  await using daemon = await withGroups()
  const assigned = await daemon.cli('group', 'assign', 'two,1', 'c,1')
  expect([assigned.code, assigned.stderr]).toEqual([0, ''])
  expect(await membersOf(daemon)).toEqual(['one: a b c', 'two: a c'])
  await daemon.json('group', 'assign', 'two,1', 'c,1')
  expect(await membersOf(daemon)).toEqual(['one: a b c', 'two: a c'])
  await daemon.json('group', 'remove', 'one,two', 'b,c')
  expect(await membersOf(daemon)).toEqual(['one: a', 'two: a'])
  expect((await daemon.cli('group', 'remove', 'two', 'b')).code).toBe(0)
})

test('[GR4] one that is unknown, group or process, and nothing is assigned or removed: exit 4', async () => {
  await using daemon = await withGroups()
  for (const args of [
    ['assign', 'two,nope', 'a'],
    ['assign', 'two', 'a,nope'],
    ['remove', 'one,nope', 'a'],
    ['remove', 'one', 'a,nope'],
  ]) {
    expect(refusal(await daemon.cli('group', ...args))).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('nope'),
    })
  }
  expect(await membersOf(daemon)).toEqual(['one: a b', 'two: '])
})

test('[GR5] group del unlinks and leaves the processes; a group that gets its id begins empty', async () => {
  await using daemon = await withGroups()
  const gone = await daemon.cli('group', 'del', '1')
  expect(gone).toMatchObject({ code: 0, stdout: 'ID  Name\n2   two\n' })
  await daemon.json('group', 'del', 'two')
  await daemon.json('group', 'create', 'new')
  expect(await membersOf(daemon)).toEqual(['new: '])
  expect(await statuses(daemon)).toEqual(['a running', 'b running', 'c running'])
})

test('[GR6] [GR8] group stop, start and restart, by name and by id, do it to the members alone', async () => {
  await using daemon = await withGroups()
  for (const group of ['one', '1']) {
    expect(statusesIn((await daemon.cli('group', 'stop', group)).stdout)).toEqual(['a stopped', 'b stopped'])
    expect((await daemon.cli('group', 'start', group)).code).toBe(0)
    expect(await statuses(daemon)).toEqual(['a running', 'b running', 'c running'])
    expect(statusesIn((await daemon.cli('group', 'restart', group)).stdout)).toEqual([
      'a running',
      'b running',
      'c running',
    ])
    expect([await counterOf(daemon, 'a'), await counterOf(daemon, 'b'), await counterOf(daemon, 'c')]).toEqual([
      1, 1, 0,
    ])
    expect((await daemon.json<ProcessView[]>('desc', `group:${group}`)).map(({ name }) => name)).toEqual(['a', 'b'])
  }
  const none = refusal(await daemon.cli('group', 'stop', '9'))
  expect(none).toMatchObject({ code: 4, stderr: expect.stringContaining('There are: one, two.') })
})

test('[CL56] group restart has -n -u -l -a, and -d or --log_dir for the log directory', async () => {
  await using daemon = await withGroups()
  await daemon.json(...`group restart one -n -u root -a 2000 -d ${daemon.dir}/x`.split(' '))
  for (const name of ['a', 'b']) {
    expect(Object.fromEntries(await descOf(daemon, name))).toMatchObject({
      args: '2000',
      'no-autorestart': 'true',
      log: `${daemon.dir}/x/${name}.log`,
    })
  }
  await daemon.json(...`group restart one --log_dir ${daemon.dir}/y`.split(' '))
  expect((await daemon.view('b')).log).toBe(`${daemon.dir}/y/b.log`)
  await daemon.json(...`group restart one -l ${daemon.dir}/z.log`.split(' '))
  expect((await daemon.view('a')).log).toBe(`${daemon.dir}/z.log`)
  expect((await descOf(daemon, 'c')).get('args')).toBe('100000')
})

test('[CL51] group drop deletes the members, shows them as stopped, and leaves the group', async () => {
  await using daemon = await withGroups()
  expect(statusesIn((await daemon.cli('group', 'drop', 'one')).stdout)).toEqual(['a stopped', 'b stopped'])
  expect(await statuses(daemon)).toEqual(['c running'])
  expect(await membersOf(daemon)).toEqual(['one: ', 'two: '])
  const empty = await daemon.cli('group', 'drop', 'one', '-f')
  expect([empty.code, rowsOf(empty.stdout)]).toEqual([0, []])
})

test('[CL50] group alone shows its commands; an unknown one is exit 2', async () => {
  await using daemon = await aDaemon({ starts: false })
  expect(await daemon.cli('group')).toMatchObject({ code: 0, stdout: expect.stringContaining('assign') })
  expect(refusal(await daemon.cli('group', 'asign', 'g', 'p'))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('assign'),
  })
})
