// What a process is given, seen from inside it and from outside.
import { describe, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { descriptorsOf, limitOf, statOf, statusOf, workingDirectoryOf } from '../../e2e/proc.ts'
import { program } from '../../programs/program.ts'
import { aNotification } from '../../sim/builders.ts'
import { Host, sh } from './host.ts'

const noIdentity = { user: null, group: null, umask: null, nice: null } as const
const lives = ['/bin/sleep', '1000000'] as const

describe('session, descriptors, signals', () => {
  test('[PR1] a run leads a session and a group, and nothing else is open in it', async () => {
    await using host = new Host()
    const run = host.start({ command: lives })
    expect(statOf(run.pid)).toMatchObject({ group: run.pid, session: run.pid, parent: process.pid })
    expect([...descriptorsOf(run.pid).keys()]).toEqual([0, 1, 2])
    expect(descriptorsOf(run.pid).get(0)).toBe('/dev/null')
    expect(workingDirectoryOf(run.pid)).toBe(host.dir)
  })

  test('[PR2] no signal is blocked or ignored, though we ignore and handle some', async () => {
    await using host = new Host()
    const heard = (): void => undefined
    process.on('SIGUSR2', heard)
    const run = host.start({ command: lives })
    for (const key of ['SigBlk', 'SigIgn', 'SigCgt'])
      expect([key, statusOf(run.pid, key)]).toEqual([key, '0000000000000000'])
    process.off('SIGUSR2', heard)
  })

  test('the start time is that of the kernel', async () => {
    await using host = new Host()
    const run = host.start({ command: lives })
    const fields = readFileSync(`/proc/${run.pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    expect(run.outcome).toMatchObject({ startTime: Number(fields[19]) })
  })
})

describe('output', () => {
  test('[PR3] a file is appended to, by both streams, and /dev/stdout can be opened', async () => {
    await using host = new Host()
    const path = join(host.dir, 'log')
    writeFileSync(path, 'before\n')
    const output = { stdout: { tag: 'file', path }, stderr: { tag: 'file', path } } as const
    const run = host.start({
      command: sh('echo one; echo two >&2; echo three >>/dev/stdout'),
      output: { ...rest, ...output },
    })
    await run.over()
    expect(readFileSync(path, 'utf8')).toBe('before\none\ntwo\nthree\n')
  })

  test('[PR3] a stream may be discarded', async () => {
    await using host = new Host()
    const output = { ...rest, stdout: { tag: 'discard' }, stderr: { tag: 'discard' } } as const
    const run = host.start({ command: lives, output })
    expect(descriptorsOf(run.pid).get(1)).toBe('/dev/null')
    expect(descriptorsOf(run.pid).get(2)).toBe('/dev/null')
  })

  test('[PR4] file and directories are made where they are missing', async () => {
    await using host = new Host()
    const path = join(host.dir, 'not/there/yet/log')
    await host.start({ command: sh('echo hi'), output: toFile(path) }).over()
    expect(readFileSync(path, 'utf8')).toBe('hi\n')
    expect(statSync(path).mode & 0o777).toBe(0o644 & ~process.umask())
  })

  describe('[PR27] with configured access', () => {
    const access = { fileMode: 0o660, directoryMode: 0o2770, uid: null, gid: null }
    const modeOf = (path: string): number => statSync(path).mode & 0o7777

    test('modes are as configured whatever the umask, and come back at each start', async () => {
      await using host = new Host()
      const path = join(host.dir, 'logs/deep/web.log')
      const output = { ...toFile(path), access }
      await host.start({ command: sh('echo hi'), output }).over()
      expect([modeOf(path), modeOf(join(host.dir, 'logs/deep'))]).toEqual([0o660, 0o2770])
      chmodSync(path, 0o600)
      chmodSync(join(host.dir, 'logs/deep'), 0o755)
      await host.start({ command: sh('echo again'), output }).over()
      expect([modeOf(path), modeOf(join(host.dir, 'logs/deep'))]).toEqual([0o660, 0o755])
      expect(readFileSync(path, 'utf8')).toBe('hi\nagain\n')
    })

    test.skipIf(process.getuid?.() !== 0)('owners: the user of the process, unless that is root', async () => {
      await using host = new Host()
      const path = join(host.dir, 'logs/web.log')
      const output = { ...toFile(path), access: { ...access, uid: 7001, gid: 7002 } }
      await host.start({ command: sh('echo hi'), output }).over()
      expect(statSync(path)).toMatchObject({ uid: 7001, gid: 7002 })
      expect(statSync(join(host.dir, 'logs'))).toMatchObject({ uid: 7001, gid: 7002 })
      const identity = { ...noIdentity, user: 'daemon' }
      await host.start({ command: sh('echo hi'), cwd: '/', identity, output }).over()
      expect(statSync(path)).toMatchObject({ uid: 1, gid: 1, size: 6 })
      expect(modeOf(path)).toBe(0o660)
      await host.start({ command: sh('echo hi'), output }).over()
      expect(statSync(path)).toMatchObject({ uid: 7001, gid: 7002 })
    })

    test('what is no file keeps what it has', async () => {
      await using host = new Host()
      const mode = modeOf('/dev/null')
      await host.start({ command: sh('echo hi'), output: { ...toFile('/dev/null'), access } }).over()
      expect(modeOf('/dev/null')).toBe(mode)
    })
  })

  test('[PR4] a file that cannot be opened is named, and nothing starts', async () => {
    await using host = new Host()
    writeFileSync(join(host.dir, 'file'), '')
    const below = join(host.dir, 'file/log')
    expect(host.try({ command: sh('exit'), output: toFile(below) }).outcome).toMatchObject({
      tag: 'spawn-failed',
      text: `not a directory: ${below}`,
    })
    expect(host.try({ command: sh('exit'), output: toFile(host.dir) }).outcome).toMatchObject({ code: 'EISDIR' })
  })

  test('[PR4] a FIFO without a reader does not hold us up', async () => {
    await using host = new Host()
    const path = join(host.dir, 'fifo')
    Bun.spawnSync(['mkfifo', path])
    expect(host.try({ command: sh('exit'), output: toFile(path) }).outcome).toMatchObject({
      code: 'ENXIO',
      text: `no such device or address: ${path}`,
    })
  })

  test('[PR4] a FIFO with a reader blocks the process, not us', async () => {
    await using host = new Host()
    const path = join(host.dir, 'fifo')
    Bun.spawnSync(['mkfifo', path])
    await using reader = Bun.spawn(['cat', path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await Bun.sleep(50)
    const run = host.start({ command: sh('head -c 200000 /dev/zero; echo end'), output: toFile(path) })
    expect((await reader.stdout.text()).length).toBe(200_004)
    await run.over()
  })
})

describe('environment', () => {
  test('[PR5] ours, without what was said to us alone, and then the spec', async () => {
    await using host = new Host()
    const ours = {
      COPPICE_INSTANCE: '7',
      NOTIFY_SOCKET: '/x',
      NOTIFY_FD: '9',
      WATCHDOG_USEC: '1',
      LISTEN_FDS: '1',
      KEPT: 'a',
      SET: 'a',
    }
    Object.assign(process.env, ours)
    const run = host.start({ command: lives, env: { inherit: true, set: new Map([['SET', 'b']]) } })
    for (const name of Object.keys(ours)) delete process.env[name]
    const environment = await run.environment()
    expect(environment).toContain('KEPT=a')
    expect(environment).toContain('SET=b')
    const names = environment.map((entry) => entry.slice(0, entry.indexOf('=')))
    expect(names.filter((name) => /^(COPPICE_|NOTIFY_|WATCHDOG_|LISTEN_)/.test(name))).toEqual(['COPPICE_RUN'])
  })

  test('[PR5] with a clean one, only the spec and our marker', async () => {
    await using host = new Host()
    const run = host.start({
      command: lives,
      env: {
        inherit: false,
        set: new Map([
          ['A', 'b=c'],
          ['EMPTY', ''],
        ]),
      },
    })
    expect((await run.environment()).map((entry) => entry.replace(/^(COPPICE_RUN)=.*/, '$1'))).toEqual([
      'A=b=c',
      'EMPTY=',
      'COPPICE_RUN',
    ])
  })

  test('[PR7] arguments and variables arrive byte for byte', async () => {
    await using host = new Host()
    const texts = ['%s %n', ';', '$HOME', '"', "'", ' ', '', 'a\nb', 'ünï✓ 🌱', '-x', '*', '\\', '`']
    const file = join(host.dir, 'echo')
    const set = new Map(texts.map((text, i) => [`V${i}`, text]))
    const command = program('echo-args', file, ...texts) as [string, ...string[]]
    host.start({ command, env: { inherit: true, set } })
    await host.until('it has echoed', () => existsSync(`${file}.env`) && readFileSync(`${file}.env`).includes('V12='))
    const words = readFileSync(`${file}.args`, 'utf8').split('\0')
    expect(words.slice(-texts.length - 1, -1)).toEqual(texts)
    const environment = readFileSync(`${file}.env`, 'utf8').split('\0')
    for (const [i, text] of texts.entries()) expect(environment).toContain(`V${i}=${text}`)
  })

  test('[PR20] the marker names supervisor, process and run', async () => {
    await using host = new Host()
    const run = host.start({ command: lives })
    const marker = (await run.environment()).find((entry) => entry.startsWith('COPPICE_RUN='))
    expect(marker).toMatch(new RegExp(`^COPPICE_RUN=test-${process.pid}/${run.ref.process}\\.1/[\\w-]{16}$`))
  })
})

test('[PR22] a variable that is hidden is gone from what others see, and its neighbours are not', async () => {
  const script = `
    import { hideVariable } from '${join(import.meta.dir, '../../../src/system/marker.ts')}'
    hideVariable('SECRET'); hideVariable('MISSING'); hideVariable('FIRST'); hideVariable('LAST')
    process.stdout.write(require('node:fs').readFileSync('/proc/self/environ'))`
  const env = { FIRST: 'one', NOT_SECRET: 'two', SECRET: 'three', SECRETS: 'four', LAST: 'five' }
  const child = Bun.spawn([process.execPath, '-e', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const entries = (await child.stdout.text()).split('\0')
  expect(entries).toEqual(['FIRST=---', 'NOT_SECRET=two', 'SECRET=-----', 'SECRETS=four', 'LAST=----', ''])
})

describe('looking up the program', () => {
  test('[PR7] a bare name is looked up on the PATH of the process', async () => {
    await using host = new Host()
    mkdirSync(join(host.dir, 'first'))
    mkdirSync(join(host.dir, 'bin'))
    writeFileSync(join(host.dir, 'first/mine'), 'not executable')
    executable(join(host.dir, 'bin/mine'), '#!/bin/sh\necho "$0"')
    const path = `${join(host.dir, 'first')}:${join(host.dir, 'bin')}`
    const run = host.start({ command: ['mine'], env: { inherit: true, set: new Map([['PATH', path]]) } })
    await run.over()
    expect(run.output()).toBe(`${join(host.dir, 'bin/mine')}\n`)
    expect(host.try({ command: ['mine'] }).outcome).toMatchObject({ code: 'ENOENT' })
  })

  test('[PR7] a relative path starts at the working directory; argv[0] is as it was written', async () => {
    await using host = new Host()
    mkdirSync(join(host.dir, 'there'))
    symlinkSync('/bin/sleep', join(host.dir, 'there/nap'))
    const run = host.start({ command: ['./nap', '1000000'], cwd: join(host.dir, 'there') })
    await run.environment()
    expect(readFileSync(`/proc/${run.pid}/cmdline`, 'utf8')).toBe('./nap\x001000000\0')
  })

  test('[PR7] without a PATH the usual one is searched', async () => {
    await using host = new Host()
    const run = host.start({ command: ['sleep', '1000000'], env: { inherit: false, set: new Map() } })
    expect(await run.environment()).toHaveLength(1)
  })
})

describe('what cannot be spawned', () => {
  test('[PR8] says the errno and what it is about', async () => {
    await using host = new Host()
    const path = (name: string): string => join(host.dir, name)
    writeFileSync(path('plain'), 'text')
    executable(path('no-interpreter'), '#!/no/interpreter -x\n')
    executable(path('no-format'), 'hello')
    const onPath = { inherit: false, set: new Map([['PATH', '/a:/b']]) }
    const failures = [
      [{ command: ['/nowhere/x'] }, 'ENOENT', 'no such file or directory: /nowhere/x'],
      [{ command: ['nowhere'], env: onPath }, 'ENOENT', 'no such file or directory: nowhere (not found on PATH /a:/b)'],
      [{ command: [path('plain')] }, 'EACCES', `permission denied: ${path('plain')}`],
      [{ command: [host.dir] }, 'EACCES', `permission denied: ${host.dir} (a directory)`],
      [{ command: [path('plain/x')] }, 'ENOTDIR', `not a directory: ${path('plain/x')}`],
      [
        { command: [path('no-interpreter')] },
        'ENOENT',
        `no such file or directory: /no/interpreter (the interpreter of ${path('no-interpreter')})`,
      ],
      [{ command: [path('no-format')] }, 'ENOEXEC', `exec format error: ${path('no-format')}`],
      [{ command: lives, cwd: '/nowhere' }, 'ENOENT', 'no such file or directory: /nowhere (the working directory)'],
      [{ command: lives, cwd: path('plain') }, 'ENOTDIR', `not a directory: ${path('plain')} (the working directory)`],
      [
        { command: lives, identity: { ...noIdentity, user: 'nobody-known' } },
        'unknown-user',
        'there is no user nobody-known on this host',
      ],
      [
        { command: lives, identity: { ...noIdentity, group: 'none-known' } },
        'unknown-group',
        'there is no group none-known on this host',
      ],
      [
        { command: ['/bin/echo', 'a\0b'] },
        'EINVAL',
        'invalid argument: there is a NUL byte in an argument or a variable',
      ],
      [{ command: ['/bin/echo', 'x'.repeat(300_000)] }, 'E2BIG', 'argument list too long: /bin/echo'],
    ] as const
    for (const [sketch, code, text] of failures) {
      expect(host.try(sketch).outcome).toEqual({ tag: 'spawn-failed', code, text })
    }
  })

  test('[PR24] leaves nothing open', async () => {
    await using host = new Host()
    host.try({ command: ['/nowhere/x'], ready: aNotification({ via: 'fd' }) })
    const before = descriptorsOf(process.pid).size
    for (let i = 0; i < 50; i++)
      host.try({ command: ['/nowhere/x'], ready: aNotification({ via: i % 2 === 0 ? 'fd' : 'socket' }) })
    expect(descriptorsOf(process.pid).size).toBe(before)
  })
})

describe('umask, nice, limits', () => {
  test('[PR11] as declared, and ours stay ours', async () => {
    await using host = new Host()
    const before = process.umask()
    const run = host.start({ command: lives, identity: { ...noIdentity, umask: 0o027, nice: 7 } })
    expect(statusOf(run.pid, 'Umask')).toBe('0027')
    expect(statOf(run.pid)?.nice).toBe(7)
    expect(process.umask()).toBe(before)
    expect(getPriority(0)).toBe(0)
  })

  test.skipIf(process.getuid?.() !== 0)('[PR11] a nice value below ours is there from the start', async () => {
    await using host = new Host()
    const run = host.start({ command: sh('nice'), identity: { ...noIdentity, nice: -5 } })
    await run.over()
    expect(run.output()).toBe('-5\n')
    expect(getPriority(0)).toBe(0)
  })

  test('[PR12] limits are as declared, and ours stay ours', async () => {
    await using host = new Host()
    const names = [
      'Max open files',
      'Max core file size',
      'Max stack size',
      'Max address space',
      'Max file size',
    ] as const
    const before = names.map((name) => limitOf(process.pid, name))
    const run = host.start({
      command: lives,
      limits: new Map([
        ['nofile', { soft: 100, hard: 200 }],
        ['core', { soft: 0, hard: 0 }],
        ['stack', { soft: 2 ** 22, hard: Infinity }],
        ['as', { soft: 2 ** 32, hard: 2 ** 33 }],
        ['fsize', { soft: 1000, hard: 1000 }],
      ]),
    })
    expect(names.map((name) => limitOf(run.pid, name))).toEqual([
      ['100', '200'],
      ['0', '0'],
      [String(2 ** 22), 'unlimited'],
      [String(2 ** 32), String(2 ** 33)],
      ['1000', '1000'],
    ])
    expect(names.map((name) => limitOf(process.pid, name))).toEqual(before)
  })

  test('[PR12] a program sees its limit on open files as soon as it looks', async () => {
    await using host = new Host()
    const limits = new Map([['nofile', { soft: 321, hard: 20_000 }]] as const)
    const runs = Array.from({ length: 20 }, () => host.start({ command: sh('ulimit -n'), limits }))
    for (const run of runs) await run.over()
    expect(runs.map((run) => run.output())).toEqual(runs.map(() => '321\n'))
  })

  test('[PR12] more open files of ours than the child may have are no obstacle', async () => {
    await using host = new Host()
    const limits = new Map([['nofile', { soft: 8, hard: 20_000 }]] as const)
    const run = host.start({ command: lives, limits })
    expect(limitOf(run.pid, 'Max open files')).toEqual(['8', '20000'])
  })
})

describe('the limit on open files', () => {
  const script = `
    import { Host, sh } from '${import.meta.dir}/host.ts'
    await using host = new Host()
    const run = host.start({ command: sh('ulimit -Sn') })
    await run.over()
    process.stdout.write(run.output())`

  function asStartedWith(prelude: string): string {
    const command = `${prelude}; "$@"; exit $?`
    const child = Bun.spawnSync(['sh', '-c', command, 'sh', process.execPath, '-e', script], { stderr: 'inherit' })
    return child.stdout.toString().trim()
  }

  test('[PR13] is that of whoever started coppice', () => {
    expect(asStartedWith('ulimit -Sn 777')).toBe('777')
  })

  test('[PR13] is the hard one where both were chosen', () => {
    expect(asStartedWith('ulimit -n 5000')).toBe('5000')
  })
})

const rest = { access: null, timestamps: false, format: 'raw', maxSize: null, maxAge: null, keep: null } as const

function toFile(path: string) {
  return { ...rest, stdout: { tag: 'file', path }, stderr: { tag: 'inherit-stderr' } } as const
}

function executable(path: string, text: string): void {
  writeFileSync(path, text)
  chmodSync(path, 0o755)
}
