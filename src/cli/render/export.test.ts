import { describe, expect, test } from 'bun:test'
import { parse as parseYaml } from 'yaml'
import type { ExportView } from '../../wire/declare.ts'
import { printJson } from './export-json.ts'
import { printToml } from './export-toml.ts'
import { printYaml } from './export-yaml.ts'

/** A process of which only this was declared. */
function exported(view: Partial<ExportView>): ExportView {
  return {
    id: 1,
    file: '/srv/pmon3/test_app',
    user: 'root',
    log: '',
    args: '',
    env_vars: '',
    name: 'web',
    dependencies: [],
    groups: [],
    no_auto_restart: false,
    restart_count: 0,
    pid: 0,
    status: 'running',
    created_at: '2026-11-20T08:00:00.000Z',
    updated_at: '2026-11-20T08:00:00.000Z',
    more: {},
    ...view,
  }
}

/** The example of pmon3's own test of its export. */
const servers: readonly ExportView[] = [
  exported({
    name: 'export-test-server-1',
    log: '/var/log/export-test-server-1/export-test-server-1.log',
    env_vars: 'TEST_APP_PORT=11020',
    dependencies: ['export-test-server-2', 'export-test-server-3'],
    groups: ['groupA', 'groupB'],
  }),
  exported({
    name: 'export-test-server-2',
    log: '/srv/pmon3/logs/export-test-server-2.log',
    env_vars: 'TEST_APP_PORT=11021',
    no_auto_restart: true,
  }),
  exported({
    name: 'export-test-server-3',
    log: '/var/log/export-test-server-3.log',
    args: '-e example_args',
    env_vars: 'TEST_APP_PORT=11022',
    groups: ['groupC'],
  }),
  exported({
    name: 'export-test-server-4',
    log: '/srv/pmon3/logs/export-test-server-4.log',
    env_vars: 'TEST_APP_PORT=11023',
    dependencies: ['export-test-server-3'],
  }),
]

describe("[CL58] pmon3's own example, byte for byte", () => {
  test('JSON', () => {
    expect(printJson(servers)).toBe(`\
{
  "processes": [
    {
      "file": "/srv/pmon3/test_app",
      "user": "root",
      "log": "/var/log/export-test-server-1/export-test-server-1.log",
      "args": "",
      "env_vars": "TEST_APP_PORT=11020",
      "name": "export-test-server-1",
      "dependencies": [
        "export-test-server-2",
        "export-test-server-3"
      ],
      "groups": [
        "groupA",
        "groupB"
      ],
      "no_auto_restart": false
    },
    {
      "file": "/srv/pmon3/test_app",
      "user": "root",
      "log": "/srv/pmon3/logs/export-test-server-2.log",
      "args": "",
      "env_vars": "TEST_APP_PORT=11021",
      "name": "export-test-server-2",
      "no_auto_restart": true
    },
    {
      "file": "/srv/pmon3/test_app",
      "user": "root",
      "log": "/var/log/export-test-server-3.log",
      "args": "-e example_args",
      "env_vars": "TEST_APP_PORT=11022",
      "name": "export-test-server-3",
      "groups": [
        "groupC"
      ],
      "no_auto_restart": false
    },
    {
      "file": "/srv/pmon3/test_app",
      "user": "root",
      "log": "/srv/pmon3/logs/export-test-server-4.log",
      "args": "",
      "env_vars": "TEST_APP_PORT=11023",
      "name": "export-test-server-4",
      "dependencies": [
        "export-test-server-3"
      ],
      "no_auto_restart": false
    }
  ]
}
`)
  })

  test('TOML', () => {
    expect(printToml(servers)).toBe(`\
[[Processes]]
  File = "/srv/pmon3/test_app"
  User = "root"
  Log = "/var/log/export-test-server-1/export-test-server-1.log"
  Args = ""
  EnvVars = "TEST_APP_PORT=11020"
  Name = "export-test-server-1"
  dependencies = ["export-test-server-2", "export-test-server-3"]
  groups = ["groupA", "groupB"]

[[Processes]]
  File = "/srv/pmon3/test_app"
  User = "root"
  Log = "/srv/pmon3/logs/export-test-server-2.log"
  Args = ""
  EnvVars = "TEST_APP_PORT=11021"
  Name = "export-test-server-2"
  NoAutoRestart = true

[[Processes]]
  File = "/srv/pmon3/test_app"
  User = "root"
  Log = "/var/log/export-test-server-3.log"
  Args = "-e example_args"
  EnvVars = "TEST_APP_PORT=11022"
  Name = "export-test-server-3"
  groups = ["groupC"]

[[Processes]]
  File = "/srv/pmon3/test_app"
  User = "root"
  Log = "/srv/pmon3/logs/export-test-server-4.log"
  Args = ""
  EnvVars = "TEST_APP_PORT=11023"
  Name = "export-test-server-4"
  dependencies = ["export-test-server-3"]
`)
  })

  test('YAML', () => {
    expect(printYaml(servers)).toBe(`\
processes:
    - file: /srv/pmon3/test_app
      user: root
      log: /var/log/export-test-server-1/export-test-server-1.log
      args: ""
      env_vars: TEST_APP_PORT=11020
      name: export-test-server-1
      dependencies:
        - export-test-server-2
        - export-test-server-3
      groups:
        - groupA
        - groupB
    - file: /srv/pmon3/test_app
      user: root
      log: /srv/pmon3/logs/export-test-server-2.log
      args: ""
      env_vars: TEST_APP_PORT=11021
      name: export-test-server-2
      no_auto_restart: true
    - file: /srv/pmon3/test_app
      user: root
      log: /var/log/export-test-server-3.log
      args: -e example_args
      env_vars: TEST_APP_PORT=11022
      name: export-test-server-3
      groups:
        - groupC
    - file: /srv/pmon3/test_app
      user: root
      log: /srv/pmon3/logs/export-test-server-4.log
      args: ""
      env_vars: TEST_APP_PORT=11023
      name: export-test-server-4
      dependencies:
        - export-test-server-3
`)
  })
})

