import { describe, expect, test } from 'bun:test'

import { load, planOf, problemsIn, specOf } from '../../test/support/config.ts'
import { formatOf } from './parse.ts'
import { formatProblem } from './problem.ts'

const good = {
  yaml: 'processes: [{command: web}]\n',
  json: '{"processes": [{"command": "web"}]}',
  toml: '[[processes]]\ncommand = "web"\n',
}

test.each([
  ['a.toml', 'toml'],
  ['a.YML', 'yaml'],
  ['a.yaml', 'yaml'],
  ['x/a.json', 'json'],
] as const)('[CF3] %s is %s whatever it holds', (path, format) => {
  for (const text of Object.values(good)) expect(formatOf(path, text)).toBe(format)
})

test.each([
  ['toml', '[[task]]\nname = "x"'],
  ['toml', '# comment: x\n\n[env]  # more'],
  ['toml', 'a.b = 1'],
  ['json', '{\n  "processes": []}'],
  ['json', '{"processes": []}'],
  ['json', '\n {}'],
  ['yaml', 'processes:\n  - command: a = b'],
  ['yaml', '- x'],
  ['yaml', ''],
])('[CF3] without a known ending, the content tells: %s %j', (format, text) => {
  expect(formatOf('Procfile.conf', text)).toBe(format as never)
})

test('[CF5] the dialect, by the content', async () => {
  const dialect = async (path: string, text: string): Promise<string> => (await planOf(path, text)).dialect
  expect(await dialect('p.toml', '[[task]]\nname = "x"\npath = "x"\n')).toBe('procmon')
  expect(await dialect('p.toml', '[[prologue]]\ntype = "redis"\n')).toBe('procmon')
  expect(await dialect('p.toml', '[[Processes]]\nFile = "/x"\n')).toBe('pmon3')
  expect(await dialect('p.json', '{"processes": [{"file": "/x"}]}')).toBe('pmon3')
  expect(await dialect('p.json', '{"$schema": "s", "processes": []}')).toBe('pmon3')
  expect(await dialect('p.json', '{"processes": [{"file": "/x"}, {"file": "/y", "oneshot": true}]}')).toBe('coppice')
  expect(await dialect('p.json', '{"processes": [{"file": "/x"}], "env": {}}')).toBe('coppice')
  expect(await dialect('p.yml', 'processes: {x: {file: /x}}')).toBe('coppice')
  expect(await dialect('p.toml', '[processes.x]\ncommand = "x"\n')).toBe('coppice')
})

test('[CF5] what pmon3 and we share means the same', async () => {
  const text =
    '{"processes": [{"file": "/x", "name": "x", "args": "a \'b c\'", "env_vars": "A=1", "no_auto_restart": true}]}'
  const pmon3 = await planOf('p.json', text)
  const ours = await planOf('p.json', text.replace('{"file"', '{"nice": 0, "file"'))
  expect([pmon3.dialect, ours.dialect]).toEqual(['pmon3', 'coppice'])
  const shared = { identity: null, declared: null }
  expect({ ...ours.specs[0], ...shared }).toEqual({ ...pmon3.specs[0], ...shared } as never)
})

describe('files that say nothing, or not what they should', () => {
  test.each([
    ['p.yml', ''],
    ['p.yml', '# only a comment\n'],
    ['p.json', '  \n'],
    ['p.yml', '---\n'],
  ])('[CF15] %s %j', async (path, text) => {
    expect(await problemsIn(path, text)).toEqual([
      `${path}:1:1: the file is empty — declare what to run under "processes"`,
    ])
  })

  test.each([
    ['p.yml', '- a\n', 'p.yml:1:1: the file must be a table with the key "processes"'],
    ['p.json', '5', 'p.json:1:1: the file must be a table with the key "processes"'],
    ['p.yml', 'env: {A: 1}\n', 'p.yml:1:1: there are no "processes"'],
    ['p.yml', 'procesess: []\n', 'p.yml:1:1: unknown key "procesess" — did you mean "processes"?'],
    ['p.toml', '[[proceses]]\nfile = "x"\n', 'p.toml:1:3: unknown key "proceses" — did you mean "processes"?'],
    ['p.yml', 'processes: 5\n', 'p.yml:1:12: "processes" must be a list of processes, or a table from name to process'],
    ['p.yml', 'processes: [5]\n', 'p.yml:1:13: a process must be a table of keys such as "name" and "command"'],
    ['p.yml', 'processes: []\napps: []\n', 'p.yml:2:1: "apps" and "processes" are there together — keep one of them'],
  ])('[CF15] %s %j', async (path, text, problem) => {
    expect(await problemsIn(path, text)).toEqual([problem])
  })
})

