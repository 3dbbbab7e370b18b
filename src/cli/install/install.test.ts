import { afterEach, describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { coppice } from '../../../test/support/fake-system.ts'
import type { Installation } from '../system.ts'
import { locate, surroundings } from './locate.ts'
import { describeStep, perform, runHere, type Ground } from './perform.ts'
import { installPlan, systemLocations, uninstallPlan, userLocations, type InstallFacts, type Step } from './plan.ts'
import { environmentText, rotationText, unitText } from './texts.ts'

// Nothing here may touch the host: whatever writes does it below a directory of its own.

const made: string[] = []
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function aRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'coppice-install-'))
  made.push(root)
  return root
}

/** A program that could be installed. */
function aProgram(): string {
  const path = join(aRoot(), 'coppice-build')
  writeFileSync(path, 'the program')
  chmodSync(path, 0o700)
  return path
}

const directories: Installation['directories'] = [
  { path: '/var/lib/coppice', mode: 0o700, user: null, group: null, isLogs: false },
  { path: '/srv/logs', mode: 0o775, user: null, group: 'adm', isLogs: true },
]

function facts(changes: Partial<InstallFacts> = {}): InstallFacts {
  return {
    at: systemLocations,
    executable: '/tmp/coppice',
    config: '# logs:\n',
    directories,
    completion: (shell) => `completes in ${shell}\n`,
    init: 'systemd',
    isRunning: false,
    pmon3: null,
    ...changes,
  }
}

function below(root: string): { ground: Ground; commands: (readonly string[])[] } {
  const commands: (readonly string[])[] = []
  return { commands, ground: { root, run: (command) => (commands.push(command), null) } }
}

function take(steps: readonly Step[], ground: Ground): void {
  for (const step of steps) expect(perform(step, ground)).toMatchObject({ ok: true })
}

function filesIn(root: string): string[] {
  const all = readdirSync(root, { recursive: true, withFileTypes: true })
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .toSorted()
}

const everything = [
  '/etc/coppice/config.yml',
  '/etc/default/coppice',
  '/etc/logrotate.d/coppice',
  '/etc/systemd/system/coppice.service',
  '/usr/local/bin/coppice',
  '/usr/local/share/bash-completion/completions/coppice',
  '/usr/local/share/fish/vendor_completions.d/coppice.fish',
  '/usr/local/share/zsh/site-functions/_coppice',
]

describe('[IN1] what is installed', () => {
  test('the steps in their order', () => {
    const lines = installPlan(facts()).map((step) => describeStep(step, { root: null }))
    expect(lines).toMatchInlineSnapshot(`
      [
        "copy /tmp/coppice to /usr/local/bin/coppice",
        "make the directory /var/lib/coppice, mode 0700",
        "make the directory /srv/logs, mode 0775, of :adm",
        "write /etc/coppice/config.yml, unless it is there",
        "write /etc/default/coppice, unless it is there",
        "write /etc/systemd/system/coppice.service",
        "write /etc/logrotate.d/coppice",
        "write /usr/local/share/bash-completion/completions/coppice",
        "write /usr/local/share/zsh/site-functions/_coppice",
        "write /usr/local/share/fish/vendor_completions.d/coppice.fish",
        "run systemctl daemon-reload",
        "run systemctl enable --now coppice.service",
      ]
    `)
  })

  test('is all there afterwards, with its modes, and nothing else', () => {
    const root = aRoot()
    const { ground, commands } = below(root)
    take(installPlan(facts({ executable: aProgram(), init: 'elsewhere' })), ground)
    expect(filesIn(root)).toEqual(everything)
    expect(commands).toEqual([])
    const modeOf = (path: string): string => (statSync(join(root, path)).mode & 0o7777).toString(8)
    expect(modeOf('/usr/local/bin/coppice')).toBe('755')
    expect(modeOf('/var/lib/coppice')).toBe('700')
    expect(modeOf('/srv/logs')).toBe('775')
    expect(readFileSync(join(root, 'usr/local/bin/coppice'), 'utf8')).toBe('the program')
  })

  test('directories are given to whom the settings say', () => {
    const commands: (readonly string[])[] = []
    const root = aRoot()
    const here = directories.map((directory) => ({ ...directory, path: join(root, directory.path) }))
    const steps = installPlan(facts({ directories: here })).filter(({ tag }) => tag === 'directory')
    take(steps, { root: null, run: (command) => (commands.push(command), null) })
    expect(commands).toEqual([['chown', ':adm', join(root, 'srv/logs')]])
  })

  test('where there is no systemd, it says how to start the daemon', () => {
    const steps = installPlan(facts({ init: 'unknown' }))
    expect(steps.filter(({ tag }) => tag === 'run')).toEqual([])
    expect(steps.at(-1)).toMatchObject({ tag: 'say', text: expect.stringContaining('coppice daemon --detach') })
  })

  test('[IN9] a daemon that runs already gets the new program in place', () => {
    const command = ['/usr/local/bin/coppice', 'daemon', 'reload-binary', '--executable', '/usr/local/bin/coppice']
    for (const init of ['systemd', 'unknown'] as const) {
      const steps = installPlan(facts({ init, isRunning: true }))
      const [copied, replaced] = ['copy', 'run'].map((tag) => steps.findIndex((step) => step.tag === tag))
      expect(steps[replaced ?? -1]).toEqual({ tag: 'run', command, mayFail: false })
      expect(copied).toBeLessThan(replaced ?? -1)
    }
    expect(installPlan(facts({ init: 'elsewhere', isRunning: true })).some(({ tag }) => tag === 'run')).toBe(false)
  })

  test('a program that is where it belongs is not copied onto itself', () => {
    const steps = installPlan(facts({ executable: '/usr/local/bin/coppice' }))
    expect(steps.filter(({ tag }) => tag === 'copy')).toEqual([])
  })
})

