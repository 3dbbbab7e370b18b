import { describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { aTree, type Tree } from '../../../test/support/cli-tree.ts'
import { aControlServer, aDirectory } from '../../../test/support/control-server.ts'
import { FakeControl } from '../../../test/support/fake-control.ts'
import { coppice } from '../../../test/support/fake-system.ts'

/** What the daemon was asked to make. */
function asked(tree: Tree): unknown {
  const [first] = tree.server.control.admin.asked
  return first?.tag === 'exec' ? first.request : first
}

describe('[CL52] exec', () => {
  test('declares what the flags say, from where one stands, and lists all processes', async () => {
    await using tree = await aTree([{ name: 'db' }])
    const line =
      'exec ./api --name web -u www-data -l /tmp/web.log -e A=1 -n -d db,cache -d queue -g front --stop-timeout 2s'
    const { exitCode, out, err } = await tree.coppice(line, { cwd: '/srv/app' })
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toMatch(/^ID .*\n1 +db .*\n2 +web +1002 +0 +running +www-data .*\n$/)
    expect(asked(tree)).toEqual({
      process: {
        file: './api',
        name: 'web',
        user: 'www-data',
        log: '/tmp/web.log',
        env_vars: 'A=1',
        no_auto_restart: true,
        dependencies: ['db', 'cache', 'queue'],
        groups: ['front'],
        stop_timeout: '2s',
      },
      cwd: '/srv/app',
      wait: true,
    })
  })

  test.each([
    [['run', './api'], {}],
    [['exec', './api', '--', '--port', '80', '-f', '--help'], { args: ['--port', '80', '-f', '--help'] }],
    [['exec', './api', '--name', 'x', '--', ''], { name: 'x', args: [''] }],
    [['exec', '--', './api', 'one two'], { args: ['one two'] }],
    [['exec', './api', '-a', '-k "v w"'], { args: '-k "v w"' }],
    [['exec', './api', '--args', '--help'], { args: '--help' }],
    [['exec', './api', '--log_dir', '/l', '--log-dir=/m'], { log_dir: '/m' }],
    [['exec', './api', '-e', 'A=1 B=2', '-e', 'C=3'], { env_vars: 'A=1 B=2 C=3' }],
    [['exec', './api', '--log_timestamps'], { log_timestamps: true }],
    [['exec', './api', '--backoff-initial', '50ms'], { backoff: { initial: '50ms' } }],
  ])('`%p` declares %p', async (words, declared) => {
    await using tree = await aTree()
    await tree.coppice(words)
    expect(asked(tree)).toMatchObject({ process: { file: './api', ...declared } })
  })

  test.each([
    [['exec'], 'Which program?'],
    [['exec', './api', 'web'], '"web" is one argument too many.\n  Arguments of the program come after --.'],
    [
      ['exec', './api', '-a', 'x', '--', 'y'],
      'The arguments of the program are given twice: with --args, and after --.',
    ],
    [
      ['exec', './api', '--stop-timout', '2s'],
      'There is no option --stop-timout here.\n  Did you mean --stop-timeout?',
    ],
    [['exec', './api', '--backoff', '5s', '--backoff-initial', '1s'], '--backoff-initial does not go together'],
  ])('`%p` asks for nothing', async (words, message) => {
    await using tree = await aTree()
    const { exitCode, err } = await tree.coppice(words)
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining(`coppice: ${message}`) })
    expect(tree.server.control.admin.asked).toEqual([])
  })

  test('--json is the new process, --no-wait and --timeout say how long', async () => {
    await using tree = await aTree()
    tree.server.control.admin.newcomers = 'dawdles'
    const { exitCode, out } = await tree.coppice('exec ./api --json --no-wait')
    expect({ exitCode, process: JSON.parse(out) }).toMatchObject({ exitCode: 0, process: { name: 'api' } })
    expect(await tree.coppice('exec ./web -q --timeout 20ms')).toMatchObject({
      exitCode: 5,
      out: '',
      err: 'coppice: web is queued after 20ms: started.\n  `coppice why web` tells more.\n',
    })
  })

  test('a process of that name that runs is left alone: exit 1', async () => {
    await using tree = await aTree([{ name: 'api' }])
    expect(await tree.coppice('exec ./api')).toMatchObject({
      exitCode: 1,
      out: '',
      err: 'coppice: process already running with the name provided: api\n',
    })
  })
})

test('[CL68] what is odd about it is told on stderr', async () => {
  await using tree = await aTree()
  tree.server.control.admin.warnings = ['dependencies[0]: there is no process "zz"']
  const { exitCode, err } = await tree.coppice('exec ./api -d zz')
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '--dependencies[0]: there is no process "zz"\n' })
})

