// A daemon of one's own: pmon3 needs root and a pmond; here an ordinary user has neither, and root is not helped silently.
import { expect, test } from 'bun:test'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { ProcessView } from '../../../src/wire/process.ts'
import { binary, codeOf, plainEnvironment, type Answer } from '../binary.ts'
import { fact, stopwatch } from '../facts.ts'
import { newBrood, signalIfThere } from '../leftovers.ts'
import { whyNoUsers } from '../namespace.ts'
import { isAlive } from '../proc.ts'

const nobody = 65534

/** A user without anything: a home, XDG directories, and a /run where no coppice of the machine is. */
interface Person extends AsyncDisposable {
  readonly home: string
  cli(...args: readonly string[]): Promise<Answer>
  /** The pid of the daemon that this user has. */
  daemon(): number
}

function aPerson({ uid }: { readonly uid: number }): Person {
  const home = mkdtempSync(join(tmpdir(), 'coppice-person-'))
  mkdirSync(join(home, 'run'))
  for (const path of [home, join(home, 'run')]) chownSync(path, uid, uid)
  const brood = newBrood()
  const env = {
    ...plainEnvironment(),
    ...brood.environment,
    HOME: home,
    XDG_RUNTIME_DIR: join(home, 'run'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CONFIG_HOME: join(home, 'config'),
  }
  const lock = join(home, 'run/coppice/lock')
  const daemon = (): number => Number(readFileSync(lock, 'utf8'))
  const world = ['unshare', '--mount', 'sh', '-c', 'mount -t tmpfs none /run && exec "$@"', 'sh']
  const asUser = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
  return {
    home,
    daemon,
    async cli(...args) {
      const since = stopwatch()
      const child = Bun.spawn([...world, ...asUser, binary, ...args], {
        cwd: home,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
      await child.exited
      return { code: codeOf(child), stdout, stderr, ms: since() }
    },
    async [Symbol.asyncDispose]() {
      if (existsSync(lock)) signalIfThere(daemon(), 'SIGTERM')
      await fact('all of it has ended', () => brood.living().length === 0).catch(() => brood.end())
      rmSync(home, { recursive: true, force: true })
    },
  }
}

const cannot = whyNoUsers()

test.skipIf(cannot !== null)(
  '[CL60] [CL31] exec starts a daemon of the user where none answers, says so on stderr, and keeps it',
  async () => {
    await using person = aPerson({ uid: nobody })
    const first = await person.cli('exec', '/bin/sleep', '-a', '100000', '--name', 'web')
    expect(first).toMatchObject({ code: 0, stderr: `coppice: started a daemon of your own (pid ${person.daemon()})\n` })
    const second = await person.cli('exec', '/bin/sleep', '-a', '100000', '--name', 'api', '--json')
    expect([second.code, second.stderr]).toEqual([0, ''])
    const view = JSON.parse(second.stdout) as ProcessView
    expect(view).toMatchObject({
      id: 2,
      user: 'nobody',
      status: 'running',
      log: join(person.home, 'state/coppice/logs/api.log'),
    })
    for (const path of ['run/coppice/coppice.sock', 'state/coppice/coppice.db'])
      expect(existsSync(join(person.home, path))).toBe(true)
    expect((await person.cli('kill')).code).toBe(0)
  },
)

test.skipIf(cannot !== null)('[CL60] init and start begin one too, and it has what the one before had', async () => {
  await using person = aPerson({ uid: nobody })
  expect(await person.cli('init')).toMatchObject({ code: 0, stderr: expect.stringContaining('a daemon of your own') })
  expect((await person.cli('exec', '/bin/sleep', '-a', '100000', '--name', 'web')).code).toBe(0)
  const before = person.daemon()
  process.kill(before, 'SIGTERM')
  await fact('it has ended', () => !isAlive(before))
  const started = await person.cli('start', 'web')
  expect(started).toMatchObject({ code: 0, stderr: expect.stringContaining(`pid ${person.daemon()}`) })
  expect(person.daemon()).not.toBe(before)
  expect((await person.cli('drop')).code).toBe(0)
})

test.skipIf(cannot !== null)(
  '[CL62] --no-spawn-daemon forbids it, and what only asks or stops never does it: exit 3',
  async () => {
    await using person = aPerson({ uid: nobody })
    for (const line of [
      'exec --no-spawn-daemon /bin/sleep',
      'init --no-spawn-daemon',
      'start web --no-spawn-daemon',
      'ls',
      'stop web',
      'drop',
      'group ls',
    ]) {
      const answer = await person.cli(...line.split(' '))
      expect([line, answer.code, answer.stdout]).toEqual([line, 3, ''])
      expect(answer.stderr).toContain('coppice daemon')
    }
    expect(existsSync(join(person.home, 'run/coppice'))).toBe(false)
  },
)

test.skipIf(cannot !== null)('[DM23] a daemon that is not root refuses to run anything as somebody else', async () => {
  await using person = aPerson({ uid: nobody })
  const refused = await person.cli('exec', '/bin/sleep', '-a', '1000', '--user', 'root')
  expect(refused).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('--user: only a daemon of root'),
  })
  expect((await person.cli('exec', '/bin/sleep', '-a', '1000', '--user', 'nobody')).code).toBe(0)
  expect((await person.cli('drop')).code).toBe(0)
})

test.skipIf(cannot !== null)(
  '[CL61] root without COPPICE_HOME has none started for it: exit 3, and nothing is made',
  async () => {
    await using person = aPerson({ uid: 0 })
    const system = ['/run/coppice/coppice.sock', '/var/lib/coppice', '/var/log/coppice', '/etc/coppice']
    const before = system.map((path) => existsSync(path))
    for (const line of ['exec /bin/sleep -a 1000', 'init', 'start web', 'ls']) {
      const answer = await person.cli(...line.split(' '))
      expect([line, answer.code, answer.stdout]).toEqual([line, 3, ''])
      expect(answer.stderr).toContain('systemctl start coppice')
    }
    expect(system.map((path) => existsSync(path))).toEqual(before)
  },
)

test.skipIf(cannot !== null)('[CL60] a directory that cannot be made is said, exit 3', async () => {
  await using person = aPerson({ uid: nobody })
  writeFileSync(join(person.home, 'run/coppice'), '')
  const { code, stdout, stderr } = await person.cli('exec', '/bin/sleep', '-a', '1000')
  expect([code, stdout, stderr]).toEqual([3, '', expect.stringContaining(join(person.home, 'run/coppice'))])
  rmSync(join(person.home, 'run/coppice'))
})
