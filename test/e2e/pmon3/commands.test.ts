// pmon3's page, 1.1 and 1.4: every command, alias and flag.
import { expect, test } from 'bun:test'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import { runCoppice } from '../binary.ts'
import { aDaemon } from '../daemon-harness.ts'
import { descOf, headOf, onTerminal, refusal, sleepers, statuses, statusesIn } from './stage.ts'

const nowhere = { cwd: '/', env: { COPPICE_HOME: '/nowhere' } }

const names: Readonly<Record<string, readonly string[]>> = {
  exec: ['run'],
  ls: ['list'],
  desc: ['show'],
  restart: [],
  start: [],
  stop: [],
  del: ['delete'],
  kill: [],
  drop: [],
  init: [],
  reset: [],
  dgraph: ['order'],
  export: [],
  log: [],
  logf: [],
  topn: [],
  completion: [],
  version: [],
  'group ls': ['group list', 'groups ls', 'groups list'],
  'group create': ['groups create'],
  'group del': ['groups del'],
  'group desc': ['group show', 'groups show'],
  'group assign': ['groups assign'],
  'group remove': ['groups remove'],
  'group stop': ['groups stop'],
  'group restart': ['groups restart'],
  'group drop': ['groups drop'],
}

test('[CL1] [CL5] [CL50] every command of pmon3 is there under all its names, and its help needs no daemon', async () => {
  const ask = (name: string) => runCoppice([...name.split(' '), '--help'], nowhere)
  await Promise.all(
    Object.entries(names).map(async ([name, aliases]) => {
      const help = await ask(name)
      expect([name, help.code, help.stderr]).toEqual([name, 0, ''])
      expect(help.stdout).toContain(`coppice ${name}`)
      for (const alias of aliases) expect((await ask(alias)).stdout).toBe(help.stdout)
    }),
  )
})

test('[CL5] [CL90] help, version and completion need no daemon; -h, -v, --help and --version work', async () => {
  for (const args of [['help'], ['--help'], ['-h'], []]) {
    const { code, stdout } = await runCoppice(args, nowhere)
    expect([code, stdout]).toEqual([0, expect.stringContaining('dgraph')])
  }
  for (const args of [['version'], ['--version'], ['-v']]) {
    const { code, stdout } = await runCoppice(args, nowhere)
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^coppice version \d+\.\d+\.\d+\n$/)])
  }
  for (const shell of ['bash', 'zsh'])
    expect((await runCoppice(['completion', shell], nowhere)).stdout).toContain('dgraph')
})

test('[CL4] [CL11] wrong usage is told on stderr: exit 2, and nothing is done', async () => {
  await using daemon = await aDaemon()
  const wrong: readonly (readonly [string, string])[] = [
    ['desc', 'Which process'],
    ['exec', 'Which program'],
    ['exec sleep 1000', '"1000" is one argument too many'],
    ['ls web', '"web" is one argument too many'],
    ['reboot', 'no command "reboot"'],
    ['stop -x web', 'no option -x'],
    ['stop --forse web', '--force'],
    ['completion fish2', 'fish'],
    ['export xml', 'json, yaml and toml'],
    ['export -o bogus', 'There is no field "bogus"'],
    ['log -n few web', '-n'],
    ['stop --timeout 5 web', '5'],
    ['group nonsense', 'group'],
    ['group assign front', 'Which process'],
  ]
  for (const [line, told] of wrong) {
    const { code, stderr } = refusal(await daemon.cli(...line.split(' ')))
    expect([line, code, stderr]).toEqual([line, 2, expect.stringContaining(told)])
    expect(stderr).toStartWith('coppice: ')
  }
  expect(await daemon.ls()).toEqual([])
})

test('[CL10] [CL11] what nobody has is exit 4 on stderr, whatever is asked of it', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'web')
  const asked = 'desc stop start restart del reset log logf why'.split(' ').map((verb) => [verb, 'wbe'])
  const asGroup = 'desc del stop start restart drop'.split(' ').map((verb) => ['group', verb, 'nope'])
  for (const args of [
    ...asked,
    ...asGroup,
    ['group', 'assign', 'nope', 'web'],
    ['stop', 'web', 'wbe'],
    ['stop', '99'],
  ]) {
    const { code, stderr } = refusal(await daemon.cli(...args))
    expect([args, code, stderr]).toEqual([args, 4, expect.stringMatching(/^coppice: There is no (process|group)/)])
  }
  expect((await daemon.cli('desc', 'wbe')).stderr).toContain('Did you mean "web"?')
  expect(await statuses(daemon)).toEqual(['web running'])
})

