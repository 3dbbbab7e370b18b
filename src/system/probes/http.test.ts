import { expect, test } from 'bun:test'
import type { IncomingMessage } from 'node:http'

import { ask } from './fixtures/ask.ts'
import { http, within } from './fixtures/probes.ts'
import * as servers from './fixtures/servers.ts'

/** Answers every request, and keeps what was asked. */
async function aRecorder(status = 200, headers: Record<string, string> = {}) {
  const requests: IncomingMessage[] = []
  const server = await servers.anHttpServer((request, response) => {
    requests.push(request)
    response.writeHead(status, headers).end()
  })
  return { ...server, requests, url: `http://127.0.0.1:${server.port}` }
}

function at({ port }: servers.Running, path = '/'): string {
  return `http://127.0.0.1:${port}${path}`
}

test('[PB10] a status within the ranges passes, any other fails and is named', async () => {
  await using ok = await aRecorder(204)
  await using broken = await aRecorder(503)
  expect(await ask(http(ok.url))).toBe('pass: HTTP 204')
  expect(await ask(http(broken.url))).toBe('fail: HTTP 503')
  const status = [
    { from: 200, to: 200 },
    { from: 500, to: 503 },
  ]
  expect(await ask(http(broken.url, { status }))).toBe('pass: HTTP 503')
  expect(await ask(http(ok.url, { status }))).toBe('fail: HTTP 204')
})

test('[PB11] method, path, query and headers arrive as given, and win over our own', async () => {
  await using server = await aRecorder()
  const headers = new Map([
    ['X-Token', 'ä b'],
    ['host', 'example.test'],
    ['User-Agent', 'me'],
  ])
  await ask(http(`${server.url}/a%20b?c=d&e#fragment`, { method: 'POST', headers }))
  const [request] = server.requests
  expect(request).toMatchObject({ method: 'POST', url: '/a%20b?c=d&e' })
  expect(request?.headers).toMatchObject({ host: 'example.test', 'user-agent': 'me', 'content-length': '0' })
  expect(Buffer.from(request?.headers['x-token'] as string, 'latin1').toString()).toBe('ä b')
})

test('[PB11] without headers of its own a request names its host and asks for the connection to end', async () => {
  await using server = await aRecorder()
  await ask(http(server.url))
  const headers = { host: `127.0.0.1:${server.port}`, 'user-agent': 'coppice', accept: '*/*', connection: 'close' }
  expect(server.requests[0]?.headers).toEqual(headers)
})

