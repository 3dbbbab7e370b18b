// pmon3's page, 1.5 and 1.6: what exec refuses, what it changes, and how a process is born; scenario 22.
import { expect, test } from 'bun:test'
import { existsSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import { aDaemon } from '../daemon-harness.ts'
import { descOf, pidOf, program, refusal, sleepers, statuses } from './stage.ts'

test('[DM23] a file that is not there, is a directory or not executable, and an unknown user: refused, and not in the list', async () => {
  await using daemon = await aDaemon()
  const plain = daemon.write('plain', 'no program')
  mkdirSync(join(daemon.dir, 'directory'))
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [['./nosuch'], `no such file or directory: ${daemon.dir}/nosuch`],
    [['nosuch-on-path'], 'nosuch-on-path (not found on PATH'],
    [['./plain'], `permission denied: ${plain}`],
    [['./directory'], `${daemon.dir}/directory (a directory)`],
    [['./plain/below'], `${plain}/below`],
    [['/bin/sleep', '-u', 'nosuchuser'], 'there is no user nosuchuser'],
    [['/bin/sleep', '-u', 'nosuchuser', '--no-wait'], 'there is no user nosuchuser'],
  ]
  for (const [args, told] of wrong) {
    const { code, stderr } = refusal(await daemon.cli('exec', ...args))
    expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining(told)])
  }
  expect(await daemon.ls()).toEqual([])
})

test('[CL69] flags that make no sense are told in the words of the flags: exit 2', async () => {
  await using daemon = await aDaemon()
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [['-a', `5 'x`], '--args: '],
    [['-e', 'A=1 B'], '--env-vars: '],
    [['--name', '17'], '--name: '],
    [['--name', 'a/b'], '--name: '],
    [['-d', 'x,x y'], '--dependencies'],
    [['--name', 'self', '-d', 'self'], 'self → self'],
  ]
  for (const [args, told] of wrong) {
    const { code, stderr } = refusal(await daemon.cli('exec', '/bin/sleep', ...args))
    expect([args, code, stderr]).toEqual([args, 2, expect.stringContaining(told)])
  }
  expect(await daemon.ls()).toEqual([])
})

test('[DM11] a name that is taken: exit 1 while it runs or by another file; stopped and failed ones are updated and start', async () => {
  await using daemon = await aDaemon()
  const broken = daemon.write('broken', '')
  const web = program(daemon, 'web', `test -e ${broken} && exit 3\nexec sleep 100000`)
  await daemon.cli('exec', web, '-n', '--no-wait')
  await daemon.until('web', 'failed')
  await Bun.file(broken).delete()
  await daemon.json('exec', web, '-e', 'A=1', '-g', 'g')
  expect(Object.fromEntries(await descOf(daemon, 'web'))).toMatchObject({
    'env-vars': 'A=1',
    groups: 'g',
    'no-autorestart': 'true',
  })
  const taken = await daemon.cli('exec', web, '-e', 'A=2')
  expect([taken.code, taken.stderr]).toEqual([
    1,
    expect.stringContaining('process already running with the name provided: web'),
  ])
  expect((await descOf(daemon, 'web')).get('env-vars')).toBe('A=1')
  await daemon.json('stop', 'web')
  const other = await daemon.cli('exec', '/bin/sleep', '--name', 'web')
  expect([other.code, other.stderr]).toEqual([1, expect.stringContaining(web)])
  await daemon.json('exec', web, '--autorestart', '-a', 'x', '-l', 'new.log')
  expect(Object.fromEntries(await descOf(daemon, 'web'))).toMatchObject({
    'no-autorestart': 'false',
    args: 'x',
    'env-vars': 'A=1',
    log: join(daemon.dir, 'new.log'),
  })
  expect(await statuses(daemon)).toEqual(['web running'])
})

