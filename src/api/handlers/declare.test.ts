import { expect, test } from 'bun:test'
import { aControlServer } from '../../../test/support/control-server.ts'

const request = { process: { command: ['sleep', '9'], name: 'nap' }, cwd: '/home/ann' }
const file = { path: '/srv/tree.yml', text: 'processes: []', cwd: '/srv' }

test('[AP47] exec declares a process, waits for it, and answers with it', async () => {
  await using server = await aControlServer([], { caller: { uid: 7, user: 'ann' } })
  server.control.admin.warnings = ['nap depends on mail, which is not there.']
  const { status, body } = await server.ask('POST', '/v1/processes', { ...request, timeout: 5000 })
  expect(status).toBe(200)
  expect(body).toMatchObject({
    outcome: 'done',
    processes: [{ name: 'nap', status: 'running' }],
    warnings: ['nap depends on mail, which is not there.'],
  })
  expect(server.control.admin.asked).toMatchObject([{ tag: 'exec', request, caller: { uid: 7, user: 'ann' } }])
})

test('[AP47] what is wrong with the declaration is told as the supervisor says it', async () => {
  await using server = await aControlServer([{ name: 'nap' }])
  expect(await server.ask('POST', '/v1/processes', request)).toMatchObject({
    status: 409,
    body: { error: { code: 'exists', message: expect.stringContaining('nap') } },
  })
  expect(await server.ask('POST', '/v1/processes', { process: {}, cwd: '/' })).toMatchObject({
    status: 400,
    body: { error: { code: 'bad-config' } },
  })
})

test.each([
  ['/v1/processes', {}, 'The body lacks "process" and "cwd".'],
  ['/v1/processes', { ...request, cwd: 'here' }, '"cwd" must be an absolute path, not "here".'],
  ['/v1/processes', { ...request, process: [] }, '"process" must be an object, not an empty list.'],
  ['/v1/init', { process_config: true }, 'The body has an unknown key "process_config".'],
  ['/v1/apply', { ...file, dry_run: 'yes' }, '"dry_run" must be true or false, not "yes".'],
  ['/v1/reload', { wait: true }, 'The body has an unknown key "wait".'],
])('[AP47] a wrong body for %s is refused: %j', async (path, body, message) => {
  await using server = await aControlServer()
  expect(await server.ask('POST', path, body)).toMatchObject({
    status: 400,
    body: { error: { code: 'bad-request', message } },
  })
  expect(server.control.admin.asked).toBeEmpty()
})

test('[AP47] wait and timeout are as with verbs', async () => {
  await using server = await aControlServer()
  server.control.admin.newcomers = 'dawdles'
  expect(await server.ask('POST', '/v1/processes', { ...request, wait: false })).toMatchObject({
    status: 202,
    body: { outcome: 'accepted', processes: [{ name: 'nap', status: 'queued' }] },
  })
  expect(await server.ask('POST', '/v1/init', { timeout: 10 })).toMatchObject({
    status: 200,
    body: { outcome: 'timeout' },
  })
  expect(server.control.waiting).toBe(0)
})

test('[AP47] init starts what is at rest', async () => {
  await using server = await aControlServer([{ name: 'web' }, { name: 'nap', status: 'stopped', pid: null }])
  expect(await server.ask('POST', '/v1/init', { process_config_only: false })).toMatchObject({
    status: 200,
    body: { outcome: 'done', processes: [{ name: 'nap', status: 'running' }], warnings: [] },
  })
})

const plan = {
  added: ['new'],
  changed: [
    { name: 'web', fields: [{ field: 'user', from: 'root', to: 'ann' }], restarts: true },
    { name: 'api', fields: [{ field: 'stop_timeout', from: '10s', to: '5s' }], restarts: false },
  ],
  removed: ['old'],
  unchanged: [],
}

test('[AP47] apply answers with its plan and with what it acted on', async () => {
  await using server = await aControlServer([{ name: 'web' }, { name: 'api' }, { name: 'old' }])
  server.control.admin.plan = plan
  const { status, body } = await server.ask('POST', '/v1/apply', file)
  expect(status).toBe(200)
  expect(body).toMatchObject({ outcome: 'done', plan, warnings: [] })
  expect(body).toMatchObject({
    processes: [
      { name: 'old', status: 'stopped' },
      { name: 'new', status: 'running' },
      { name: 'web', status: 'running' },
    ],
  })
})

test('[AP47] apply waits for all that it began, and has failed when one has', async () => {
  await using server = await aControlServer([
    { name: 'web', habit: 'fails' },
    { name: 'old', habit: 'dawdles' },
  ])
  server.control.admin.plan = plan
  const answer = server.ask('POST', '/v1/apply', file)
  await server.control.untilWaiting(1)
  server.control.vanishes('old')
  expect((await answer).body).toMatchObject({ outcome: 'failed' })
  expect(server.control.waiting).toBe(0)
})

