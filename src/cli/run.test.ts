import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { aTree as aFakeTree, type Tree } from '../../test/support/cli-tree.ts'
import { aControlServer, aDirectory } from '../../test/support/control-server.ts'
import type { FakeProcess } from '../../test/support/fake-control.ts'
import { startOne } from '../client/explain.ts'
import { coppice as run } from '../../test/support/fake-system.ts'

const tree: readonly FakeProcess[] = [
  { name: 'redis' },
  { name: 'web', parent: 'redis' },
  { name: 'slow', habit: 'dawdles', status: 'init', ready: false, reason: 'not ready yet: refused' },
  { name: 'bad', habit: 'fails' },
]

const aTree = (processes: readonly FakeProcess[] = tree): Promise<Tree> => aFakeTree(processes)

describe('[CL5] help and version need no supervisor', () => {
  test.each(['', 'help', '--help', '-h'])('`coppice %s` lists the commands', async (line) => {
    const { exitCode, out, err } = await run(line)
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toMatchInlineSnapshot(`
      "coppice keeps trees of processes alive.

      Usage:
        coppice COMMAND [OPTIONS]

      Processes:
        ls, list       list the processes
        desc, show     tell all about processes
        why            tell why processes are as they are, and what would change that
        exec, run      start a program and keep it running
        start          start processes
        stop           stop processes, and what stands on them
        restart        replace processes by new runs of them
        del, delete    stop processes and forget them
        kill           stop all processes
        drop           stop all processes and forget them
        reset          set restart counters to 0, of all processes or of some

      Output:
        log            show what processes have written
        logf           show what processes write, as they write it
        events         show what happened, why, and who asked for it
        topn           watch what processes take, and act on them

      Groups:
        group, groups  see, change, start and stop groups of processes

      Files:
        check          say what is wrong with a file, and start nothing
        simulate       play what would happen with a file, and start nothing
        apply          make the processes what a file says, and touch nothing else
        init           start what the process file and the database have
        dgraph, order  show in which order processes start
        export         print the processes as a process file

      Supervisors:
        up             run the tree of a file in the foreground
        daemon         run the daemon, which all other commands talk to
        status         tell about the supervisor: how it goes, and what is wrong
        doctor         look for what is wrong around the daemon, and put it right
        config         show the settings of the daemon and where each comes from
        reload         have the daemon read its settings and its process file again
        install        make the daemon a service of systemd
        uninstall      take back what \`install\` has done

      Help:
        completion     print a script that completes command lines
        version        show the version
        help           show what there is, or all about a command

      \`coppice COMMAND --help\` tells all about one.
      "
    `)
  })

  test.each(['help restart', 'restart --help', 'restart -h web', 'restart --nonsense --help'])(
    '`coppice %s` tells all about a command',
    async (line) => {
      const { exitCode, out } = await run(line)
      expect(exitCode).toBe(0)
      expect(out).toMatchInlineSnapshot(`
        "Replace processes by new runs of them.

        Usage:
          coppice restart NAME|ID… [OPTIONS]

        Options:
          -f, --force               SIGKILL at once
              --rolling N           so many at a time, the next when these have come up
          -a, --args ARGS           arguments: a text with shell quoting, or a list
          -e, --env-vars VARS       environment variables as one text: \`A=1 B=2\`
          -u, --user USER           the user it runs as, a name or a number, with the groups of that user
          -d, --dependencies NAMES  what must be there before it starts: names (then: ready), or tables with a condition
          -n, --no-autorestart      pmon3's: do not restart it; any end shows as failed
          -l, --log FILE            where stdout and stderr both go: a file, STDOUT, STDERR or SUPPRESS
              --log-dir DIR         without \`log\`: the log is the file NAME.log in this directory
              --autorestart         the opposite of --no-autorestart
              --[no-]wait           return when it has come true: ready, or gone (the default)
              --timeout DURATION    wait no longer than this, such as 30s
              --json                print JSON
          -q, --quiet               print nothing but errors
              --file FILE           talk to the \`coppice up\` of this file
              --socket PATH         talk to the supervisor at this socket
          -h, --help                show this help

        Examples:
          coppice restart web --no-wait
          coppice restart group:front --rolling 2
        "
      `)
    },
  )

  test.each(['version', '--version', '-v'])('`coppice %s` shows the version', async (line) => {
    expect(await run(line)).toMatchObject({ exitCode: 0, out: 'coppice version 1.2.3\n', err: '' })
  })

  test('help of an unknown command is a near miss', async () => {
    expect(await run('help restrat')).toMatchObject({
      exitCode: 2,
      out: '',
      err: 'coppice: There is no command "restrat".\n  Did you mean "restart"?\n',
    })
  })
})