test('[DM11] what crashes may be corrected by another exec between two tries', async () => {
  await using daemon = await aDaemon()
  const web = program(daemon, 'web', `test "$1" = good || exit 3\nexec sleep 100000`)
  await daemon.cli('exec', web, '-a', 'bad', '--backoff-initial', '1h', '--backoff-max', '1h', '--no-wait')
  await daemon.until('web', ({ next_try }) => next_try !== null)
  expect((await daemon.cli('exec', web, '-a', 'good')).code).toBe(0)
  expect(await statuses(daemon)).toEqual(['web running'])
})

test('[DM10] [PN3] the name is that of the file; it runs in the directory of the file, under its real path', async () => {
  await using daemon = await aDaemon()
  program(daemon, 'bin/serve', 'echo "$0 $PWD"; exec sleep 100000')
  const view = await daemon.json<ProcessView>('exec', 'bin/serve')
  expect(view).toMatchObject({ name: 'serve', command: [join(daemon.dir, 'bin/serve')], cwd: join(daemon.dir, 'bin') })
  const log = join(daemon.home, 'logs/serve.log')
  await daemon.fact(
    'it has said so',
    () => existsSync(log) && readFileSync(log, 'utf8') === `${view.command[0]} ${view.cwd}\n`,
  )
})

test('[PR1] [PR3] no stdin, no shell, a session of its own, both streams in one log, appended', async () => {
  await using daemon = await aDaemon()
  const talk = program(daemon, 'talk', 'echo out; echo err >&2; cat; exec sleep 100000')
  await daemon.json('exec', talk, '-a', '$HOME *')
  const pid = await pidOf(daemon, 'talk')
  const log = join(daemon.home, 'logs/talk.log')
  await daemon.fact('both are in the log', () => readFileSync(log, 'utf8') === 'out\nerr\n')
  expect(readlinkSync(`/proc/${pid}/fd/0`)).toBe('/dev/null')
  expect((await daemon.view('talk')).command.slice(1)).toEqual(['$HOME', '*'])
  await daemon.json('restart', 'talk')
  await daemon.fact('it is appended to', () => readFileSync(log, 'utf8') === 'out\nerr\nout\nerr\n')
})

test('[DM10] scenario 22: % ; $ quotes, spaces, newlines and unicode arrive byte for byte, in arguments and environment', async () => {
  await using daemon = await aDaemon()
  const words = [
    '100%',
    'a;b',
    '$HOME',
    '`id`',
    `it's`,
    '"x"',
    'two  spaces',
    'line\nbreak',
    'ünïcødé 木',
    '',
    '\\',
    '--flag',
    '-',
  ]
  const out = join(daemon.dir, 'said')
  const say = program(daemon, 'say', `printf '%s\\0' "$@" "$ODD" > ${out}.new; mv ${out}.new ${out}; exec sleep 100000`)
  const said = () => daemon.fact('it has said all', () => existsSync(out) && readFileSync(out, 'utf8'))
  const odd = words.join('|')
  await daemon.json('exec', say, '--env', `ODD=${odd}`, '--', ...words)
  expect(await said()).toBe(`${[...words, odd].join('\0')}\0`)
  // As pmon3's one text, with the quotes of a shell; and again from the database.
  await Bun.file(out).delete()
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  await daemon.json('restart', 'say', '-a', quoted)
  expect(await said()).toBe(`${[...words, odd].join('\0')}\0`)
  await Bun.file(out).delete()
  daemon.signal('SIGTERM')
  await daemon.ended()
  await daemon.start()
  expect(await said()).toBe(`${[...words, odd].join('\0')}\0`)
})

test('[DM17] a dependency that is not there yet is warned of on stderr', async () => {
  await using daemon = await aDaemon()
  const made = await daemon.cli('exec', '/bin/sleep', '-a', '9', '--name', 'api', '-d', 'db', '--no-wait')
  expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('"db"')])
  await sleepers(daemon, 'db')
  await daemon.until('api', 'running')
})