test('[PB11] user and password in the URL are basic authentication', async () => {
  await using server = await aRecorder()
  await ask(http(`http://me:s%3Acret@127.0.0.1:${server.port}/`))
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('me:s:cret')}`)
})

test('[PB11] a header cannot smuggle in another', async () => {
  await using server = await aRecorder()
  const headers = new Map([['x', 'a\r\ny: b']])
  expect(await ask(http(server.url, { headers }))).toBe('fail: the header x has a line break')
  expect(server.requests).toEqual([])
})

test('[PB12] every expected header must be there and match', async () => {
  await using server = await aRecorder(200, { 'X-Role': 'primary', 'X-Lag': '12' })
  const expecting = (expectHeaders: Map<string, string>) => ask(http(server.url, { expectHeaders }))
  expect(
    await expecting(
      new Map([
        ['x-role', '^prim'],
        ['X-Lag', '^[0-9]+$'],
      ]),
    ),
  ).toBe('pass: HTTP 200')
  expect(await expecting(new Map([['X-Role', '^replica$']]))).toBe(
    'fail: HTTP 200, but X-Role: primary does not match /^replica$/',
  )
  expect(await expecting(new Map([['x-none', '.*']]))).toBe('fail: HTTP 200, but without the header x-none')
})

test('[PB13] the body must match what is expected of it, in whatever framing and pieces it comes', async () => {
  const answers = [
    ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', 'status', ':ok'],
    ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '6\r\nsta', 'tus\r', '\n3;x=y\r', '\n:ok\r\n0\r\n\r\n'],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nstatus\r\n3\r\n:ok\r\n0\r\n', 'trailer: x\r\n\r\n'],
    ['HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTT', 'P/1.1 200 OK\r\ncontent-length: 9\r\n\r', '\nstatus:ok'],
    ['HTTP/1.0 200\nContent-Length:9\n\nstatus:ok'],
  ]
  for (const pieces of answers) {
    await using server = await servers.aServerThatWrites(...pieces)
    expect(await ask(http(at(server), { expectBody: '^status.*:ok$' }))).toBe('pass: HTTP 200')
    expect(await ask(http(at(server), { expectBody: 'bad' }))).toBe('fail: HTTP 200, but its body does not match /bad/')
  }
})

test('[PB13] a body without a length ends with the connection', async () => {
  await using server = await servers.aServerThatSays('HTTP/1.0 200 OK\r\n\r\nstatus:ok')
  expect(await ask(http(at(server), { expectBody: 'ok$' }))).toBe('pass: HTTP 200')
})

test('[PB13] a body that breaks off fails, but only if it is asked for', async () => {
  await using server = await servers.aServerThatSays('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nstatus:ok')
  expect(await ask(http(at(server), { expectBody: 'ok' }))).toBe(
    'fail: HTTP 200, but the connection closed in the midst of its body',
  )
  expect(await ask(http(at(server)))).toBe('pass: HTTP 200')
})

test('[PB13] a body that does not end fails at the timeout, but only if it is asked for', async () => {
  await using server = await servers.aServerThatWrites('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nstatus:ok')
  expect(await ask(within(http(at(server), { expectBody: 'ok' }), 150))).toBe(
    'fail: HTTP 200, but its body did not end within 150ms',
  )
  expect(await ask(http(at(server)))).toBe('pass: HTTP 200')
  expect(await ask(within(http(at(server)), 50))).toBe('pass: HTTP 200')
})

test('[PB13] of a body no more than 1 MiB is read', async () => {
  let sent = 0
  await using server = await servers.aServer((socket) => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    const pour = (): void => {
      while (!socket.destroyed && socket.write(chunk)) sent += chunk.length
    }
    socket.on('drain', pour)
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      pour()
    })
  })
  expect(await ask(http(at(server), { expectBody: '^x{1048576}$' }))).toBe('pass: HTTP 200')
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})

test('[PB13] an answer that has no body is not waited for', async () => {
  await using server = await servers.aServer((socket) => {
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n'))
  })
  expect(await ask(http(at(server), { method: 'HEAD', expectBody: '^$' }))).toBe('pass: HTTP 200')
  await using empty = await servers.aServerThatWrites('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  expect(await ask(http(at(empty), { expectBody: '^$' }))).toBe('pass: HTTP 200')
})

test('[PB14] redirects are followed, up to ten', async () => {
  const seen: string[] = []
  await using server = await servers.anHttpServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    const left = Number(request.url?.slice(1))
    if (left === 0) return void response.end('there')
    response.writeHead(302, { location: `./${left - 1}` }).end()
  })
  expect(await ask(http(at(server, '/10'), { expectBody: 'there' }))).toBe('pass: HTTP 200')
  expect(seen).toHaveLength(11)
  expect(await ask(http(at(server, '/11')))).toBe(
    `fail: more than 10 redirects, the last one to 127.0.0.1:${server.port}`,
  )
})

test('[PB14] a redirect whose status is asked for, or that leads nowhere, is the answer', async () => {
  await using server = await aRecorder(302, { location: '/elsewhere' })
  expect(await ask(http(server.url, { status: [{ from: 200, to: 399 }] }))).toBe('pass: HTTP 302')
  await using lost = await aRecorder(302)
  expect(await ask(http(lost.url))).toBe('fail: HTTP 302')
  await using odd = await aRecorder(302, { location: 'ftp://example.test/' })
  expect(await ask(http(odd.url))).toBe('fail: HTTP 302')
})

test('[PB14] 307 and 308 keep the method, the others ask with GET', async () => {
  for (const [status, method] of [
    [301, 'GET'],
    [302, 'GET'],
    [303, 'GET'],
    [307, 'POST'],
    [308, 'POST'],
  ] as const) {
    await using target = await aRecorder()
    await using server = await aRecorder(status, { location: target.url })
    expect(await ask(http(server.url, { method: 'POST' }))).toBe('pass: HTTP 200')
    expect(target.requests[0]?.method).toBe(method)
  }
})

test('[PB14] secrets are not carried to another host', async () => {
  await using target = await aRecorder()
  await using server = await aRecorder(302, { location: target.url })
  const headers = new Map([
    ['Authorization', 'Bearer secret'],
    ['Cookie', 'a=b'],
    ['x-other', 'c'],
  ])
  expect(await ask(http(server.url, { headers }))).toBe('pass: HTTP 200')
  expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer secret', cookie: 'a=b' })
  expect(target.requests[0]?.headers).not.toHaveProperty('authorization')
  expect(target.requests[0]?.headers).not.toHaveProperty('cookie')
  expect(target.requests[0]?.headers['x-other']).toBe('c')
})

test('[PB14] secrets are kept on the way within one host', async () => {
  const seen: (string | undefined)[] = []
  await using server = await servers.anHttpServer((request, response) => {
    seen.push(request.headers.authorization)
    if (request.url === '/there') return void response.end()
    response.writeHead(302, { location: '/there' }).end()
  })
  expect(await ask(http(at(server), { headers: new Map([['Authorization', 'Bearer secret']]) }))).toBe('pass: HTTP 200')
  expect(seen).toEqual(['Bearer secret', 'Bearer secret'])
})

test('[PB15] every attempt opens a connection of its own', async () => {
  let connections = 0
  await using server = await servers.aServer((socket) => {
    connections++
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n'))
  })
  for (let i = 0; i < 3; i++) await ask(http(at(server)))
  expect(connections).toBe(3)
})

test('[PB15] a proxy from the environment is not used', async () => {
  await using server = await aRecorder()
  const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']
  for (const name of names) process.env[name] = 'http://127.0.0.1:1'
  try {
    expect(await ask(http(server.url))).toBe('pass: HTTP 200')
  } finally {
    for (const name of names) delete process.env[name]
  }
})

test('[PB16] on this machine a certificate is not verified', async () => {
  await using server = await servers.aTlsServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
  })
  for (const host of ['127.0.0.1', 'localhost']) {
    expect(await ask(http(`https://${host}:${server.port}/`))).toBe('pass: HTTP 200')
  }
})