describe('syntax', () => {
  test.each([
    ['p.toml', '[[task]]\nname = "x\n', 'p.toml:2:10: not TOML: unterminated string constant'],
    ['p.toml', 'a = 1\na = 2\n', 'p.toml:2:1: not TOML: defining a key multiple times is invalid'],
    ['p.toml', 'x = 022\n', 'p.toml:1:5: not TOML: leading zeros are not allowed'],
    ['p.json', '{"a": 1\n "b": 2}', 'p.json:1:8: not JSON: comma expected'],
    ['p.json', '{"a": 1,}', 'p.json:1:9: not JSON: property name expected'],
    ['p.json', '// x\n{}', 'p.json:1:1: not JSON: invalid comment token'],
    ['p.json', '{"a": 1, "a": 2}', 'p.json:1:10: the key "a" is given twice'],
    ['p.yml', 'a: 1\na: 2\n', 'p.yml:2:1: not YAML: map keys must be unique'],
    ['p.yml', 'a: b: c\n', 'p.yml:1:4: not YAML: nested mappings are not allowed in compact mappings'],
    ['p.yml', 'a: 1\n---\nb: 2\n', 'p.yml:2:1: a config file is one document, and this is a second'],
    ['p.yml', '? [a]\n: b\n', 'p.yml:1:3: a key must be a text'],
    ['p.yml', 'a: *nope\n', 'p.yml:1:4: no anchor is called "nope"'],
    ['p.yml', 'a: &x {<<: 5}\n', 'p.yml:1:12: "<<" merges tables only'],
  ])('[CF14] %s %j', async (path, text, problem) => {
    expect(await problemsIn(path, text)).toContain(problem)
  })

  test('[CF14] aliases and merge keys; what is written out wins', async () => {
    const text = `
      x-base: &base {stop_timeout: 3s, nice: 5}
      processes:
        - <<: *base
          command: web
          nice: 1
    `
    const spec = await specOf('p.yml', text)
    expect([spec.stop.timeout, spec.identity.nice]).toEqual([3000, 1])
  })

  test('[CF14] YAML 1.2: no is a text, and a key without a value is not there', async () => {
    const spec = await specOf(
      'p.yml',
      'processes:\n  - command: web\n    restart: no\n    nice:\n    env: {A: no, B: 1.10, C: 0x1F, D: 2020-01-01}\n',
    )
    expect(spec.restart).toBe('no')
    expect(spec.identity.nice).toBeNull()
    expect(Object.fromEntries(spec.env.set)).toEqual({ A: 'no', B: '1.10', C: '0x1F', D: '2020-01-01' })
  })

  test('[CF17] null counts as not there', async () => {
    expect(
      (await specOf('p.json', '{"env": null, "processes": [{"command": "x", "stop_timeout": null}]}')).stop.timeout,
    ).toBe(10_000)
  })

  test.each([
    ['p.json', '['.repeat(50_000)],
    ['p.json', `${'['.repeat(500)}${']'.repeat(500)}`],
    ['p.yml', '['.repeat(5000)],
    ['p.yml', `a: ${'['.repeat(200)}${']'.repeat(200)}`],
    ['p.yml', '- '.repeat(20_000)],
    ['p.toml', `a = ${'['.repeat(50_000)}`],
    ['p.toml', `a = ${'['.repeat(200)}${']'.repeat(200)}`],
    ['p.yml', 'a: &a [*a]\nprocesses: []\n'],
    [
      'p.yml',
      `a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 20 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]\n`).join('')}`,
    ],
  ])('[CF14] [CF15] %s: nested or multiplied without end', async (path, text) => {
    const loaded = await load(path, text)
    expect(loaded.ok).toBe(false)
  })
})

test('[CF1] [CF2] all problems at once, sorted, each with its key', async () => {
  const text = `
    processes:
      - command: web
        nice: 99
        parnet: db
      - name: web
        stop_timeout: x
        command: [x]
  `
  const loaded = await load('conf/p.yml', text)
  if (loaded.ok) throw new Error('a bad file was accepted')
  expect(loaded.problems.map(({ line, column, key, severity }) => [line, column, key, severity])).toEqual([
    [3, 11, 'nice', 'error'],
    [4, 5, 'parnet', 'error'],
    [5, 11, 'name', 'error'],
    [6, 19, 'stop_timeout', 'error'],
  ])
  expect(loaded.problems.map(formatProblem)[1]).toBe('conf/p.yml:4:5: unknown key "parnet" — did you mean "parent"?')
})

test('[CF2] a byte order mark does not move the columns', async () => {
  expect(await problemsIn('p.json', '\uFEFF{"processes": [], "x": 1}')).toEqual(['p.json:1:19: unknown key "x"'])
})
