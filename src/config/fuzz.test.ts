// Whatever a file holds, loading it ends in a plan or in problems that each name file and line.
import { describe, expect, test } from 'bun:test'

import { dedent, load } from '../../test/support/config.ts'
import { seededDice } from '../lib/dice.ts'

const procmon = `
  [env]
  PORT = "6379"
  URL = "http://localhost:$PORT"
  [logger]
  output = "STDERR"
  level = "info"
  [[prologue]]
  name = "data"
  type = "ensuredir"
  path = "data"
  perm = "0755"
  [[task]]
  name = "backup"
  path = "/bin/true"
  [task.specials]
  onetime = true
  signal = "SIGHUP"
  periodic = "1h"
  [[task]]
  name = "redis"
  path = "redis-server"
  args = ["--port", "$PORT"]
  maxshutdown = "5s"
  prerun = ["backup"]
  [[task.monitors]]
  name = "ready"
  type = "portinuse"
  port = "$PORT 80"
  bucket = { capacity = 3, leak = "1m" }
  [[task]]
  name = "web"
  path = "web"
  parent = "redis"
  stdout = "SUPPRESS"
`

const ours = `
  env: {PORT: 8080}
  logger: {format: json}
  prologue:
    - dir:data
  defaults:
    stop_timeout: 3s
  processes:
    - name: db
      command: redis-server --port $PORT
      ready: redis:6379
      limits: {nofile: 1024:4096}
      backoff: {initial: 1s, max: 5s}
    - name: web
      file: ./web
      args: [--a, "b c"]
      parent: db
      dependencies:
        - {name: job, condition: completed}
      monitors:
        - http: http://localhost:80/
          status: 200-299
          retries: 3
        - any: [tcp:1, {not: file:x}]
      env_vars: A=1 B='x y'
      instances: 2
    - name: job
      command: [sh, -c, "echo 'x'"]
      schedule: {cron: "0 3 * * *", time_zone: Europe/Berlin}
      umask: 022
`

const pmon3 = `
  {
    "processes": [
      { "file": "/srv/app", "name": "a", "args": "-x 'y z'", "env_vars": "P=1", "dependencies": ["b"] },
      { "file": "/srv/app", "name": "b", "no_auto_restart": true, "log_dir": "/var/log", "groups": ["g"] }
    ]
  }
`

const samples = [
  ['procmon.toml', procmon],
  ['coppice.yml', ours],
  ['process.config.json', pmon3],
] as const

type Dice = (below: number) => number
type Mutation = (text: string, dice: Dice) => string

const values = [
  '5',
  '-1',
  'true',
  '""',
  '[]',
  '{}',
  'null',
  '[1, [2]]',
  '{"a": {"b": 1}}',
  '"\u0000"',
  '1e999',
  '"$X"',
  '"${"',
  "'",
  '&a *a',
]

const mutations: readonly Mutation[] = [
  (text, dice) => text.slice(0, dice(text.length)),
  (text, dice) => onLines(text, (lines) => lines.splice(dice(lines.length), 1)),
  (text, dice) => onLines(text, (lines) => lines.splice(dice(lines.length), 0, lines[dice(lines.length)] ?? '')),
  (text, dice) => onLines(text, (lines) => lines.push(...lines.splice(dice(lines.length), 1))),
  (text, dice) => swapped(text, dice(text.length - 1)),
  (text, dice) => spliced(text, dice(text.length), { without: 1, put: '' }),
  (text, dice) =>
    spliced(text, dice(text.length), { without: 0, put: '{}[]"\'=:,#\t\n\\$&*!|>%@`\u0000é'.charAt(dice(24)) }),
  (text, dice) => {
    const found = [...text.matchAll(/[:=] *([^\s,{}[\]]+|\[.*?\])/g)]
    const match = found[dice(found.length)]
    if (match === undefined) return text
    const [whole, value = ''] = match
    return spliced(text, match.index + whole.length - value.length, {
      without: value.length,
      put: values[dice(values.length)] ?? '',
    })
  },
]

describe.each(samples)('%s', (name, sample) => {
  test('[CF15] is good as it is', async () => {
    const loaded = await load(name, sample)
    expect(loaded.ok ? [] : loaded.problems).toEqual([])
  })

  test.each(Array.from({ length: 200 }, (_, seed) => seed))('[CF15] broken with seed %i', async (seed) => {
    const dice = seeded(seed + name.length * 1000)
    let text = dedent(sample)
    for (let n = 0; n <= dice(3); n++) text = (mutations[dice(mutations.length)] ?? String)(text, dice)
    const loaded = await load(name, text)
    const problems = loaded.ok ? loaded.warnings : loaded.problems
    expect(loaded.ok || problems.some(({ severity }) => severity === 'error')).toBe(true)
    for (const problem of problems) {
      expect(problem.file).toBe(name)
      expect(problem.line).toBeWithin(1, text.split('\n').length + 1)
      expect(problem.column).toBeGreaterThanOrEqual(1)
      expect(problem.message).not.toMatch(/undefined|\[object|NaN/)
    }
  })
})

function onLines(text: string, change: (lines: string[]) => void): string {
  const lines = text.split('\n')
  change(lines)
  return lines.join('\n')
}

function swapped(text: string, at: number): string {
  return text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2)
}

function spliced(text: string, at: number, { without, put }: { without: number; put: string }): string {
  return text.slice(0, at) + put + text.slice(at + without)
}

/** Whole numbers from 0 up to, but without, `below`: the same for the same seed. */
function seeded(seed: number): Dice {
  const dice = seededDice(seed)
  return (below) => Math.floor(dice() * below)
}