describe('[CL10] exit codes', () => {
  test('0: done', async () => {
    await using tree = await aTree()
    expect(await tree.coppice('restart web')).toMatchObject({ exitCode: 0, err: '' })
  })

  test('1: it failed', async () => {
    await using tree = await aTree()
    expect((await tree.coppice('start bad')).exitCode).toBe(1)
  })

  test('2: wrong usage', async () => {
    await using tree = await aTree()
    expect(await tree.coppice('stop web --forse')).toMatchObject({
      exitCode: 2,
      out: '',
      err: 'coppice: There is no option --forse here.\n  Did you mean --force?\n',
    })
    expect(tree.server.control.orders).toBeEmpty()
  })

  test.each([
    'ls',
    'desc web',
    'why web',
    'stop web',
    'restart web',
    'ls --json',
    'stop -q web',
    'del web',
    'kill',
    'drop',
    'reset',
    'dgraph',
    'export',
    'config',
    'reload',
    'group ls',
    'group stop front',
    'start web --no-spawn-daemon',
  ])('3: no supervisor, for `%s`', async (line) => {
    await using directory = await aDirectory()
    const { exitCode, out, err } = await run(line, { env: { COPPICE_HOME: directory.path } })
    expect({ exitCode, out }).toEqual({ exitCode: 3, out: '' })
    expect(err).toBe(
      line.startsWith('start')
        ? `coppice: No coppice is running here.\n  ${startOne}\n`
        : `coppice: No coppice answers at ${directory.path}/coppice.sock.\n  ${startOne}\n`,
    )
  })

  test.each(['desc wbe', 'why wbe', 'start wbe', 'stop web wbe', 'restart wbe --json'])(
    '4: no such process, for `%s`',
    async (line) => {
      await using tree = await aTree()
      expect(await tree.coppice(line)).toMatchObject({
        exitCode: 4,
        out: '',
        err: 'coppice: There is no process "wbe".\n  Did you mean "web"?\n',
      })
      expect(tree.server.control.orders).toBeEmpty()
    },
  )

  test('5: timed out', async () => {
    await using tree = await aTree()
    expect(await tree.coppice('start slow --timeout 20ms')).toMatchObject({ exitCode: 5 })
  })
})

describe('lists', () => {
  test('[CL12] ls shows a table', async () => {
    await using tree = await aTree()
    const { out } = await tree.coppice('ls', { terminal: { columns: 120 }, env: { NO_COLOR: '1' } })
    expect(out).toStartWith('╭')
    expect(out).toContain('│ 2  ║ web   ║ 1002 ║ 0 ║ running ║ root ║ 0.0% ║ 0.0 MB ║ 2026-11-20 08:00:00 │\n')
  })

  test.each([
    ['a terminal', { terminal: { columns: 120 } }, { boxed: true, coloured: true }],
    [
      'a terminal with NO_COLOR',
      { terminal: { columns: 120 }, env: { NO_COLOR: '1' } },
      { boxed: true, coloured: false },
    ],
    [
      'a terminal with an empty NO_COLOR',
      { terminal: { columns: 120 }, env: { NO_COLOR: '' } },
      { boxed: true, coloured: true },
    ],
    ['a dumb terminal', { terminal: { columns: 120 }, env: { TERM: 'dumb' } }, { boxed: false, coloured: false }],
    ['a pipe', {}, { boxed: false, coloured: false }],
  ])('[CL13] on %s', async (_where, surroundings, expected) => {
    await using tree = await aTree()
    const { out } = await tree.coppice('ls', surroundings)
    expect({ boxed: out.includes('│'), coloured: out.includes('\x1b') }).toEqual(expected)
  })

  test('[CL14] ls --tree puts children under their parents', async () => {
    await using tree = await aTree()
    expect((await tree.coppice('ls --tree')).out).toMatch(/redis .*\n.*└─ web /)
  })

  test('[CL9] -q prints nothing', async () => {
    await using tree = await aTree()
    for (const line of ['ls -q', 'desc web -q', 'why web --quiet', 'stop web -q']) {
      expect(await tree.coppice(line)).toMatchObject({ exitCode: 0, out: '', err: '' })
    }
  })
})

