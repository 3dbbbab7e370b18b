// Scenarios 18, 21 and 22 of scenarios.md: what cannot start, and what must arrive unharmed.
import { expect, test } from 'bun:test'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { program } from '../../programs/program.ts'
import { runCoppice } from '../binary.ts'
import { anUp } from '../harness.ts'

const broken = `processes:
  - name: fine
    command: [touch, started]
  - name: a
    command: [touch, started]
    parent: b
  - name: b
    command: [touch, started]
    dependencies: [a]
  - name: c
    command: [touch, started]
    dependencies:
      - nope
`

test.concurrent(
  'scenario 18 [RN2] a cycle and an unknown name are told with file and line, and nothing starts',
  async () => {
    await using up = await anUp({ file: broken })
    const { code } = await up.exit()
    expect(code).toBe(2)
    const lines = up.stderr.split('\n')
    expect(lines.find((line) => /a → b → a|b → a → b/.test(line))).toMatch(/coppice\.yml:(6|9):\d+: /)
    expect(lines.find((line) => line.includes('nope'))).toMatch(/coppice\.yml:13:9: /)
    expect(await Bun.file(join(up.dir, 'started')).exists()).toBe(false)

    const check = await runCoppice(['check', up.file], { cwd: up.dir })
    expect(check.code).toBe(2)
    expect(`${check.stdout}${check.stderr}`).toContain('nope')
  },
)

test.concurrent('scenario 21 [RS6] what cannot be spawned says why, does not storm, and disturbs nobody', async () => {
  await using up = await anUp((dir) => {
    writeFileSync(join(dir, 'plain'), '#!/bin/sh\nexit 0\n', { mode: 0o644 })
    mkdirSync(join(dir, 'folder'))
    return {
      processes: {
        fine: program('never-dies'),
        missing: ['/no/such/binary', 'arg'],
        nowhere: ['no-such-command-on-path'],
        plain: [join(dir, 'plain')],
        folder: [join(dir, 'folder')],
        cwd: { command: ['true'], cwd: join(dir, 'no-such-directory') },
        user: { command: ['true'], user: 'no-such-user' },
        log: { command: ['true'], stdout: join(dir, 'plain', 'below-a-file.log') },
      },
    }
  })
  const said: readonly [name: string, ...words: (string | RegExp)[]][] = [
    ['missing', '/no/such/binary', /no such file or directory/i],
    ['nowhere', 'no-such-command-on-path', /no such file or directory|not found/i],
    ['plain', join(up.dir, 'plain'), /permission denied/i],
    ['folder', join(up.dir, 'folder'), /permission denied|is a directory/i],
    ['cwd', join(up.dir, 'no-such-directory'), /no such file or directory/i],
    ['user', 'no-such-user', /no user/],
    ['log', join(up.dir, 'plain', 'below-a-file.log'), /not a directory/i],
  ]
  for (const [name, ...words] of said) {
    const view = await up.until(name, 'failed')
    expect(view).toMatchObject({ status: 'failed', pid: null, exit: null })
    for (const word of words) expect(view.reason).toMatch(word)
    const wait = new Date(view.next_try!).getTime() - Date.now()
    expect(wait).toBeWithin(5000, 10_000)
  }
  const fine = await up.until('fine', 'running')
  await Bun.sleep(1000) // No storm of retries, and nothing happens to the others.
  for (const [name] of said) expect(await up.view(name)).toMatchObject({ status: 'failed', run: 1 })
  expect(await up.view('fine')).toMatchObject({ pid: fine.pid, restart_count: 0 })
  expect(up.stderr.split('\n').filter((line) => line.includes('/no/such/binary'))).toHaveLength(1)
})

// prettier-ignore
const nasty = [
  '%', '%s %d %n', '%%', ';', '; rm -rf /', '$', '$HOME-is-not-it', '$(id)', '`id`', "'", '"', `'"'"`, '\\', '\\n', '', ' ', '  two  ',
  'new\nline', 'tab\tand\rreturn', 'ünïcödé', '日本語', '😀 e\u0301', '*', '~', '!', '#', '&& ||', '{a,b}', '<>', '-', '--', 'a=b', '\u0001\u001b[0m\u007f',
]

test.concurrent('scenario 22 arguments and environment arrive byte for byte', async () => {
  const dollars = (text: string): string => text.replaceAll('$', '$$$$') // `$$` is one `$` in our files.
  const env = Object.fromEntries(nasty.map((text, i) => [`NASTY_${i}`, text]))
  await using up = await anUp((dir) => ({
    processes: {
      web: {
        command: program('echo-args', join(dir, 'got'), ...nasty.map(dollars)),
        env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, dollars(value)])),
      },
    },
  }))
  await up.mark('web', 'start')
  const read = (ending: string): string[] =>
    readFileSync(join(up.dir, `got.${ending}`), 'utf8')
      .split('\0')
      .slice(0, -1)
  const args = read('args')
  expect(args.slice(args.indexOf(join(up.dir, 'got')) + 1)).toEqual(nasty)
  const got = new Map(
    read('env').map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  )
  for (const [name, value] of Object.entries(env)) expect([name, got.get(name)]).toEqual([name, value])
})

test.concurrent('scenario 22 a command in one string is split as a shell would', async () => {
  const echo = program('echo-args').join(' ')
  await using up = await anUp((dir) => ({
    file: `processes:
  - name: web
    command: ${echo} ${join(dir, 'got')} plain 'single "quoted" $HOME' "double 'quoted' \\"twice\\" $$HOME" back\\ slash "" '%s;' a''b
`,
  }))
  await up.mark('echo-args', 'start')
  const args = readFileSync(join(up.dir, 'got.args'), 'utf8').split('\0').slice(0, -1)
  const wanted = ['plain', 'single "quoted" $HOME', `double 'quoted' "twice" $HOME`, 'back slash', '', '%s;', 'ab']
  expect(args.slice(args.indexOf(join(up.dir, 'got')) + 1)).toEqual(wanted)
})
