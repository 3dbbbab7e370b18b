// Hooks on the real host: commands and what they leave behind, and POSTs to a receiver on loopback.
import { afterEach, describe, expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HookAction } from '../../../src/core/spec.ts'
import type { HookOrder, HookOutcome, Hooks } from '../../../src/system/hooks.ts'
import { createHooks } from '../../../src/system/hooks/host.ts'
import { environOf, isAlive } from '../../e2e/proc.ts'
import { Host, sh, until } from './host.ts'

const isRoot = process.getuid?.() === 0
const nobody = { user: null, group: null, umask: null, nice: null } as const
const env = { inherit: true, set: new Map([['ROLE', 'primary']]) }

/** A host on which hooks are run: with a spawner beside them, as ever, which reaps what they orphan. */
class HookHost extends Host {
  readonly hooks: Hooks
  readonly told: string[] = []

  constructor(ownId = `hooks-${process.pid}`) {
    super()
    this.hooks = createHooks({ ownId, log: (text) => void this.told.push(text) })
  }

  /** Runs the shell script as a hook; the event is its `$1`. */
  script(script: string, order: Partial<HookOrder> = {}): Promise<HookOutcome> {
    return this.run({ tag: 'command', command: [...sh(script), 'hook'] }, order)
  }

  run(action: HookAction, order: Partial<HookOrder> = {}): Promise<HookOutcome> {
    const context = { cwd: this.dir, env, identity: nobody }
    const { signal } = new AbortController()
    return this.hooks.run({ action, event: '{"id":7}', context, variables: {}, timeout: 10_000, signal, ...order })
  }

  /** A number in a file of the test, once it is there. */
  async pid(name: string): Promise<number> {
    const path = join(this.dir, name)
    const read = (): number => (readdirSync(this.dir).includes(name) ? Number(readFileSync(path, 'utf8')) : 0)
    await until(`${name} is written`, () => read() > 0)
    return read()
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.hooks[Symbol.dispose]()
    await super[Symbol.asyncDispose]()
  }
}

describe('[HK6] a command', () => {
  test('has the event as its last argument, whatever is in it, and no shell in between', async () => {
    await using host = new HookHost()
    const event = JSON.stringify({ args: `'"\`id\` $(id) $HOME \\ \n <>&` })
    const { failed, output } = await host.script('printf "%s|%s" "$#" "$1"', { event })
    expect({ failed, output }).toEqual({ failed: null, output: `1|${event}` })
  })

  test('runs in the directory and with the environment of its process, and what is added wins', async () => {
    await using host = new HookHost()
    const script = 'echo $PWD $ROLE $COPPICE_EVENT'
    const { output } = await host.script(script, { variables: { COPPICE_EVENT: 'exit', ROLE: 'second' } })
    expect(output).toBe(`${host.dir} second exit\n`)
  })

  test('without a process has those of coppice', async () => {
    await using host = new HookHost()
    const { output } = await host.script('echo $PWD ${ROLE:-none}', { context: null })
    expect(output).toBe(`${process.cwd()} none\n`)
  })

  test.skipIf(!isRoot)('runs as the user of its process, who may open its own stderr', async () => {
    await using host = new HookHost()
    const context = { cwd: '/', env, identity: { ...nobody, user: 'daemon' } }
    const { failed, output } = await host.script('id -un; echo odd > /dev/stderr', { context })
    expect({ failed, output }).toEqual({ failed: null, output: 'daemon\nodd\n' })
  })

  test('works for pmon3\'s scripts: jq .id <<< "$1"', async () => {
    await using host = new HookHost()
    const command = ['/bin/bash', '-c', 'jq .id <<< "$1"', 'hook'] as const
    expect(await host.run({ tag: 'command', command }, { event: '{"name":"b1","id":12}' })).toEqual({
      failed: null,
      output: '12\n',
    })
  })
})

