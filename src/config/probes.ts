import type { Probe } from '../core/check.ts'
import type { Millis } from '../lib/time.ts'
import { programLine } from './command-line.ts'
import { path } from './paths.ts'
import { parsed } from './reader.ts'
import { mode, regex } from './readers.ts'
import { mapOf, oneOrMore, text } from './shapes.ts'
import { key, type Keys, type Values } from './table.ts'
import { parseGrpc, parseHostPort, parseRedis, type HostPort } from './targets.ts'
import { parseHttpUrl, parseMethod, parseStatuses } from './values.ts'

/** One kind of probe, as a table of keys. The kind's own name is one of them and holds what is asked. */
export interface Kind {
  readonly name: string
  readonly keys: Keys
  /** None when the key of the kind held nothing good. Several must all pass. */
  readonly build: (values: Values<Keys>, timeout: Millis) => readonly Probe[]
}

/** The kinds of probes that a config file can name. [CD12] */
export function probeKinds(): readonly Kind[] {
  return [http, tcp, portFree, redis, grpc, exec, file, dir]
}

const address = parsed('a port or host:port', (found) => parseHostPort(found))

const http = kind('http', {
  keys: {
    http: key(parsed('a URL such as http://localhost:8080/health', parseHttpUrl), 'The URL to ask.'),
    method: key(parsed('an HTTP method', parseMethod), 'GET if not said.'),
    status: key(
      oneOrMore(parsed('status codes such as 200-299,301', parseStatuses)),
      'What passes: `200-299,301`. 200-299 if not said.',
    ),
    headers: key(mapOf(text()), 'Headers to send.'),
    expect_header: key(mapOf(regex()), 'Header → regular expression that its value must match.'),
    body: key(regex(), 'A regular expression that the body must match.'),
  },
  build: ({ http: url, method, status, headers, expect_header: expectHeaders, body }, timeout) =>
    whenGiven(url, (given) => ({
      kind: 'http',
      url: given,
      method: method ?? 'GET',
      headers: headers ?? new Map(),
      status: status?.flat() ?? [{ from: 200, to: 299 }],
      expectHeaders: expectHeaders ?? new Map(),
      expectBody: body ?? null,
      timeout,
    })),
})

const tcp = kind('tcp', {
  keys: { tcp: key(oneOrMore(address), 'A port of this host, `host:port`, or a list: each must accept a connection.') },
  build: ({ tcp: targets }, timeout) =>
    byHost(targets).map(({ host, ports }) => ({ kind: 'tcp', host: host ?? 'localhost', ports, timeout })),
})

const portFree = kind('port-free', {
  keys: { 'port-free': key(oneOrMore(address), 'A port, `host:port`, or a list: nobody may listen there.') },
  build: ({ 'port-free': targets }, timeout) =>
    byHost(targets).map((each) => ({ kind: 'port-free', ...each, timeout })),
})

const redis = kind('redis', {
  keys: {
    redis: key(
      parsed('host:port or redis://user:password@host:port', parseRedis),
      'The server that must answer PING with PONG.',
    ),
    username: key(text(), 'Whom to authenticate as (Redis 6 and later).'),
    password: key(text(), 'Sent with AUTH.'),
  },
  build: ({ redis: target, username, password }, timeout) =>
    whenGiven(target, ({ host, port, ...login }) => ({
      kind: 'redis',
      host: host ?? 'localhost',
      port,
      username: username ?? login.username,
      password: password ?? login.password,
      timeout,
    })),
})

const grpc = kind('grpc', {
  keys: {
    grpc: key(
      parsed('host:port or host:port/service', parseGrpc),
      'The server whose standard health service is asked.',
    ),
    service: key(text(), 'Which service of it; the server as a whole if not said.'),
  },
  build: ({ grpc: target, service }, timeout) =>
    whenGiven(target, ({ host, port, service: named }) => ({
      kind: 'grpc',
      host: host ?? 'localhost',
      port,
      service: service ?? named,
      timeout,
    })),
})

const exec = kind('exec', {
  keys: {
    exec: key(programLine(), 'A command that must exit 0; it runs with the environment and directory of the process.'),
  },
  build: ({ exec: command }, timeout) => whenGiven(command, (given) => ({ kind: 'exec', command: given, timeout })),
})

const file = kind('file', {
  keys: { file: key(path('base'), 'A path that must exist.') },
  build: ({ file: wanted }, timeout) => whenGiven(wanted, (given) => ({ kind: 'file', path: given, timeout })),
})

const dir = kind('dir', {
  keys: {
    dir: key(path('base'), 'A directory that must exist or is created, parents too.'),
    mode: key(mode(), 'The permissions it is created with; 0755 if not said.'),
  },
  build: ({ dir: wanted, mode: bits }, timeout) =>
    whenGiven(wanted, (given) => ({ kind: 'dir', path: given, mode: bits ?? 0o755, timeout })),
})

function kind<K extends Keys>(
  name: string,
  { keys, build }: { keys: K; build: (values: Values<K>, timeout: Millis) => readonly Probe[] },
): Kind {
  // Whoever builds has read the values by these very keys.
  return { name, keys, build: (values, timeout) => build(values as Values<K>, timeout) }
}

function whenGiven<T>(value: T | undefined, build: (value: T) => Probe): readonly Probe[] {
  return value === undefined ? [] : [build(value)]
}

function byHost(targets: readonly HostPort[] = []): readonly { host: string | null; ports: readonly number[] }[] {
  const hosts = new Set(targets.map(({ host }) => host))
  return [...hosts].map((host) => ({
    host,
    ports: targets.filter((target) => target.host === host).map(({ port }) => port),
  }))
}
