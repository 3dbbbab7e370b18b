import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { aControlServer } from '../../../test/support/control-server.ts'
import type { FakeProcess } from '../../../test/support/fake-control.ts'
import { coppice } from '../../../test/support/fake-system.ts'
import type { Screen } from '../system.ts'

const some: readonly FakeProcess[] = [
  { name: 'web', memory: 2048, cpu: 1 },
  { name: 'db', memory: 4096, cpu: 2, log: '/var/log/db.log' },
]

/** A terminal that a test types on. Beats come when the test says so. */
function aScreen(): Screen & {
  type(text: string): void
  beat(): void
  readonly shown: () => string
  isClosed: boolean
} {
  let listener: Parameters<Screen['listen']>[0] = { typed: () => {}, resized: () => {} }
  let lines: readonly string[] = []
  let wake = (): void => {}
  return {
    isClosed: false,
    size: () => ({ columns: 100, rows: 10 }),
    draw: (shown) => void (lines = shown),
    listen: (one) => void (listener = one),
    pause: (_span, signal) =>
      new Promise((resolve) => {
        wake = resolve
        signal.addEventListener('abort', () => resolve())
      }),
    [Symbol.dispose]() {
      this.isClosed = true
    },
    type: (text) => listener.typed(text),
    beat: () => wake(),
    shown: () => lines.join('\n'),
  }
}

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await Bun.sleep(1)
}

describe('[CL95] topn without a terminal', () => {
  test('shows the table once, what takes the most memory first', async () => {
    await using server = await aControlServer(some)
    const { exitCode, out } = await coppice('topn', { env: { COPPICE_SOCKET: server.socketPath } })
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^ID +Name .*\n2 +db .*\n1 +web .*\n$/)
  })

  test('and JSON, also on a terminal', async () => {
    await using server = await aControlServer(some)
    const screen = aScreen()
    const { out } = await coppice('topn --json', { screen, env: { COPPICE_SOCKET: server.socketPath } })
    expect(JSON.parse(out)).toMatchObject([{ name: 'db' }, { name: 'web' }])
    expect(screen.shown()).toBe('')
  })

  test('no supervisor: exit 3, and the terminal is not touched', async () => {
    const screen = aScreen()
    expect((await coppice('topn', { screen, env: { COPPICE_SOCKET: '/nowhere/s' } })).exitCode).toBe(3)
    expect(screen.shown()).toBe('')
  })
})

describe('[CL98] topn on a terminal', () => {
  test('shows what is new, acts, follows the log, survives its supervisor, and quits', async () => {
    await using server = await aControlServer(some)
    server.control.writes('db', 'hello\n')
    const screen = aScreen()
    const running = coppice('topn', { screen, env: { COPPICE_SOCKET: server.socketPath } })
    await until(() => screen.shown().includes('2 processes'))

    server.control.put({ name: 'new' })
    screen.beat()
    await until(() => screen.shown().includes('3 processes'))

    screen.type('k')
    expect(screen.shown()).toContain('Stop db?')
    screen.type('y')
    await until(() => screen.shown().includes('db: stop was asked for.'))
    expect(server.control.orders).toMatchObject([{ verb: 'stop', names: ['db'] }])

    screen.type('\r')
    await until(() => screen.shown().includes('hello'))
    server.control.writes('db', 'world\n')
    await until(() => screen.shown().includes('world'))
    screen.type('\x1b')
    await server.control.untilFollowed('logs', 0)
    expect(screen.shown()).toContain('3 processes')

    await server.close()
    screen.beat()
    await until(() => screen.shown().includes('No coppice answers'))
    expect(screen.shown()).toContain('3 processes')
    screen.type('q')
    expect(await running).toMatchObject({ exitCode: 0, out: '', err: '' })
    expect(screen.isClosed).toBe(true)
  })
})

type Step = readonly ['wait' | 'send', string] | readonly ['signal', number] | readonly ['size', number, number]

interface Played {
  readonly shown: string
  /** Negative: the signal it died of. */
  readonly code: number
  readonly missing: string | null
  /** Whether the terminal is no longer raw. */
  readonly restored: boolean
}

/** Runs `coppice topn` on a real terminal of 80 columns and 12 rows. */
async function played(steps: readonly Step[], processes: readonly FakeProcess[] = some): Promise<Played> {
  await using server = await aControlServer(processes)
  const root = join(import.meta.dir, '../../..')
  const program = [process.execPath, join(root, 'src/main.ts'), 'topn', '--socket', server.socketPath]
  const child = Bun.spawn(['python3', join(root, 'test/support/on-a-terminal.py'), JSON.stringify(steps), ...program], {
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1' },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  return (await new Response(child.stdout).json()) as Played
}

describe.skipIf(Bun.which('python3') === null)('[CL99] on a real terminal', () => {
  const leaves = '\x1b[?25h\x1b[?1049l'

  test.each([
    ['ESC', ['send', '\x1b']],
    ['q', ['send', 'q']],
    ['Ctrl-C', ['send', '\x03']],
  ] as const)('%s quits, and the terminal is as it was', async (_key, step) => {
    const { shown, code, missing, restored } = await played([['wait', 'restart'], step])
    expect({ code, missing, restored }).toEqual({ code: 0, missing: null, restored: true })
    expect(shown).toStartWith('\x1b[?1049h')
    expect(shown).toEndWith(leaves)
  })

  test.each([
    ['SIGTERM', 15],
    ['SIGINT', 2],
    ['SIGHUP', 1],
  ])('%s ends it as it ends any program, and the terminal is as it was', async (_name, signal) => {
    const { shown, code, missing, restored } = await played([
      ['wait', 'restart'],
      ['signal', signal],
    ])
    expect({ code, missing, restored }).toEqual({ code: -signal, missing: null, restored: true })
    expect(shown).toEndWith(leaves)
  })

  test('keys, arrows and a new size are understood', async () => {
    const { missing, code } = await played(
      [
        ['wait', '30 processes'],
        ['send', '\x1b[F'],
        ['wait', 'p30'],
        ['send', 'k'],
        ['wait', 'Stop p30?'],
        ['send', 'n'],
        ['wait', 'ESC quit'],
        ['size', 40, 60],
        ['wait', 'p1 '],
        ['send', 'q'],
      ],
      Array.from({ length: 30 }, (_, n) => ({ name: `p${n + 1}`, memory: 100 - n })),
    )
    expect({ missing, code }).toEqual({ missing: null, code: 0 })
  })
})