describe('[IN5] a second time', () => {
  test('settings that are there stay as they are; everything else is brought up to date', () => {
    const root = aRoot()
    const { ground } = below(root)
    take(installPlan(facts({ executable: aProgram(), init: 'elsewhere' })), ground)
    for (const path of everything) writeFileSync(join(root, path), 'mine')
    take(installPlan(facts({ executable: aProgram(), init: 'elsewhere' })), ground)
    const mine = everything.filter((path) => readFileSync(join(root, path), 'utf8') === 'mine')
    expect(mine).toEqual(['/etc/coppice/config.yml', '/etc/default/coppice'])
  })

  test("pmon3's settings go on being read: no file of ours comes before them", () => {
    const steps = installPlan(facts({ pmon3: '/etc/pmon3/config/config.yml' }))
    expect(steps.some((step) => step.tag === 'write' && step.path === '/etc/coppice/config.yml')).toBe(false)
    expect(steps).toContainEqual({ tag: 'say', text: expect.stringContaining('/etc/pmon3/config/config.yml stays') })
    const exists = (path: string): boolean => path === '/etc/pmon3/config/config.yml'
    expect(surroundings(systemLocations, null, exists)).toEqual({
      init: 'unknown',
      pmon3: '/etc/pmon3/config/config.yml',
    })
    expect(surroundings(systemLocations, '/x', () => true)).toEqual({ init: 'elsewhere', pmon3: null })
    expect(surroundings(systemLocations, null, () => true)).toEqual({ init: 'systemd', pmon3: null })
  })

  test('what fails is told, and nothing comes after it', async () => {
    const root = aRoot()
    writeFileSync(join(root, 'etc'), 'a file where a directory belongs')
    const installation = { executable: aProgram(), config: '', directories }
    const { exitCode, out, err } = await coppice(`install --prefix ${root}`, { installation })
    expect(exitCode).toBe(1)
    expect(out.trim().split('\n').length).toBe(3)
    expect(err).toContain(`coppice: Could not write ${root}/etc/coppice/config.yml, unless it is there: `)
    expect(existsSync(join(root, 'usr/local/share'))).toBe(false)
  })
})

describe('[IN6] for a user', () => {
  const at = userLocations('/home/ann', { config: '/home/ann/.config', data: '/home/ann/.local/share' })

  test('everything is under the home, and the service is the user’s', () => {
    const steps = installPlan(facts({ at }))
    const paths = steps.flatMap((step) => (step.tag === 'write' ? step.path : step.tag === 'copy' ? step.to : []))
    expect(paths.filter((path) => !path.startsWith('/home/ann/'))).toEqual([])
    expect(steps).toContainEqual({
      tag: 'run',
      command: ['systemctl', '--user', 'enable', '--now', 'coppice.service'],
      mayFail: false,
    })
  })

  test('who may install what', () => {
    const env = { HOME: '/home/ann' }
    expect(locate({ user: true, root: null }, { env, uid: 7 })).toEqual({ ok: true, value: at })
    expect(locate({ user: true, root: null }, { env, uid: 0 })).toMatchObject({ ok: false, failure: { code: 'usage' } })
    expect(locate({ user: true, root: null }, { env: {}, uid: 7 })).toMatchObject({ ok: false })
    expect(locate({ user: false, root: null }, { env, uid: 7 })).toMatchObject({
      ok: false,
      failure: { code: 'not-root', hint: expect.stringContaining('--user') },
    })
    expect(locate({ user: false, root: '/tmp/x' }, { env, uid: 7 })).toMatchObject({ ok: true })
    expect(locate({ user: true, root: null }, { env: { ...env, XDG_CONFIG_HOME: '/c' }, uid: 7 })).toMatchObject({
      ok: true,
      value: { unit: '/c/systemd/user/coppice.service' },
    })
  })
})