test('[CL69] problems of a declaration are told in the words of the flags, a line each: exit 2', async () => {
  await using tree = await aTree([{ name: 'web' }])
  tree.server.control.refuses = { code: 'bad-config', message: 'stop_timeout: must be a duration\nuser: unknown' }
  const err = 'coppice: --stop-timeout: must be a duration\n--user: unknown\n'
  for (const line of ['exec ./api', 'restart web -u nobody', 'start web -u nobody']) {
    expect(await tree.coppice(line)).toMatchObject({ exitCode: 2, out: '', err })
  }
})

describe('a daemon of one’s own', () => {
  /** A user on whose host nothing runs, and what a daemon of hers would be. */
  async function aUser(): Promise<AsyncDisposable & { env: Record<string, string>; spawns: () => Promise<string> }> {
    const directory = await aDirectory()
    const started: AsyncDisposable[] = []
    return {
      env: { HOME: directory.path, XDG_RUNTIME_DIR: directory.path },
      async spawns() {
        const server = await aControlServer([{ name: 'web' }], { socketPath: join(directory.path, 'own.sock') })
        started.push(server)
        return server.socketPath
      },
      async [Symbol.asyncDispose]() {
        for (const one of started) await one[Symbol.asyncDispose]()
        await directory[Symbol.asyncDispose]()
      },
    }
  }

  test.each(['exec ./api', 'init', 'start web', 'group start front'])('[CL60] `%s` starts one', async (line) => {
    await using user = await aUser()
    const { spawns, err } = await coppice(line, { ...user, uid: 7 })
    expect({ spawns, err }).toEqual({
      spawns: 1,
      err: expect.stringMatching(/^coppice: started a daemon of your own \(pid 4242\)\n/),
    })
  })

  test('[CL60] -q says nothing of it; one that could not be started is exit 3', async () => {
    await using user = await aUser()
    expect(await coppice('start web -q', { ...user, uid: 7 })).toMatchObject({ exitCode: 0, err: '' })
    expect(await coppice('start web', { env: user.env, uid: 7 })).toMatchObject({
      exitCode: 3,
      err: 'coppice: None can be started.\n',
    })
  })

  test('[CL60] not where one answers, nor where a supervisor is named outright', async () => {
    await using tree = await aTree([{ name: 'web' }])
    expect(await tree.coppice('exec ./api')).toMatchObject({ exitCode: 0, spawns: 0 })
    for (const line of ['exec ./api --socket /nowhere', 'start web --file /srv/tree.yml']) {
      expect(await coppice(line, { uid: 7, env: { HOME: '/nowhere' } })).toMatchObject({ exitCode: 3, spawns: 0 })
    }
  })

  test('[CL60] a daemon that answers is taken, an `up` only for `start`', async () => {
    await using user = await aUser()
    const home = { ...user.env, XDG_RUNTIME_DIR: join(user.env['HOME'] ?? '', 'run') }
    mkdirSync(join(home.XDG_RUNTIME_DIR, 'coppice/up/tree.yml-00000000'), { recursive: true })
    await using _up = await aControlServer([{ name: 'web' }], {
      socketPath: join(home.XDG_RUNTIME_DIR, 'coppice/up/tree.yml-00000000/coppice.sock'),
      control: new FakeControl([{ name: 'web' }]),
    })
    expect(await coppice('start web', { ...user, env: home, uid: 7 })).toMatchObject({ exitCode: 0, spawns: 0 })
    expect(await coppice('exec ./api', { ...user, env: home, uid: 7 })).toMatchObject({ exitCode: 0, spawns: 1 })
  })

  test('[CL61] never where systemd starts it: the line is told, exit 3', async () => {
    await using user = await aUser()
    for (const uid of [0, 7]) {
      expect(await coppice('exec ./api', { ...user, uid, unit: 'systemctl start coppice' })).toMatchObject({
        exitCode: 3,
        spawns: 0,
        out: '',
        err: 'coppice: No coppice is running here.\n  Start it with `systemctl start coppice`.\n',
      })
    }
  })

  test('[CL61] never for root, unless COPPICE_HOME says where', async () => {
    await using user = await aUser()
    const { exitCode, spawns, err } = await coppice('exec ./api', { ...user, uid: 0 })
    expect({ exitCode, spawns }).toEqual({ exitCode: 3, spawns: 0 })
    expect(err).toContain('`systemctl start coppice`')
    const env = { COPPICE_HOME: user.env['HOME'] }
    expect(await coppice('exec ./api', { ...user, env, uid: 0 })).toMatchObject({ exitCode: 0, spawns: 1 })
  })

  test('[CL62] --no-spawn-daemon forbids it; a command that only looks never does it', async () => {
    await using user = await aUser()
    for (const line of ['exec ./api --no-spawn-daemon', 'ls', 'stop web', 'restart web', 'group ls']) {
      expect(await coppice(line, { ...user, uid: 7 })).toMatchObject({ exitCode: 3, spawns: 0, out: '' })
    }
    const { err } = await coppice('ls', { ...user, uid: 7, unit: 'systemctl --user start coppice' })
    expect(err).toBe('coppice: No coppice is running here.\n  Start it with `systemctl --user start coppice`.\n')
  })
})
