import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { aControlServer, type ControlServer } from '../../../test/support/control-server.ts'

const tree = [{ name: 'web' }, { name: 'api' }] as const

/** The events of a stream as they come, each as its lines; comments too. */
async function* messages(answer: Response): AsyncGenerator<string> {
  let rest = ''
  for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + part).split('\n\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}

async function take(answer: Response, count: number): Promise<string[]> {
  const taken: string[] = []
  for await (const message of messages(answer)) {
    taken.push(message)
    if (taken.length === count) break
  }
  return taken
}

const ids = (taken: readonly string[]): string[] => taken.map((one) => /^id: (\d+)$/m.exec(one)?.[1] ?? one)

async function aServerWithThree(): Promise<ControlServer> {
  const server = await aControlServer(tree)
  server.control.happens({ process: 'web', from: 'init', to: 'running' })
  server.control.happens({ process: 'api', kind: 'ready' })
  server.control.happens({ process: 'web', from: 'running', to: 'failed', reason: 'exited 1' })
  return server
}

test('[AP50] the journal is a list where JSON is asked for, or no following', async () => {
  await using server = await aServerWithThree()
  expect((await server.ask('GET', '/v1/events?follow=0')).body).toMatchObject([{ id: 1 }, { id: 2 }, { id: 3 }])
  const answer = await server.open('/v1/events?since=1', { headers: { accept: 'application/json' } })
  expect(await answer.json()).toMatchObject([{ id: 2 }, { id: 3, reason: 'exited 1' }])
})

test('[AP50] a stream has each event with its id, its kind and itself', async () => {
  await using server = await aServerWithThree()
  const answer = await server.open('/v1/events?since=2')
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const [message = ''] = await take(answer, 1)
  const [id, event, data = ''] = message.split('\n')
  expect([id, event]).toEqual(['id: 3', 'event: status'])
  expect(JSON.parse(data.replace(/^data: /, ''))).toEqual(server.control.journal[2])
})

test('[AP50] first what was, then what happens, each once and in order', async () => {
  await using server = await aServerWithThree()
  const taking = server.open('/v1/events?since=1').then((answer) => take(answer, 4))
  await server.control.untilFollowed('events', 1)
  server.control.happens({ process: 'web' })
  server.control.happens({ process: 'api' })
  expect(ids(await taking)).toEqual(['2', '3', '4', '5'])
})

test('[AP50] without a replay point a stream begins with what happens next', async () => {
  await using server = await aServerWithThree()
  const taking = server.open('/v1/events').then((answer) => take(answer, 1))
  await server.control.untilFollowed('events', 1)
  server.control.happens({ process: 'web' })
  expect(ids(await taking)).toEqual(['4'])
  await server.control.untilFollowed('events', 0)
})

test('[AP50] a client that comes back goes on after the last event it has seen', async () => {
  await using server = await aServerWithThree()
  const headers = { 'last-event-id': '2' }
  expect(ids(await take(await server.open('/v1/events?since=0', { headers }), 1))).toEqual(['3'])
  expect(await server.open('/v1/events', { headers: { 'last-event-id': 'x' } })).toMatchObject({ status: 400 })
})

test('[AP50] the events of one process, by its name or id, also of one that is gone', async () => {
  await using server = await aServerWithThree()
  expect((await server.ask('GET', '/v1/events?follow=0&process=1')).body).toMatchObject([{ id: 1 }, { id: 3 }])
  const taking = server.open('/v1/events?process=api').then((answer) => take(answer, 1))
  await server.control.untilFollowed('events', 1)
  server.control.happens({ process: 'web' })
  server.control.happens({ process: 'api' })
  expect(ids(await taking)).toEqual(['5'])
  expect(await server.ask('GET', '/v1/events?process=*')).toMatchObject({ status: 400 })
  server.control.vanishes('web')
  expect((await server.ask('GET', '/v1/events?follow=0&process=web')).body).toMatchObject([
    { id: 1 },
    { id: 3 },
    { id: 4 },
  ])
  expect(await server.ask('GET', '/v1/events?process=apy')).toMatchObject({
    status: 404,
    body: { error: { code: 'unknown-process', hint: 'Did you mean "api"?' } },
  })
})

test('[AP51] a stream that is silent says from time to time that it is there', async () => {
  await using server = await aControlServer(tree, { keepAlive: 20 })
  const taking = server.open('/v1/events').then((answer) => take(answer, 3))
  expect(await taking).toEqual([': still here', ': still here', ': still here'])
})

test('[AP51] who does not read is cut off, and may come back', async () => {
  await using server = await aControlServer(tree)
  const { control } = server
  const client = connect(server.socketPath, () => {
    client.pause()
    client.write('GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n')
  })
  const cutOff = new Promise((resolve) => client.on('close', resolve))
  await control.untilFollowed('events', 1)
  let told = 0
  // Many at a time, and the server gets its turn between: one that reads would keep up.
  for (; control.followers.events > 0 && told < 100_000; told += 500) {
    for (let n = 0; n < 500; n++) control.happens({ process: 'web', reason: 'x'.repeat(200) })
    await Bun.sleep(0)
  }
  expect(told).toBeLessThan(20_000)
  client.resume()
  await cutOff
  expect(server.errors).toBeEmpty()
  expect(ids(await take(await server.open('/v1/events?since=5'), 1))).toEqual(['6'])
})

test('[AP51] who reads is not cut off, however much happens at once', async () => {
  await using server = await aControlServer(tree)
  const taking = server.open('/v1/events').then((answer) => take(answer, 9000))
  await server.control.untilFollowed('events', 1)
  for (let n = 0; n < 9000; n++) server.control.happens({ process: 'web' })
  expect((await taking).length).toBe(9000)
})

test('[WH14] events of one kind, since a time, and the last so many', async () => {
  await using server = await aControlServer(tree)
  const at = (minute: number): string => `2026-11-20T08:0${minute}:00.000Z`
  server.control.happens({ process: 'web', kind: 'asked', at: at(1) })
  server.control.happens({ process: null, kind: 'supervisor', at: at(2) })
  server.control.happens({ process: 'web', kind: 'status', at: at(3) })
  server.control.happens({ process: 'api', kind: 'asked', at: at(4) })
  const list = async (query: string) => (await server.ask('GET', `/v1/events?follow=0&${query}`)).body
  expect(await list('kind=asked')).toMatchObject([{ id: 1 }, { id: 4 }])
  expect(await list('kind=asked&process=web')).toMatchObject([{ id: 1 }])
  expect(await list(`from=${at(2)}`)).toMatchObject([{ id: 2, process: null }, { id: 3 }, { id: 4 }])
  expect(await list('limit=1')).toMatchObject([{ id: 4 }])
  expect(await list('from=yesterday')).toMatchObject({ error: { code: 'bad-request' } })
  expect(await list('kind=asking')).toMatchObject({ error: { code: 'bad-request' } })
})

test('[WH14] a stream has only the kind that is asked for, also of what is to come', async () => {
  await using server = await aControlServer(tree)
  server.control.happens({ process: 'web', kind: 'asked' })
  const taking = server.open('/v1/events?since=0&kind=ready').then((answer) => take(answer, 1))
  await server.control.untilFollowed('events', 1)
  server.control.happens({ process: 'web', kind: 'status' })
  server.control.happens({ process: 'web', kind: 'ready' })
  expect(ids(await taking)).toEqual(['3'])
})

test('[WH14] a number that the journal has not come to is of another journal: all is new', async () => {
  await using server = await aControlServer(tree)
  server.control.happens({ process: 'web' })
  server.control.happens({ process: 'web' })
  expect(ids(await take(await server.open('/v1/events?since=500'), 2))).toEqual(['1', '2'])
  expect(ids(await take(await server.open('/v1/events?since=1'), 1))).toEqual(['2'])
})
