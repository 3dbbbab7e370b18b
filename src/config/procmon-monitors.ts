import type { Check, Probe } from '../core/check.ts'
import type { Monitor } from '../core/spec.ts'
import type { Millis } from '../lib/time.ts'
import { compose, composing } from './compose.ts'
import { monitorName } from './monitor-name.ts'
import { path } from './paths.ts'
import { looseFlag } from './procmon-readers.ts'
import { orBlank, parsed, wrong, type Reader, type Reading } from './reader.ts'
import { duration, mode } from './readers.ts'
import { oneOf } from './shapes.ts'
import { complete, key, table, type Keys, type Values } from './table.ts'
import { parseRedis } from './targets.ts'
import { valueOf, type Table } from './tree.ts'
import { parseHttpUrl, parseMethod, parsePort } from './values.ts'

const behaviourPeriod: Millis = 15_000

const common = {
  name: key(orBlank(monitorName)),
  type: key(parsed('a type', (found) => found)),
  period: key(orBlank(duration({ longerThanZero: true }))),
  timeout: key(orBlank(duration({ longerThanZero: true }))),
  not: key(looseFlag()),
  ...composing,
}

interface Type {
  readonly keys: Keys
  /** Which of the keys must be there. */
  readonly needed: readonly string[]
  readonly build: (values: Values<Keys>, timeout: Millis | undefined) => Probe | undefined
}

const http = {
  url: key(parsed('a URL such as http://localhost:8080/health', parseHttpUrl)),
  verb: key(orBlank(parsed('an HTTP method', parseMethod))),
}
const redis = { addr: key(orBlank(parsed('host:port', parseRedis))) }
const port = { port: key(parsed('a port, or several with blanks between', parsePorts)) }
const directory = { path: key(path()), perm: key(orBlank(mode())) }

/** procmon's monitor types. [PM17] [PM18] [PM19] [PM20] [PM21] */
const types: ReadonlyMap<string, Type> = new Map([
  ['http', type(http, { needed: ['url'], build: httpProbe })],
  ['redis', type(redis, { needed: [], build: redisProbe })],
  ['portinuse', type(port, { needed: ['port'], build: tcpProbe })],
  ['portavailable', type(port, { needed: ['port'], build: portFreeProbe })],
  ['ensuredir', type(directory, { needed: ['path'], build: dirProbe })],
])

/** One monitor of a task or of the prologue. [PM16] */
export function procmonMonitor(): Reader<Monitor> {
  return {
    schema: {},
    read(node, reading) {
      if (node.tag !== 'table') return wrong(node, reading, 'a table')
      const name = typeOf(node, reading)
      const found = types.get(name ?? '')
      if (name === undefined || found === undefined) return undefined
      const values = complete({ ...common, ...found.keys }, ...found.needed).read(node, reading) ?? {}
      const probe = found.build(values, values.timeout)
      if (probe === undefined) return undefined
      const plain: Check = { tag: 'probe', probe }
      const check = compose(values.not === true ? { tag: 'not', of: plain } : plain, values)
      return { name: values.name ?? name, check, period: values.period ?? behaviourPeriod }
    },
  }
}

function typeOf(node: Table, reading: Reading): string | undefined {
  const written = valueOf(node, 'type')
  if (written !== undefined) return oneOf(...types.keys()).read(written, reading)
  // A slip in the key `type` itself is told as the unknown key that it is.
  table({ ...common, ...http, ...redis, ...port, ...directory }).read(node, reading)
  reading.problems.error(node, 'the monitor has no "type"', `it may be ${[...types.keys()].join(', ')}`)
  return undefined
}

function type<K extends Keys>(
  keys: K,
  {
    needed,
    build,
  }: { needed: readonly string[]; build: (values: Values<K>, timeout: Millis | undefined) => Probe | undefined },
): Type {
  // Whoever builds has read the values by these very keys.
  return { keys, needed, build: (values, timeout) => build(values as Values<K>, timeout) }
}

function httpProbe({ url, verb = 'GET' }: Values<typeof http>, timeout: Millis = 1000): Probe | undefined {
  if (url === undefined) return undefined
  const standard = { headers: new Map(), status: [{ from: 200, to: 299 }], expectHeaders: new Map(), expectBody: null }
  return { kind: 'http', url, method: verb, ...standard, timeout }
}

function redisProbe({ addr }: Values<typeof redis>, timeout: Millis = 1000): Probe {
  const target = addr ?? { host: null, port: 6379, username: null, password: null }
  return { kind: 'redis', ...target, host: target.host ?? 'localhost', timeout }
}

function tcpProbe({ port: ports }: Values<typeof port>, timeout: Millis = 100): Probe | undefined {
  return ports && { kind: 'tcp', host: 'localhost', ports, timeout }
}

function portFreeProbe({ port: ports }: Values<typeof port>, timeout: Millis = 1000): Probe | undefined {
  return ports && { kind: 'port-free', host: null, ports, timeout }
}

function dirProbe({ path: dir, perm = 0o755 }: Values<typeof directory>, timeout: Millis = 1000): Probe | undefined {
  return dir === undefined ? undefined : { kind: 'dir', path: dir, mode: perm, timeout }
}

function parsePorts(text: string): readonly number[] | null {
  const found = text.trim().split(/\s+/).map(parsePort)
  return found.every((port) => port !== null) ? found : null
}
