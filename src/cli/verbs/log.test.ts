import { describe, expect, test } from 'bun:test'
import { aControlServer, type ControlServer } from '../../../test/support/control-server.ts'
import { coppice as run, type Ran, type Surroundings } from '../../../test/support/fake-system.ts'

interface Logs extends AsyncDisposable {
  readonly server: ControlServer
  coppice(line: string, surroundings?: Surroundings): Promise<Ran>
}

/** A supervisor whose processes have written these. */
async function someLogs(logs: Readonly<Record<string, string>>): Promise<Logs> {
  const processes = ['web', 'db', 'printer'].map((name) => ({ name, log: `/var/log/${name}.log` }))
  const server = await aControlServer(processes)
  for (const [name, text] of Object.entries(logs)) server.control.writes(name, text)
  return {
    server,
    coppice: (line, { env = {}, ...rest } = {}) =>
      run(line, { env: { COPPICE_SOCKET: server.socketPath, ...env }, ...rest }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

const lines = (first: number, last: number): string =>
  Array.from({ length: last - first + 1 }, (_, n) => `line ${first + n}\n`).join('')

describe('[LR10] log', () => {
  test.each([
    ['log web', lines(21, 30)],
    ['log web -n 3', lines(28, 30)],
    ['log 1 --lines 3', lines(28, 30)],
    ['log -n +29 web', lines(29, 30)],
    ['log web -n 0', ''],
    ['log web -a', `old\n${lines(1, 30)}`],
    ['log web -a -n 2', lines(29, 30)],
    ['log web --all -n +31', 'line 30\n'],
    ['log web --stream stderr', 'oops\n'],
  ])('`%s`', async (line, expected) => {
    await using logs = await someLogs({ web: lines(1, 30), 'web:archive': 'old\n', 'web:stderr': 'oops\n' })
    expect(await logs.coppice(line)).toMatchObject({ exitCode: 0, out: expected, err: '' })
  })

  test.each(['x', '-5', '1.5', '++3', '99999999999999999999'])('-n %s is no number of lines', async (text) => {
    await using logs = await someLogs({ web: 'a\n' })
    const { exitCode, out, err } = await logs.coppice(`log web -n=${text}`)
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toContain('no number of lines')
  })
})

describe('[LR11] several', () => {
  test('every line says whose it is', async () => {
    await using logs = await someLogs({ web: 'a\nb', db: 'c\n' })
    expect((await logs.coppice('log web,db')).out).toBe('web | a\nweb | b\ndb  | c\n')
  })

  test('in colours of their own on a terminal', async () => {
    await using logs = await someLogs({ web: 'a\n', db: 'c\n' })
    const terminal = { columns: 80 }
    expect((await logs.coppice('log web db', { terminal })).out).toBe(
      '\x1b[36mweb |\x1b[0m a\n\x1b[33mdb  |\x1b[0m c\n',
    )
    expect((await logs.coppice('log web db', { terminal, env: { NO_COLOR: '1' } })).out).toBe('web | a\ndb  | c\n')
  })

  test('one alone has no prefix, also where it was named twice', async () => {
    await using logs = await someLogs({ web: 'a\n' })
    expect((await logs.coppice('log web,web')).out).toBe('a\n')
  })
})

describe('[LR12] what cannot be shown', () => {
  test('an unknown process: exit 4, and nothing of the others', async () => {
    await using logs = await someLogs({ web: 'a\n' })
    for (const verb of ['log', 'logf']) {
      expect(await logs.coppice(`${verb} web wbe`)).toMatchObject({ exitCode: 4, out: '' })
    }
  })

  test('a process without a log of its own: exit 1, and why', async () => {
    await using logs = await someLogs({ web: 'a\n' })
    for (const verb of ['log', 'logf']) {
      expect(await logs.coppice(`${verb} printer`)).toMatchObject({
        exitCode: 1,
        out: '',
        err: 'coppice: printer has no log file.\n',
      })
    }
  })

  test('among several, the others are shown', async () => {
    await using logs = await someLogs({ web: 'a\n' })
    expect(await logs.coppice('log printer web')).toMatchObject({
      exitCode: 1,
      out: 'web     | a\n',
      err: 'coppice: printer has no log file.\n',
    })
  })
})

test('[LR13] a log with nothing in it is said on stderr: exit 0', async () => {
  await using logs = await someLogs({ web: '' })
  expect(await logs.coppice('log web')).toMatchObject({
    exitCode: 0,
    out: '',
    err: 'web has written nothing: /var/log/web.log is empty or not there.\n',
  })
  expect(await logs.coppice('log web -n 0')).toMatchObject({ exitCode: 0, out: '', err: '' })
})

describe('[LR14] logf', () => {
  test('goes on with what is written, line by line, whoever writes when', async () => {
    await using logs = await someLogs({ web: 'a\n', db: 'b\n' })
    const { control } = logs.server
    let seen = ''
    const running = logs.coppice('logf web db -n 1', { watches: (out) => void (seen = out) })
    const until = async (text: string): Promise<void> => {
      while (!seen.includes(text)) await Bun.sleep(1)
    }
    await control.untilFollowed('logs', 2)
    await until('web | a\n')
    control.writes('web', 'one ')
    control.writes('db', 'two\n')
    await until('db  | two\n')
    control.writes('web', 'three\n')
    await until('web | one three\n')
    await logs.server.close()
    const { exitCode, err } = await running
    expect(exitCode).toBe(1)
    expect(err).toContain('coppice: The log of web ends here, because the supervisor has ended.\n')
  })

  test('one that has no log is told at once, and the others are followed', async () => {
    await using logs = await someLogs({ web: 'a\n' })
    let told = ''
    const running = logs.coppice('logf web printer', { hears: (err) => void (told = err) })
    await logs.server.control.untilFollowed('logs', 1)
    while (told === '') await Bun.sleep(1)
    expect(told).toBe('coppice: printer has no log file.\n')
    await logs.server.close()
    expect((await running).exitCode).toBe(1)
  })

  test('ends when nobody reads any more', async () => {
    await using logs = await someLogs({ web: 'a\n' })
    expect(await logs.coppice('logf web', { isUnread: true })).toMatchObject({ exitCode: 0, err: '' })
    await logs.server.control.untilFollowed('logs', 0)
  })
})