describe('[HK9] what goes wrong with a command is a sentence', () => {
  test('how it ended', async () => {
    await using host = new HookHost()
    expect(await host.script('echo no such luck >&2; exit 3')).toEqual({
      failed: 'exited with code 3',
      output: 'no such luck\n',
    })
    expect((await host.script('kill -SEGV $$')).failed).toBe('was killed by SIGSEGV')
  })

  test('that it could not be started, and why', async () => {
    await using host = new HookHost()
    const missing = await host.run({ tag: 'command', command: ['/no/such/hook'] })
    expect(missing.failed).toStartWith('could not be started: ')
    expect(missing.failed).toContain('/no/such/hook')
    const context = { cwd: host.dir, env, identity: { ...nobody, user: 'no-such-user' } }
    expect((await host.script('true', { context })).failed).toContain('no-such-user')
    expect((await host.script('true', { event: 'x'.repeat(200_000) })).failed).toStartWith('could not be started: ')
  })
})

describe('[HK8] a command that takes its time', () => {
  test('is killed after its timeout, with its group and whoever left it', async () => {
    await using host = new HookHost()
    const script = 'echo $$ > main; sleep 1000 & echo $! > child; setsid sh -c "echo \\$\\$ > gone; sleep 1000" & wait'
    const running = host.script(script, { timeout: 400 })
    const pids = [await host.pid('main'), await host.pid('child'), await host.pid('gone')]
    expect(await running).toEqual({ failed: 'had not ended after 400ms and was killed', output: '' })
    expect(pids.map(isAlive)).toEqual([false, false, false])
  })

  test('and ignores SIGTERM, is killed all the same, also when it is told to end', async () => {
    await using host = new HookHost()
    const controller = new AbortController()
    const running = host.script('trap "" TERM; echo $$ > main; while :; do sleep 1; done', {
      signal: controller.signal,
    })
    const pid = await host.pid('main')
    controller.abort()
    expect((await running).failed).toBe('was killed, since coppice ends')
    expect(isAlive(pid)).toBe(false)
  })

  test('told to end before it has begun, ends', async () => {
    await using host = new HookHost()
    const outcome = await host.script('sleep 1000', { signal: AbortSignal.abort() })
    expect(outcome.failed).toBe('was killed, since coppice ends')
  })
})

describe('[HK8] what a command leaves behind', () => {
  test('is killed when it ends, and told', async () => {
    await using host = new HookHost()
    const outcome = await host.script('sleep 1000 & echo $! > child; exit 1')
    const pid = await host.pid('child')
    expect(outcome.failed).toMatch(new RegExp(`^exited with code 1; left ${pid} \\(.*\\) behind, killed now$`))
    expect(isAlive(pid)).toBe(false)
  })

  test('a daemon too, that has left session and parent, and closed everything', async () => {
    await using host = new HookHost()
    const daemon = 'exec </dev/null >/dev/null 2>&1; echo $$ > daemon; exec sleep 1000'
    const outcome = await host.script(`(setsid sh -c '${daemon}' &) ; while [ ! -s daemon ]; do sleep 0.01; done`)
    const pid = await host.pid('daemon')
    expect(outcome.failed).toContain(`left ${pid} (`)
    expect(isAlive(pid)).toBe(false)
  })

  test('of a run nobody is touched', async () => {
    await using host = new HookHost()
    const run = host.start({ command: ['/bin/sleep', '1000000'] })
    await host.script('sleep 1000 & exit 0')
    expect(isAlive(run.pid)).toBe(true)
  })
})

describe('[HK8] what a command writes', () => {
  test('is kept to a bound, and never stops it', async () => {
    await using host = new HookHost()
    const { failed, output } = await host.script('head -c 3000000 /dev/zero | tr "\\0" x; echo $? > done')
    expect([failed, output]).toEqual([null, `${'x'.repeat(4096)}…`])
  })

  test('leaves no descriptor behind', async () => {
    await using host = new HookHost()
    await host.script('true')
    const before = readdirSync('/proc/self/fd').length
    for (let n = 0; n < 10; n++) await host.script('echo a')
    await until('all is closed', () => readdirSync('/proc/self/fd').length <= before)
  })
})