test('[CL26] without a daemon everything but exec, init and start is exit 3, and says how to start one', async () => {
  await using daemon = await aDaemon({ starts: false })
  const lines = [
    'ls',
    'desc 1',
    'stop 1',
    'restart 1',
    'del 1',
    'kill',
    'drop',
    'reset',
    'dgraph',
    'export',
    'log 1',
    'group ls',
  ]
  for (const line of lines) {
    const { code, stderr } = refusal(await daemon.cli(...line.split(' ')))
    expect([line, code, stderr]).toEqual([line, 3, expect.stringContaining('coppice daemon')])
  }
})

test('[CL52] [DM10] the long flags of exec, as pmon3 spells them', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'base', 'other')
  const log = join(daemon.dir, 'own/place/web.txt')
  const made = await daemon.cli(
    'exec', '/bin/sleep', '--name', 'web', '--user', 'root', '--log', log, '--args', '1000', '--env-vars', 'A=1 B=2',
    '--no-autorestart', '--dependencies', 'base,other', '--groups', 'g1,g2', '--groups', 'g3',
  ) // prettier-ignore
  expect([made.code, made.stderr, statusesIn(made.stdout).at(-1)]).toEqual([0, '', 'web running'])
  const desc = await descOf(daemon, 'web')
  expect(Object.fromEntries(desc)).toMatchObject({
    process: '/bin/sleep',
    args: '1000',
    'env-vars': 'A=1 B=2',
    user: 'root',
    log,
    'no-autorestart': 'true',
    dependencies: 'base other',
    groups: 'g1, g2, g3',
  })
})

test('[CL3] [CL52] the short flags of exec; a list by commas and by repeating; log_dir and log-dir', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'x', 'y', 'z')
  const short = 'run /bin/sleep --name a -u root -l a.log -a 1000 -n -d x,y -d z -g g1 -g g2'.split(' ')
  expect((await daemon.cli(...short, '-e', 'A=1')).code).toBe(0)
  expect(Object.fromEntries(await descOf(daemon, 'a'))).toMatchObject({
    log: join(daemon.dir, 'a.log'),
    'env-vars': 'A=1',
    'no-autorestart': 'true',
    dependencies: 'x y z',
    groups: 'g1, g2',
  })
  for (const spelling of ['--log-dir', '--log_dir']) {
    const view = await daemon.json<ProcessView>(
      'exec',
      '/bin/sleep',
      '--name',
      `b${spelling.slice(5, 6)}`,
      '-a',
      '1000',
      spelling,
      'logs/b',
    )
    expect(view.log).toBe(join(daemon.dir, 'logs/b', `${view.name}.log`))
    await daemon.json('del', view.name)
  }
})

test('[CL56] the flags of restart and start', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'web', 'base', 'more')
  await daemon.json(...`restart web -n -u root -l ${daemon.dir}/one.log -a 2000 -d base,more`.split(' '))
  expect(Object.fromEntries(await descOf(daemon, 'web'))).toMatchObject({
    args: '2000',
    log: join(daemon.dir, 'one.log'),
    'no-autorestart': 'true',
    dependencies: 'base more',
  })
  await daemon.json(...`restart web --log_dir ${daemon.dir}/two`.split(' '))
  expect((await daemon.view('web')).log).toBe(join(daemon.dir, 'two/web.log'))
  await daemon.json('stop', 'web')
  await daemon.json(...`start web --log-dir ${daemon.dir}/three --autorestart --args 3000`.split(' '))
  expect(await daemon.view('web')).toMatchObject({
    log: join(daemon.dir, 'three/web.log'),
    restart: 'always',
    command: ['/bin/sleep', '3000'],
  })
})

