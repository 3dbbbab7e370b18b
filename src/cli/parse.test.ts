import { describe, expect, test } from 'bun:test'
import type { Failure } from '../lib/result.ts'
import type { Call } from './command.ts'
import { commands } from './commands.ts'
import type { OptionTable } from './option.ts'
import { parse } from './parse.ts'

function call(line: string): { command: string } & Call<OptionTable> {
  const parsed = parse(line.split(' '), commands)
  if (!parsed.ok || parsed.value.tag !== 'call') throw new Error(`no call: ${JSON.stringify(parsed)}`)
  return { command: parsed.value.command.name, ...parsed.value.call }
}

function problem(line: string): Failure | null {
  const parsed = parse(line.split(' '), commands)
  return parsed.ok ? null : parsed.failure
}

test.each([
  ['list', 'ls'],
  ['show web', 'desc'],
  ['ls', 'ls'],
  ['run ./api', 'exec'],
  ['delete web', 'del'],
  ['order', 'dgraph'],
  ['start web', 'start'],
  ['groups list', 'ls'],
  ['group show front', 'desc'],
  ['group delete front', 'del'],
])('[CL1] `%s` calls %s', (line, command) => {
  expect(call(line).command).toBe(command)
})

test.each(['stop web db 3', 'stop web,db 3', 'stop web, db,3 web', 'stop -- web db 3', 'stop -f web --no-wait db,3'])(
  '[CL2] `%s` names three processes',
  (line) => {
    expect(call(line).operands).toEqual(['web', 'db', '3'])
  },
)

test('[CL3] options stand anywhere behind the command', () => {
  const expected = { force: true, quiet: true, wait: false, timeout: 1500, json: false, file: null, socket: '/s' }
  for (const line of [
    'stop web -f -q --no-wait --timeout 1.5s --socket /s',
    'stop -fq --timeout=1500ms --no-wait --socket=/s web',
    'stop --force --quiet --wait --no-wait web --socket /x --timeout 9s --timeout 1500ms --socket /s',
  ]) {
    expect(call(line).options).toMatchObject(expected)
  }
})

test('[CL3] what is not said has its default', () => {
  expect(call('restart web').options).toMatchObject({
    wait: true,
    force: false,
    timeout: null,
    json: false,
    file: null,
  })
})

test.each([
  ['exec ./api --log-dir /l', { 'log-dir': '/l' }],
  ['exec ./api --log_dir /l', { 'log-dir': '/l' }],
  ['exec ./api --log_dir=/l', { 'log-dir': '/l' }],
  ['restart web --no_wait --log_dir /l', { 'log-dir': '/l', wait: false }],
  ['exec ./api -d a,b -d c --dependencies=d', { dependencies: ['a,b', 'c', 'd'] }],
  ['reset -p web,api -p db,web', { process: ['web', 'api', 'db'] }],
  ['restart web --rolling 3', { rolling: 3 }],
  ['log web -n +5', { lines: '+5' }],
])('[CL3] `%s` gives %p', (line, options) => {
  expect(call(line).options).toMatchObject(options)
})

test('[CL3] a short option is what its command says', () => {
  expect(call('stop web -f').options).toMatchObject({ force: true })
  expect(call('export -f yaml').options).toMatchObject({ format: 'yaml' })
  expect(call('restart web -d db').options).toMatchObject({ dependencies: ['db'] })
  expect(call('group restart front -d /l').options).toMatchObject({ 'log-dir': '/l' })
  expect(call('restart web -n').options).toMatchObject({ 'no-autorestart': true })
  expect(call('log web -n 5').options).toMatchObject({ lines: '5' })
})

test('[CL3] a name that looks like an option comes after --', () => {
  expect(call('desc -- --odd').operands).toEqual(['--odd'])
})

const seeRestart = '`coppice restart --help` tells how it is used.'