const odd = exported({ args: 'a "b" <c> & \\d\te', env_vars: 'GREETING=こんにちは', name: 'x' })

describe('[CL58] what needs escaping', () => {
  test('JSON guards < > &, as Go does', () => {
    expect(printJson([odd])).toContain(String.raw`"args": "a \"b\" \u003cc\u003e \u0026 \\d\te"`)
    expect(printJson([exported({ args: '\u2028' })])).toContain(String.raw`"args": "\u2028"`)
    expect(JSON.parse(printJson([odd]))).toMatchObject({ processes: [{ args: odd.args }] })
  })

  test('TOML', () => {
    expect(printToml([odd])).toContain(String.raw`  Args = "a \"b\" <c> & \\d\te"` + '\n')
    expect(printToml([exported({ args: '\u0007\u007f' })])).toContain(String.raw`Args = "\u0007\u007f"`)
    expect(Bun.TOML.parse(printToml([odd]))).toMatchObject({ Processes: [{ Args: odd.args, EnvVars: odd.env_vars }] })
  })
})

const more = {
  stop_timeout: '2s',
  instances: 3,
  ready: { http: 'http://localhost:80/', retries: 2, headers: { 'X Y': 'a' } },
  monitors: [{ tcp: '1', codes: [200, 204] }, 'redis://x'],
  limits: {},
  env_file: [],
}

describe("[CL58] keys of ours follow pmon3's, and every format reads back", () => {
  const written = { file: '/srv/pmon3/test_app', user: 'root', args: '', name: 'web', ...more }

  test('JSON', () => {
    expect(JSON.parse(printJson([exported({ more })]))).toEqual({ processes: [{ ...written, no_auto_restart: false }] })
  })

  test('YAML', () => {
    const text = printYaml([exported({ more })])
    expect(parseYaml(text)).toEqual({ processes: [written] })
    expect(text).toContain(`\
      ready:
        http: http://localhost:80/
        retries: 2
        headers:
            X Y: a
      monitors:
        - tcp: "1"
          codes:
            - 200
            - 204
        - redis://x
      limits: {}
      env_file: []
`)
  })

  test('TOML', () => {
    const text = printToml([exported({ more: { ...more, nothing: null } })])
    expect(Bun.TOML.parse(text)).toEqual({
      Processes: [{ File: '/srv/pmon3/test_app', User: 'root', Args: '', Name: 'web', ...more }],
    })
    expect(text).toContain('  ready = {http = "http://localhost:80/", retries = 2, headers = {"X Y" = "a"}}\n')
  })
})

test('[CL58] nothing to export', () => {
  expect(printJson([])).toBe('{\n  "processes": []\n}\n')
  expect(printYaml([])).toBe('processes: []\n')
  expect(printToml([])).toBe('')
})

describe('[CL58] a text in YAML stands as go-yaml writes it', () => {
  test.each([
    ['plain', 'plain'],
    ['two words', 'two words'],
    ['-e example_args', '-e example_args'],
    ['a:b', 'a:b'],
    ['http://x:80/', 'http://x:80/'],
    ['v1.2.3', 'v1.2.3'],
    ["it's", "it's"],
    ['a#b', 'a#b'],
    ['A=1 B=2', 'A=1 B=2'],
    ['1.2.3', '1.2.3'],
    ['2026-13-01', '2026-13-01'],
    ['über', 'über'],
    ['', '""'],
    ['80', '"80"'],
    ['-5', '"-5"'],
    ['1_000', '"1_000"'],
    ['0x1F', '"0x1F"'],
    ['0o17', '"0o17"'],
    ['1.5', '"1.5"'],
    ['.5', '".5"'],
    ['1e3', '"1e3"'],
    ['true', '"true"'],
    ['Yes', '"Yes"'],
    ['n', '"n"'],
    ['null', '"null"'],
    ['~', '"~"'],
    ['.inf', '".inf"'],
    ['12:30', '"12:30"'],
    ['2026-11-20', '"2026-11-20"'],
    ['2026-11-20T08:00:00Z', '"2026-11-20T08:00:00Z"'],
    ['- a', "'- a'"],
    ['-', "'-'"],
    ['--- a', "'--- a'"],
    ['a: b', "'a: b'"],
    ['a:', "'a:'"],
    ['a #b', "'a #b'"],
    ['#a', "'#a'"],
    ['*a', "'*a'"],
    ['@a', "'@a'"],
    ['%a', "'%a'"],
    ['"a"', `'"a"'`],
    ["'a'", "'''a'''"],
    ['{a}', "'{a}'"],
    [' a', "' a'"],
    ['a ', "'a '"],
    ['a\tb', String.raw`"a\tb"`],
    ['a\u001b[0m', String.raw`"a\e[0m"`],
    ['a\u0001', String.raw`"a\x01"`],
    ['🌳', String.raw`"\U0001F333"`],
    ['a\nb', '|-\n        a\n        b'],
    ['a\n\nb\n', '|\n        a\n\n        b'],
    ['a\nb\n\n', '|+\n        a\n        b\n'],
    [' a\nb', String.raw`" a\nb"`],
    ['a \nb', String.raw`"a \nb"`],
  ])('%p is %p', (text, written) => {
    const yaml = printYaml([exported({ args: text })])
    expect(yaml).toContain(`\n      args: ${written}\n      name: web\n`)
    expect(parseYaml(yaml)).toMatchObject({ processes: [{ args: text }] })
  })
})