test('[CL7] stop, del, kill and drop take -f and --force, also group stop and group drop', async () => {
  await using daemon = await aDaemon()
  const stubborn = join(import.meta.dir, '../../programs/ignores-term')
  const begin = (name: string) => daemon.json('exec', stubborn, '--name', name, '-e', `MARK=${name}`, '-g', 'g')
  const ends = [
    'stop -f a',
    'stop --force a',
    'kill -f',
    'kill --force',
    'group stop -f g',
    'del -f a',
    'del --force a',
  ]
  for (const line of [...ends, 'drop -f', 'drop --force', 'group drop -f g']) {
    if ((await daemon.ls()).length === 0) await begin('a')
    else await daemon.json('start', 'a')
    const { code, ms } = await daemon.cli(...line.split(' '))
    expect([line, code]).toEqual([line, 0])
    expect(ms).toBeLessThan(5_000)
  }
})

test('[CL2] several names, ids, comma lists and groups at once, each once', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'a', 'b', 'c', 'd')
  await daemon.json('group', 'create', 'g')
  await daemon.json('group', 'assign', 'g', 'c,d')
  expect(statusesIn((await daemon.cli('stop', 'a,2', 'group:g', 'a')).stdout)).toEqual([
    'a stopped',
    'b stopped',
    'c stopped',
    'd stopped',
  ])
  expect((await daemon.json<ProcessView[]>('start', 'a', '3,group:g')).map(({ name }) => name)).toEqual(['a', 'c', 'd'])
  expect((await daemon.json<ProcessView[]>('desc', '1', 'b')).map(({ name }) => name)).toEqual(['a', 'b'])
})

test('[CL7] [CL8] --no-wait returns at once, --timeout with 5 when the time is up', async () => {
  await using daemon = await aDaemon()
  const late = await daemon.cli(
    'exec',
    '/bin/sleep',
    '-a',
    '1000',
    '--name',
    'late',
    '--ready',
    'file:///nowhere/ready',
    '--timeout',
    '100ms',
  )
  expect([late.code, late.stderr]).toEqual([5, expect.stringContaining('late is init')])
  const hasty = await daemon.cli('restart', 'late', '--no-wait')
  expect(hasty.code).toBe(0)
  expect((await daemon.cli('stop', 'late', '--wait')).code).toBe(0)
  const stubborn = join(import.meta.dir, '../../programs/ignores-term')
  await daemon.json('exec', stubborn, '--name', 'stubborn')
  const slow = await daemon.cli('stop', 'stubborn', '--timeout', '100ms')
  expect([slow.code, slow.stderr]).toEqual([5, expect.stringContaining('stubborn is running')])
  expect((await daemon.cli('stop', '-f', 'stubborn')).code).toBe(0)
})

test('[CL8] what does not come up is exit 1, with the reason on stderr', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', '/bin/sleep', '-a', '1000', '--name', 'web')
  await daemon.json('stop', 'web')
  const { code, stdout, stderr } = await daemon.cli('start', 'web', '-l', '/proc/nowhere/web.log')
  expect([code, stderr]).toEqual([1, expect.stringContaining('/proc/nowhere')])
  expect(headOf(stdout)[0]).toBe('ID')
})

test('[CL9] -q prints nothing but errors', async () => {
  await using daemon = await aDaemon()
  for (const line of [
    'exec -q /bin/sleep -a 1000 --name web',
    'ls -q',
    'restart -q web',
    'stop web --quiet',
    'drop -q',
  ]) {
    const { code, stdout, stderr } = await daemon.cli(...line.split(' '))
    expect([line, code, stdout, stderr]).toEqual([line, 0, '', ''])
  }
  expect((await daemon.cli('stop', '-q', 'web')).code).toBe(4)
})

test('[CL95] topn without a terminal shows all once; on one, ESC quits', async () => {
  await using daemon = await aDaemon()
  await sleepers(daemon, 'web')
  for (const args of [['topn'], ['topn', '-s', '2'], ['topn', '--seconds', '2']]) {
    const { code, stdout } = await daemon.cli(...args)
    expect([code, stdout]).toEqual([0, expect.stringContaining('web')])
  }
  const played = await onTerminal(daemon, ['topn'], {
    steps: [
      ['wait', 'web'],
      ['send', '\x1b'],
    ],
  })
  expect([played.code, played.missing]).toEqual([0, null])
})