describe('[CL4] what is not understood is told, with what was perhaps meant', () => {
  test.each([
    ['sotp web', 'There is no command "sotp".', 'Did you mean "stop"?'],
    ['lsit', 'There is no command "lsit".', 'Did you mean "list"?'],
    ['frobnicate', 'There is no command "frobnicate".', '`coppice help` lists the commands.'],
    [
      '--json ls',
      'The command comes before its options, and "--json" is no command.',
      '`coppice help` lists the commands.',
    ],
    ['ls --jsno', 'There is no option --jsno here.', 'Did you mean --json?'],
    ['stop web --no-wiat', 'There is no option --no-wiat here.', 'Did you mean --no-wait?'],
    ['ls -f', 'There is no option -f here.', '`coppice ls --help` tells how it is used.'],
    ['ls --no-json', 'There is no option --no-json here.', '`coppice ls --help` tells how it is used.'],
    ['ls --constructor', 'There is no option --constructor here.', '`coppice ls --help` tells how it is used.'],
    ['ls --json=yes', '--json takes no value.', '`coppice ls --help` tells how it is used.'],
    ['stop web --no-wait=1', '--no-wait takes no value.', '`coppice stop --help` tells how it is used.'],
    ['ls --socket', '--socket needs a value: --socket PATH.', '`coppice ls --help` tells how it is used.'],
    ['ls --socket --json', '--socket needs a value: --socket PATH.', '`coppice ls --help` tells how it is used.'],
    ['stop web --timeout 5', '--timeout: "5" is no duration.', 'Did you mean 5s?'],
    ['stop web --timeout soon', '--timeout: "soon" is no duration.', 'Write it as 500ms, 30s, 5m or 1h30m.'],
    ['stop web --timeout=-5s', '--timeout: "-5s" is no duration.', 'Write it as 500ms, 30s, 5m or 1h30m.'],
    ['up f --log-format jsno', '--log-format is one of text, json, not "jsno".', 'Did you mean "json"?'],
    ['ls web', '"web" is one argument too many.', '`coppice ls --help` tells how it is used.'],
    ['up', 'Which file?', '`coppice up --help` tells how it is used.'],
    ['check a b', '"b" is one argument too many.', '`coppice check --help` tells how it is used.'],
    ['stop', 'Which process? Give its name or its id.', '`coppice stop --help` tells how it is used.'],
    ['restart web --rolling many', '--rolling is a number from 1 on, not "many".', seeRestart],
    ['restart web --rolling 0', '--rolling is a number from 1 on, not "0".', seeRestart],
    ['restart web --log_dri x', 'There is no option --log_dri here.', 'Did you mean --log-dir?'],
    ['exec ./api --dependency db', 'There is no option --dependency here.', 'Did you mean --dependencies?'],
    ['completion fishh', '"fishh" is no SHELL. There is bash, zsh and fish.', 'Did you mean "fish"?'],
    ['stop ,', 'Which process? Give its name or its id.', '`coppice stop --help` tells how it is used.'],
  ])('`%s`', (line, message, hint) => {
    expect(problem(line)).toEqual({ code: 'usage', message, hint })
  })
})

test.each(['--help', '-h', 'stop --help', 'stop -h', 'stop web --nonsense -h'])('[CL5] `%s` asks for help', (line) => {
  expect(parse(line.split(' '), commands)).toMatchObject({ ok: true, value: { tag: 'help' } })
})

test('[CL5] no command at all asks for help', () => {
  expect(parse([], commands)).toEqual({ ok: true, value: { tag: 'help', words: [] } })
})

test('names of commands and options are told apart', () => {
  const names = commands.flatMap(({ name, aliases }) => [name, ...aliases])
  expect(new Set(names).size).toBe(names.length)
  for (const { options } of [...commands, ...commands.flatMap(({ subcommands = [] }) => subcommands)]) {
    const letters = Object.values(options).flatMap(({ short }) => short ?? [])
    expect(new Set([...letters, 'h']).size).toBe(letters.length + 1)
  }
})