describe('[CL17] JSON', () => {
  test('ls prints an array', async () => {
    await using tree = await aTree()
    const { out } = await tree.coppice('ls --json')
    expect(JSON.parse(out)).toEqual(tree.server.control.list())
    await using empty = await aTree([])
    expect((await empty.coppice('ls --json')).out).toBe('[]\n')
  })

  test.each(['desc', 'why', 'start', 'stop', 'restart'])(
    '%s prints an object for one, an array for several',
    async (verb) => {
      await using tree = await aTree()
      expect(JSON.parse((await tree.coppice(`${verb} 2 --json`)).out)).toMatchObject({ name: 'web' })
      expect(JSON.parse((await tree.coppice(`${verb} web redis --json`)).out)).toMatchObject([
        { name: 'web' },
        { name: 'redis' },
      ])
      expect(JSON.parse((await tree.coppice(`${verb} web,redis --json`)).out)).toMatchObject([
        { name: 'web' },
        { name: 'redis' },
      ])
    },
  )

  test('it has no colours, also on a terminal', async () => {
    await using tree = await aTree()
    expect((await tree.coppice('ls --json', { terminal: { columns: 80 } })).out).not.toContain('\x1b')
  })

  test('what failed is still printed, and the reason goes to stderr', async () => {
    await using tree = await aTree()
    const { exitCode, out, err } = await tree.coppice('start bad --json')
    expect(exitCode).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ name: 'bad', status: 'failed' })
    expect(err).toContain('bad is failed')
  })
})

describe('acting', () => {
  test('[CL7] it returns when the wish has come true, and shows what it acted on', async () => {
    await using tree = await aTree()
    const running = tree.coppice('start slow')
    await tree.server.control.untilWaiting(1)
    tree.server.control.becomes('slow', 'running')
    const { exitCode, out } = await running
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^ID .*\n3 +slow +1003 +0 +running /)
  })

  test('[CL7] --no-wait returns when the wish is recorded', async () => {
    await using tree = await aTree()
    expect(await tree.coppice('start slow --no-wait')).toMatchObject({ exitCode: 0, err: '' })
    expect(tree.server.control.orders).toMatchObject([{ verb: 'start', names: ['slow'], force: false }])
  })

  test('[CL7] a timeout that no timer can count is as long as one can', async () => {
    await using tree = await aTree()
    expect(await tree.coppice('start web --timeout 1000d')).toMatchObject({ exitCode: 0, err: '' })
  })

  test('[CL7] stop -f kills at once', async () => {
    await using tree = await aTree()
    await tree.coppice('stop -f web')
    expect(tree.server.control.orders).toMatchObject([{ verb: 'stop', names: ['web'], force: true }])
  })

  test('[CL8] what did not come true is told with its reason', async () => {
    await using tree = await aTree()
    expect(await tree.coppice('restart bad web -q')).toMatchObject({
      exitCode: 1,
      out: '',
      err: 'coppice: bad is failed: could not restart.\n  `coppice why bad` tells more.\n',
    })
    expect(await tree.coppice('start slow -q --timeout 10ms')).toMatchObject({
      exitCode: 5,
      out: '',
      err: 'coppice: slow is init after 10ms: not ready yet: refused.\n  `coppice why slow` tells more.\n',
    })
  })
})

describe('which supervisor', () => {
  test('[CL20] --socket PATH', async () => {
    await using tree = await aTree()
    expect(
      await tree.coppice(`ls --socket ${tree.server.socketPath}`, { env: { COPPICE_SOCKET: '/nowhere' } }),
    ).toMatchObject({
      exitCode: 0,
    })
  })

  test('[CL21] --file FILE, relative to where one stands', async () => {
    const env = { HOME: '/home/ann', XDG_RUNTIME_DIR: '/nowhere' }
    const { exitCode, err } = await run('ls --file trees/../a.yml', { cwd: '/srv', uid: 7, env })
    const absolute = await run('ls --file /srv/a.yml', { uid: 7, env })
    expect(exitCode).toBe(3)
    expect(err).toContain('/nowhere/coppice/up/a.yml-')
    expect(absolute.err).toBe(err)
  })

  test('[CL23] COPPICE_HOME', async () => {
    await using home = await aDirectory()
    await using _server = await aControlServer(tree, { socketPath: join(home.path, 'coppice.sock') })
    expect(await run('ls', { env: { COPPICE_HOME: home.path } })).toMatchObject({ exitCode: 0, err: '' })
  })

  test('[CL35] a socket path that is too long', async () => {
    expect(await run('ls', { env: { COPPICE_HOME: `/${'x'.repeat(120)}` } })).toMatchObject({ exitCode: 2, out: '' })
  })
})

describe('[CL28] up', () => {
  test('hands the file and its options to the supervisor, and ends with its exit code', async () => {
    const { exitCode, out, err, ups } = await run(
      'up tree.toml --nocheck --socket /s --log-format json --log-level=debug',
      {
        upEndsWith: 7,
      },
    )
    expect({ exitCode, out, err }).toEqual({ exitCode: 7, out: '', err: '' })
    expect(ups).toEqual([{ file: 'tree.toml', nocheck: true, socket: '/s', logFormat: 'json', logLevel: 'debug' }])
  })

  test('says nothing of what was not said', async () => {
    const { ups } = await run('up tree.toml')
    expect(ups).toEqual([{ file: 'tree.toml', nocheck: false, socket: null, logFormat: null, logLevel: null }])
  })
})