describe('[IN7] --dry-run and --prefix', () => {
  test('--dry-run tells every step and takes none', async () => {
    const root = aRoot()
    const installation = { executable: aProgram(), config: '', directories }
    const { exitCode, out } = await coppice(`install --dry-run --prefix ${root}`, { installation })
    expect(exitCode).toBe(0)
    expect(out).toContain(`write ${root}/etc/systemd/system/coppice.service\n`)
    expect(readdirSync(root)).toEqual([])
  })

  test('--prefix writes below that directory only, and completion is that of every command', async () => {
    const root = aRoot()
    const installation = { executable: aProgram(), config: '# mine\n', directories }
    const { exitCode, err } = await coppice(`install --prefix root`, { cwd: root, uid: 7, installation })
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(filesIn(join(root, 'root'))).toEqual(everything)
    expect(readFileSync(join(root, 'root/etc/coppice/config.yml'), 'utf8')).toBe('# mine\n')
    const script = readFileSync(join(root, 'root/usr/local/share/bash-completion/completions/coppice'), 'utf8')
    expect(script).toBe((await coppice('completion bash')).out)
  })

  test('a runtime that runs our sources is not installed as coppice', async () => {
    const installation = { executable: '/usr/bin/bun', config: '', directories }
    const { exitCode, out, err } = await coppice(`install --prefix ${aRoot()}`, { installation })
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' })
    expect(err).toContain('npm run build')
  })
})

describe('[IN8] uninstall', () => {
  test('removes what was installed; settings, state and logs stay, and it says so', () => {
    const root = aRoot()
    const { ground } = below(root)
    take(installPlan(facts({ executable: aProgram(), init: 'elsewhere' })), ground)
    writeFileSync(join(root, 'srv/logs/web.log'), 'a\n')
    const steps = uninstallPlan(facts({ init: 'elsewhere' }))
    take(steps, ground)
    expect(filesIn(root)).toEqual(['/etc/coppice/config.yml', '/etc/default/coppice', '/srv/logs/web.log'])
    expect(steps.at(-1)).toEqual({
      tag: 'say',
      text: 'Settings, state and logs stay: /etc/coppice, /etc/default/coppice, /var/lib/coppice, /srv/logs.',
    })
    expect(steps.map((step) => perform(step, ground)).slice(0, -1)).toEqual(
      steps.slice(0, -1).map(() => ({ ok: true, value: 'nothing' as const })),
    )
  })

  test('first the service is stopped, and that there is none is no failure', () => {
    const [first] = uninstallPlan(facts())
    expect(first).toEqual({ tag: 'run', command: ['systemctl', 'disable', '--now', 'coppice.service'], mayFail: true })
    const run = (): string => 'Unit coppice.service not loaded.'
    expect(perform(first!, { root: null, run })).toEqual({ ok: true, value: 'nothing' })
  })

  test('--dry-run of both, for this very host, does nothing', async () => {
    const installation = { executable: aProgram(), config: '', directories }
    const before = existsSync(systemLocations.unit)
    for (const line of ['install --dry-run', 'uninstall --dry-run']) {
      expect(await coppice(line, { installation })).toMatchObject({ exitCode: 0, err: '' })
    }
    expect(existsSync(systemLocations.unit)).toBe(before)
  })
})

test('[IN7] a command that fails is told with its own words', () => {
  const step: Step = { tag: 'run', command: ['sh', '-c', 'echo no such unit. >&2; exit 5'], mayFail: false }
  expect(perform(step, { root: null, run: runHere })).toMatchObject({
    ok: false,
    failure: { code: 'install-failed', message: expect.stringMatching(/^Could not run sh .*: no such unit\.$/) },
  })
  const absent: Step = { tag: 'run', command: ['coppice-has-no-such-program'], mayFail: false }
  expect(perform(absent, { root: null, run: runHere })).toMatchObject({ ok: false })
})

describe('[IN2] [IN3] [IN4] what others read', () => {
  const packaged: readonly (readonly [string, string])[] = [
    ['coppice.service', unitText({ program: '/usr/bin/coppice', isUser: false })],
    ['coppice-user.service', unitText({ program: '/usr/bin/coppice', isUser: true })],
    ['coppice.logrotate', rotationText({ logs: '/var/log/coppice', user: null, group: null })],
    ['coppice.default', environmentText],
  ]

  test.each(packaged)('packaging/%s is what install writes', (name, text) => {
    expect(readFileSync(join(import.meta.dir, '../../../packaging', name), 'utf8')).toBe(text)
  })

  test('a directory that others may write to is rotated as its owner', () => {
    expect(rotationText({ logs: '/srv/l', user: null, group: 'adm' })).toContain('    su root adm\n}')
    expect(rotationText({ logs: '/srv/l', user: null, group: null })).not.toContain('su ')
  })

  test('[IN3] systemd leaves the processes of a daemon that ends to the next one', () => {
    const unit = unitText({ program: '/usr/bin/coppice', isUser: false })
    expect(unit).toContain('\nKillMode=process\n')
    expect(unit).toContain('\nOOMPolicy=continue\n')
    expect(unit).toContain('\nType=notify\n')
  })

  test.skipIf(Bun.which('systemd-analyze') === null)('[IN2] systemd finds no fault in the units', () => {
    for (const isUser of [false, true]) {
      const path = join(aRoot(), 'coppice.service')
      writeFileSync(path, unitText({ program: '/bin/true', isUser }))
      const { stderr } = Bun.spawnSync(['systemd-analyze', ...(isUser ? ['--user'] : []), 'verify', '--man=no', path])
      expect(
        stderr
          .toString()
          .split('\n')
          .filter((line) => line.includes('coppice.service')),
      ).toEqual([])
    }
  })
})
