import { expect, test } from 'bun:test'
import { aControlServer } from '../../../test/support/control-server.ts'

const tree = [{ name: 'web', groups: ['front'] }, { name: 'api', groups: ['front'] }, { name: 'db' }] as const

test('[AP55] groups are listed, made and described', async () => {
  await using server = await aControlServer(tree)
  expect(await server.ask('POST', '/v1/groups', { name: 'back' })).toMatchObject({
    status: 201,
    body: { id: 2, name: 'back', processes: [] },
  })
  expect((await server.ask('GET', '/v1/groups')).body).toMatchObject([
    { id: 1, name: 'front', processes: ['web', 'api'] },
    { id: 2, name: 'back' },
  ])
  expect((await server.ask('GET', '/v1/groups/2')).body).toMatchObject({ name: 'back' })
  expect((await server.ask('GET', '/v1/groups/front,back')).body).toMatchObject([{ id: 1 }, { id: 2 }])
  expect(await server.ask('POST', '/v1/groups', { name: 'back' })).toMatchObject({
    status: 409,
    body: { error: { code: 'exists' } },
  })
})

test('[AP55] processes are made members, and are no longer', async () => {
  await using server = await aControlServer(tree)
  await server.ask('POST', '/v1/groups', { name: 'all' })
  expect((await server.ask('POST', '/v1/groups/all/assign', { processes: ['3', 'group:front'] })).body).toMatchObject({
    name: 'all',
    processes: ['web', 'api', 'db'],
  })
  expect((await server.ask('POST', '/v1/groups/all,front/remove', { processes: ['web'] })).body).toMatchObject([
    { name: 'front', processes: ['api'] },
    { name: 'all', processes: ['api', 'db'] },
  ])
})

test('[AP55] where a group or a process is unknown, nothing is done', async () => {
  await using server = await aControlServer(tree)
  expect(await server.ask('POST', '/v1/groups/front,frnt/assign', { processes: ['db'] })).toMatchObject({
    status: 404,
    body: { error: { code: 'unknown-group', hint: 'Did you mean "front"?' } },
  })
  expect(await server.ask('POST', '/v1/groups/front/assign', { processes: ['db', 'dbb'] })).toMatchObject({
    status: 404,
    body: { error: { code: 'unknown-process', hint: 'Did you mean "db"?' } },
  })
  expect(await server.ask('POST', '/v1/groups/front,frnt/delete')).toMatchObject({ status: 404 })
  expect((await server.ask('GET', '/v1/groups')).body).toMatchObject([{ name: 'front', processes: ['web', 'api'] }])
})

test.each([
  [{}, 'The body lacks "processes".'],
  [{ processes: 'web' }, '"processes" must be a list of processes, not "web".'],
  [{ processes: [] }, '"processes" must be a list of processes, not an empty list.'],
  [{ processes: [7] }, '"processes[0]" must be a text, not 7.'],
])('[AP55] members are a list of targets: %j is none', async (body, message) => {
  await using server = await aControlServer(tree)
  expect(await server.ask('POST', '/v1/groups/front/assign', body)).toMatchObject({
    status: 400,
    body: { error: { code: 'bad-request', message } },
  })
})

test('[AP55] a deleted group is answered as it was; its processes stay', async () => {
  await using server = await aControlServer(tree)
  expect((await server.ask('POST', '/v1/groups/front/delete')).body).toMatchObject({
    name: 'front',
    processes: ['web', 'api'],
  })
  expect((await server.ask('GET', '/v1/groups')).body).toEqual([])
  expect((await server.ask('GET', '/v1/processes')).body).toMatchObject([{ name: 'web', groups: [] }, {}, {}])
})