test('[HK11] what hooks of a killed supervisor have left is killed by the next of its name, and by no other', async () => {
  await using first = new HookHost('one')
  const controller = new AbortController()
  const running = first.script('echo $$ > main; exec sleep 1000', { signal: controller.signal })
  const pid = await first.pid('main')
  await until('it has its environment', () => environOf(pid).some((entry) => entry.startsWith('COPPICE_RUN=hook/one/')))
  await using other = new HookHost('another')
  expect([other.told, isAlive(pid)]).toEqual([[], true])
  await using next = new HookHost('one')
  expect(next.told).toEqual(['hooks that were under way have left a process, killed now'])
  expect((await running).failed).toBe('was killed by SIGKILL')
})

interface Received {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: string
}

let server: ReturnType<typeof Bun.serve> | null = null
afterEach(() => void server?.stop(true))

/** Answers as the path says: `/204`, `/slow`, and remembers what it was sent. */
function receiver(): { readonly url: string; readonly received: Received[] } {
  const received: Received[] = []
  server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const path = new URL(request.url).pathname
      received.push({ method: request.method, path, headers: request.headers, body: await request.text() })
      if (path === '/slow') await Bun.sleep(1_000_000)
      if (path === '/moved') return new Response('', { status: 307, headers: { Location: '/204' } })
      return new Response(path === '/500' ? 'it is all too much' : null, { status: Number(path.slice(1)) })
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, received }
}

describe('[HK7] a URL', () => {
  const variables = { COPPICE_EVENT: 'failure' }

  test('gets the event as the body of a POST, signed where there is a secret', async () => {
    await using host = new HookHost()
    const { url, received } = receiver()
    const event = '{"name":"wéb","id":7}'
    const order = { event, variables }
    expect(await host.run({ tag: 'post', url: `${url}/204`, secret: 'hush' }, order)).toEqual({
      failed: null,
      output: '',
    })
    expect(await host.run({ tag: 'post', url: `${url}/200`, secret: null }, order)).toEqual({
      failed: null,
      output: '',
    })
    const [signed, plain] = received
    expect([signed?.method, signed?.path, signed?.body]).toEqual(['POST', '/204', event])
    expect(signed?.headers.get('content-type')).toBe('application/json')
    expect(signed?.headers.get('x-coppice-event')).toBe('failure')
    const digest = createHmac('sha256', 'hush').update(Buffer.from(event)).digest('hex')
    expect(signed?.headers.get('x-coppice-signature')).toBe(`sha256=${digest}`)
    expect(plain?.headers.has('x-coppice-signature')).toBe(false)
  })

  test('that answers anything but 2xx has failed, and what it said is kept; its path is not told', async () => {
    await using host = new HookHost()
    const { url, received } = receiver()
    expect(await host.run({ tag: 'post', url: `${url}/500?token=hush`, secret: null })).toEqual({
      failed: `${url} answered 500`,
      output: 'it is all too much',
    })
    expect((await host.run({ tag: 'post', url: `${url}/moved`, secret: null })).failed).toBe(`${url} answered 307`)
    expect(received.map(({ path }) => path)).toEqual(['/500', '/moved'])
  })

  test('that does not answer, or is not there, has failed', async () => {
    await using host = new HookHost()
    const { url } = receiver()
    const slow = { tag: 'post', url: `${url}/slow`, secret: null } as const
    expect((await host.run(slow, { timeout: 100 })).failed).toBe(`${url} had not answered after 100ms`)
    const controller = new AbortController()
    const waiting = host.run(slow, { signal: controller.signal })
    controller.abort()
    expect((await waiting).failed).toBe(`${url} had not answered when coppice ended`)
    await server?.stop(true)
    expect((await host.run({ ...slow, url: `${url}/` })).failed).toBe(`${url} could not be reached: connection refused`)
  })
})