test('[PB16] anywhere else it is', async () => {
  await using server = await servers.aTlsServer((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
  })
  // Another name for the same address, by which it counts as any other host.
  expect(await ask(http(`https://[::ffff:127.0.0.1]:${server.port}/`))).toMatch(/^fail: self.signed certificate: /)
})

test('[PB16] https where no TLS is spoken fails with words', async () => {
  await using server = await servers.aServerThatSays('HTTP/1.1 400 Bad Request\r\n\r\n')
  expect(await ask(http(`https://127.0.0.1:${server.port}/`))).toBe(
    `fail: no TLS spoken here: 127.0.0.1:${server.port}`,
  )
})

test('[PB1] what is no HTTP, or no answer at all, fails with words', async () => {
  await using redis = await servers.aServerThatSays('-ERR unknown command\r\n\r\n')
  expect(await ask(http(at(redis)))).toBe(`fail: does not answer in HTTP: 127.0.0.1:${redis.port}`)
  await using endless = await servers.aServerThatSays('x'.repeat(100_000))
  expect(await ask(http(at(endless)))).toBe(`fail: does not answer in HTTP: 127.0.0.1:${endless.port}`)
  await using mute = await servers.aServerThatSays('')
  expect(await ask(http(at(mute)))).toBe(`fail: connection closed without an answer: 127.0.0.1:${mute.port}`)
  const port = await servers.aFreePort()
  expect(await ask(http(`http://localhost:${port}/`))).toBe(`fail: connection refused: localhost:${port}`)
  expect(await ask(http('not a url'))).toStartWith('fail: ')
})

test('[PB6] localhost is asked on 127.0.0.1 and on ::1', async () => {
  await using six = await servers.aServer(
    (socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))
    },
    { host: '::1' },
  )
  expect(await ask(http(`http://localhost:${six.port}/`))).toBe('pass: HTTP 200')
  expect(await ask(http(`http://[::1]:${six.port}/`))).toBe('pass: HTTP 200')
})
