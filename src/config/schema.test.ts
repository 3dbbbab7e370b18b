import { expect, test } from 'bun:test'

import { dedent, load } from '../../test/support/config.ts'
import { fileKeys } from './file-keys.ts'
import type { Json, Schema } from './json-schema.ts'
import { processKeys } from './process-keys.ts'
import { configSchema } from './schema.ts'

const schema = configSchema()

test('[CD19] has every key of a file and of a process, each with what it means', () => {
  for (const [keys, table] of [
    [fileKeys, schema],
    [processKeys, definition('process')],
  ] as const) {
    expect(Object.keys(part(table['properties']))).toEqual(Object.keys(keys))
    for (const property of Object.values(part(table['properties']))) expect(part(property)['description']).toBeString()
    expect(table['additionalProperties']).toBe(false)
  }
})

test('[CD19] every reference has its definition', () => {
  const references = [...JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)].map(([, name]) => name ?? '')
  expect(references.length).toBeGreaterThan(10)
  for (const name of references) expect(definition(name)).toBeDefined()
})

const good = `
  $schema: ../schema/coppice.schema.json
  x-note: anything
  env: {PORT: 8080, NAME: web}
  shutdown_max: 2m
  logger: {output: STDERR, format: json, level: debug, pidinfo: info}
  prologue: [dir:data, {port-free: [80, "127.0.0.1:81"], name: ports}]
  defaults: {user: www, stop_timeout: 5s}
  processes:
    - name: db
      command: [redis-server, --port, 6379]
      ready: {redis: localhost:6379, interval: 100ms, period: 5s, retries: 2}
      limits: {nofile: "1024:4096", core: unlimited, as: {soft: 1G, hard: 2G}}
      umask: "022"
      nice: -5
      backoff: {initial: 1s, factor: 1.5, max: 1m, jitter: 0, reset_after: 5m}
      start_limit: {burst: 5, interval: 10s}
      success_exit_codes: [0, 2]
      log: db.log
      log_max_size: 10MB
      log_keep: 3
    - name: web
      file: ./bin/web
      args: --port $PORT
      env: {A: 1, B: x, C: true}
      parent: db
      dependencies: [cache, {name: db, condition: started, on_exit: stop}]
      ready: notify
      monitors:
        - http: http://localhost:8080/health
          status: [204, "200-299"]
          headers: {A: b}
          bucket: {capacity: 3, leak: 1m}
        - any: [tcp:1, {not: {exec: "test -e x"}}]
          period: \${PERIOD:-3s}
      restart: \${RESTART:-on-failure}
      instances: 2
    - {name: cache, command: x, stop_signal: INT, kill_mode: mixed, ready: {notify: socket, watchdog: 30s}}
    - {name: job, command: x, schedule: {cron: "0 3 * * *", time_zone: Europe/Berlin}, significant: false}
    - {name: hup, command: x, on_signal: HUP, shutdown: true, terminate: true}
`

test('[CD19] accepts what the loader accepts', async () => {
  const loaded = await load('p.yml', good)
  expect(loaded.ok ? loaded.warnings : loaded.problems).toEqual([])
  expect(faults(data(good), schema, '')).toEqual([])
})

test.each([
  ['parent: db', 'parnet: db'],
  ['restart: ${RESTART:-on-failure}', 'restart: never'],
  ['stop_timeout: 5s', 'stop_timeout: 5'],
  ['nice: -5', 'nice: 50'],
  ['burst: 5, interval: 10s', 'burst: 5'],
  ['redis: localhost:6379', 'rediss: localhost:6379'],
  ['kill_mode: mixed', 'kill_mode: [mixed]'],
  ['level: debug', 'level: loud'],
  ['condition: started', 'condition: start'],
  ['log_max_size: 10MB', 'log_max_size: big'],
  ['tcp:1, {not', 'tpc:1, {not'],
])('[CD19] refuses what the loader refuses: %s → %s', async (from, to) => {
  expect(good).toContain(from)
  const bad = good.replace(from, to)
  expect((await load('p.yml', bad)).ok).toBe(false)
  expect(faults(data(bad), schema, '')).not.toEqual([])
})

function data(yaml: string): Json {
  return Bun.YAML.parse(dedent(yaml)) as Json
}

function definition(name: string): Schema {
  return part(part(schema['definitions'])[name])
}

function part(json: Json | undefined): Schema {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new Error(`no schema: ${JSON.stringify(json)}`)
  return json as Schema
}

/** What a value does wrong, by the keywords that our schema uses. */
function faults(value: Json, rule: Schema, at: string): string[] {
  const choices = (key: string): string[][] =>
    ((rule[key] ?? []) as Schema[]).map((choice) => faults(value, choice, at))
  const passing = (key: string): number => choices(key).filter((found) => found.length === 0).length
  const told: string[] = []
  if (typeof rule['$ref'] === 'string') {
    told.push(...faults(value, definition(rule['$ref'].split('/').at(-1) ?? ''), at))
  }
  if (rule['anyOf'] !== undefined && passing('anyOf') === 0)
    told.push(`${at}: none of anyOf: ${choices('anyOf').flat().join(' | ')}`)
  if (rule['oneOf'] !== undefined && passing('oneOf') !== 1) told.push(`${at}: ${passing('oneOf')} of oneOf`)
  if (rule['allOf'] !== undefined) told.push(...choices('allOf').flat())
  if (rule['enum'] !== undefined && !(rule['enum'] as Json[]).includes(value)) told.push(`${at}: not in the enum`)
  if (rule['type'] !== undefined && ![rule['type']].flat().some((type) => isOf(value, type)))
    return [...told, `${at}: type`]
  if (typeof value === 'string') {
    if (typeof rule['pattern'] === 'string' && !new RegExp(rule['pattern'], 'u').test(value))
      told.push(`${at}: pattern`)
    if (typeof rule['minLength'] === 'number' && value.length < rule['minLength']) told.push(`${at}: minLength`)
  } else if (typeof value === 'number') {
    if (typeof rule['minimum'] === 'number' && value < rule['minimum']) told.push(`${at}: minimum`)
    if (typeof rule['maximum'] === 'number' && value > rule['maximum']) told.push(`${at}: maximum`)
  } else if (Array.isArray(value)) {
    if (rule['items'] !== undefined)
      told.push(...value.flatMap((item, i) => faults(item, part(rule['items']), `${at}/${i}`)))
  } else if (typeof value === 'object' && value !== null) told.push(...objectFaults(part(value), rule, at))
  return told
}

function objectFaults(value: Schema, rule: Schema, at: string): string[] {
  const known = new Map(Object.entries(part(rule['properties'] ?? {})))
  const patterns = Object.keys(part(rule['patternProperties'] ?? {}))
  const missing = ((rule['required'] ?? []) as string[]).filter((name) => !Object.hasOwn(value, name))
  const inner = Object.entries(value).flatMap(([name, item]) => {
    const own =
      known.get(name) ??
      (patterns.some((pattern) => new RegExp(pattern).test(name)) ? {} : rule['additionalProperties'])
    if (own === undefined || own === true) return []
    return own === false ? [`${at}/${name}: not allowed`] : faults(item, part(own), `${at}/${name}`)
  })
  return [...missing.map((name) => `${at}: ${name} is missing`), ...inner]
}

function isOf(value: Json, type: Json): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}
