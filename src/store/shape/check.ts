import type { Check, CheckMemory, Probe } from '../../core/check.ts'
import { kinds, lazy, list, mapOf, number, object, orNull, someOf, text, union, type Shape } from './shape.ts'

type Range = Extract<Probe, { kind: 'http' }>['status'][number]

const ports = list(number)
const timeout = number

const probe = kinds<Probe>({
  http: {
    url: text,
    method: text,
    headers: mapOf(text),
    status: list(object<Range>({ from: number, to: number })),
    expectHeaders: mapOf(text),
    expectBody: orNull(text),
    timeout,
  },
  tcp: { host: text, ports, timeout },
  'port-free': { host: orNull(text), ports, timeout },
  redis: { host: text, port: number, username: orNull(text), password: orNull(text), timeout },
  grpc: { host: text, port: number, service: text, timeout },
  exec: { command: someOf(text), timeout },
  file: { path: text, timeout },
  dir: { path: text, mode: number, timeout },
  custom: { id: text, timeout },
})

export const check: Shape<Check> = union<Check>({
  probe: { probe },
  not: { of: lazy(() => check) },
  all: { of: list(lazy(() => check)) },
  any: { of: list(lazy(() => check)) },
  retries: { retries: number, of: lazy(() => check) },
  bucket: { capacity: number, leak: number, of: lazy(() => check) },
})

export const checkMemory: Shape<CheckMemory> = union<CheckMemory>({
  none: {},
  parts: { parts: list(lazy(() => checkMemory)) },
  misses: { misses: number, part: lazy(() => checkMemory) },
  level: { level: number, at: number, part: lazy(() => checkMemory) },
})