test('[AP47] with dry_run it only plans', async () => {
  await using server = await aControlServer([{ name: 'web' }, { name: 'old' }])
  server.control.admin.plan = plan
  const { body } = await server.ask('POST', '/v1/apply', { ...file, dry_run: true })
  expect(body).toEqual({ outcome: 'planned', plan, processes: [], warnings: [] })
  expect(server.control.orders).toBeEmpty()
})

test('[AP47] the text of a process file may have 4 MB', async () => {
  await using server = await aControlServer()
  const line = '"x": "y"\n'
  const text = line.repeat((4 * 1024 * 1024) / line.length)
  expect((await server.ask('POST', '/v1/apply', { ...file, text })).status).toBe(200)
  expect((await server.ask('POST', '/v1/apply', { ...file, text: text + text })).status).toBe(413)
  expect((await server.ask('POST', '/v1/init', ' '.repeat(70_000))).status).toBe(413)
})

test('[AP47] the graph, the export and the configuration are answered as they are', async () => {
  await using server = await aControlServer([{ name: 'web', dependencies: ['db'] }, { name: 'db' }, { name: 'alone' }])
  server.control.admin.inFile = ['alone']
  expect((await server.ask('GET', '/v1/graph')).body).toEqual({
    queue: ['db', 'web', 'alone'],
    graph: ['db', 'web'],
    edges: [{ from: 'web', to: 'db', parent: false, condition: 'ready' }],
  })
  expect((await server.ask('GET', '/v1/graph?process_config_only=1')).body).toMatchObject({ queue: ['alone'] })
  expect((await server.ask('GET', '/v1/export')).body).toMatchObject([
    { name: 'web' },
    { name: 'db' },
    { name: 'alone' },
  ])
  const { settings } = server.control.admin
  expect((await server.ask('GET', '/v1/config')).body).toEqual(settings)
  expect((await server.ask('POST', '/v1/reload')).body).toEqual(settings)
  expect(server.control.admin.asked).toMatchObject([{ tag: 'reload', caller: { uid: 0 } }])
})

test.each([
  ['POST', '/v1/processes'],
  ['POST', '/v1/init'],
  ['POST', '/v1/apply'],
  ['POST', '/v1/reload'],
  ['GET', '/v1/graph'],
  ['GET', '/v1/export'],
  ['GET', '/v1/config'],
  ['GET', '/v1/groups'],
  ['POST', '/v1/groups'],
  ['POST', '/v1/groups/front/delete'],
])('[AP46] %s %s is not for an up of a file, which is said', async (method, path) => {
  await using server = await aControlServer([{ name: 'web' }])
  server.control.administration = null
  expect(await server.ask(method, path)).toMatchObject({
    status: 409,
    body: {
      error: {
        code: 'not-here',
        message: expect.stringContaining('/srv/tree.yml'),
        hint: expect.stringContaining('coppice daemon'),
      },
    },
  })
})

test('[AP46] nor are changes of a declaration', async () => {
  await using server = await aControlServer([{ name: 'web' }])
  server.control.administration = null
  const { status } = await server.ask('POST', '/v1/processes/web/restart', { changes: { user: 'ann' }, cwd: '/' })
  expect(status).toBe(409)
  expect(server.control.orders).toBeEmpty()
})

test.each([
  [
    '/v1/graph?process_confg_only=1',
    'The query has an unknown key "process_confg_only".',
    'Did you mean "process_config_only"?',
  ],
  ['/v1/graph?process_config_only=maybe', '"process_config_only" must be true or false, not "maybe".', undefined],
  ['/v1/processes?status=running', 'The query has an unknown key "status".', 'It takes none.'],
  ['/v1/events?since=1&since=2', 'The query has "since" more than once.', undefined],
])('[AP40] %s is a bad request that names the key', async (path, message, hint) => {
  await using server = await aControlServer()
  const { status, body } = await server.ask('GET', path)
  expect(status).toBe(400)
  expect(body).toEqual({ error: { code: 'bad-request', message, ...(hint === undefined ? {} : { hint }) } })
})

test('[DM5] what acts sees the files as they are now, what only looks does not look at them', async () => {
  await using server = await aControlServer([{ name: 'web' }])
  await server.ask('GET', '/v1/processes')
  expect(server.control.admin.refreshed).toBe(0)
  await server.ask('POST', '/v1/processes/web/restart')
  await server.ask('GET', '/v1/config')
  expect(server.control.admin.refreshed).toBe(2)
})
