// What a process is given by coppice, seen from outside: descriptors, session, identity, environment, limits.
import { describe, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { program } from '../programs/program.ts'
import { anUp, type Up } from './harness.ts'
import { whyNoUsers, withFixtureUser } from './namespace.ts'
import { descriptorsOf, environOf, limitOf, statOf, statusOf, workingDirectoryOf } from './proc.ts'

/** The pid of `web`, as soon as its program runs. */
async function runningPid(up: Up, name = 'web'): Promise<number> {
  await up.until(name, 'running')
  return (await up.view(name)).pid!
}

test.concurrent('[PR1] stdin is /dev/null, nothing else is open, and session and group are its own', async () => {
  await using up = await anUp((dir) => ({
    processes: { web: { command: ['sleep', '1000000'], stdout: join(dir, 'out'), stderr: join(dir, 'err') } },
  }))
  const pid = await runningPid(up)
  expect([...descriptorsOf(pid)]).toEqual([
    [0, '/dev/null'],
    [1, join(up.dir, 'out')],
    [2, join(up.dir, 'err')],
  ])
  expect(statOf(pid)).toMatchObject({ parent: await up.pid(), group: pid, session: pid, nice: 0 })
  expect(workingDirectoryOf(pid)).toBe(up.dir)
})

test.concurrent('[PR3] with no file asked for, its output is that of coppice itself', async () => {
  await using up = await anUp({ processes: { web: { command: program('spits', 1000), restart: 'no' } } })
  expect((await up.exit()).code).toBe(0)
  expect(up.stdout).toBe(Array.from({ length: 1000 }, (_, i) => `${i + 1}\n`).join(''))
  expect(up.stderr).toContain('\ndone\n')
})

test.concurrent('[PR3] output goes to the end of its file, both streams to one where `log` is given', async () => {
  await using up = await anUp((dir) => ({
    processes: {
      web: { command: program('spits', 3), log: join(dir, 'log'), success_exit_codes: [0], restart: 'no' },
      keeper: program('never-dies'),
    },
  }))
  await up.until('web', 'completed')
  await up.cli('start', 'web')
  await up.until('web', (view) => view.run === 2 && view.status === 'completed')
  expect(readFileSync(join(up.dir, 'log'), 'utf8')).toBe('1\n2\n3\ndone\n'.repeat(2))
})

test.concurrent('[PR4] the directory of a log file is made where it is missing', async () => {
  await using up = await anUp((dir) => ({
    processes: {
      web: { command: program('spits', 1), log: join(dir, 'not/there/yet/web.log'), restart: 'no' },
      keeper: program('never-dies'),
    },
  }))
  await up.until('web', 'completed')
  expect(readFileSync(join(up.dir, 'not/there/yet/web.log'), 'utf8')).toBe('1\ndone\n')
})

test.concurrent('[PR11] [PR12] umask, nice and limits are as declared', async () => {
  await using up = await anUp({
    processes: {
      web: {
        command: ['sleep', '1000000'],
        umask: '0027',
        nice: 7,
        limits: { nofile: 512, core: 0, stack: 'unlimited' },
      },
    },
  })
  const pid = await runningPid(up)
  expect(statusOf(pid, 'Umask')).toBe('0027')
  expect(statOf(pid)?.nice).toBe(7)
  expect(limitOf(pid, 'Max open files')).toEqual(['512', '512'])
  expect(limitOf(pid, 'Max core file size')).toEqual(['0', '0'])
})

test.concurrent(
  '[PR11] [PR13] what is not declared is as coppice itself was started with, also the limit it raises for itself',
  async () => {
    const within = [
      'prlimit',
      '--nofile=777:1777',
      '--core=0:0',
      'nice',
      '-n',
      '3',
      'sh',
      '-c',
      'umask 026; "$@"; exit $?', // Whoever starts coppice is asked which limit it had before the runtime raised it.
      'sh',
    ]
    await using up = await anUp({ processes: { web: ['sleep', '1000000'] } }, { within })
    const pid = await runningPid(up)
    expect(limitOf(pid, 'Max open files')).toEqual(['777', '1777'])
    expect(limitOf(pid, 'Max core file size')).toEqual(['0', '0'])
    expect(statOf(pid)?.nice).toBe(3)
    expect(statusOf(pid, 'Umask')).toBe('0026')
  },
)

test.concurrent('[PR2] no signal is blocked or ignored, whatever coppice does with it', async () => {
  await using up = await anUp({ processes: { web: ['sleep', '1000000'] } })
  const pid = await runningPid(up)
  for (const set of ['SigBlk', 'SigIgn', 'SigCgt']) expect([set, statusOf(pid, set)]).toEqual([set, '0000000000000000'])
})

test.concurrent('[PR5] the environment is that of coppice with what is declared over it', async () => {
  const env = { INHERITED: 'yes', REPLACED: 'before', COPPICE_RUN: 'of another coppice' }
  await using up = await anUp(
    { processes: { web: { command: ['sleep', '1000000'], env: { REPLACED: 'after', ADDED: '1' } } } },
    { env },
  )
  const environment = environOf(await runningPid(up))
  expect(environment).toContain('INHERITED=yes')
  expect(environment).toContain('REPLACED=after')
  expect(environment).not.toContain('REPLACED=before')
  expect(environment).toContain('ADDED=1')
  expect(environment.filter((entry) => entry.startsWith('COPPICE_RUN='))).toHaveLength(1)
  expect(environment).not.toContain('COPPICE_RUN=of another coppice')
})

test.concurrent('[PR5] with `clean_env` it is what is declared, our marker, and nothing else', async () => {
  await using up = await anUp({
    processes: { web: { command: ['/bin/sleep', '1000000'], clean_env: true, env: { ONLY: 'this', MARK: '' } } },
  })
  const environment = environOf(await runningPid(up))
  expect(environment.filter((entry) => !entry.startsWith('COPPICE_')).toSorted()).toEqual(['MARK=', 'ONLY=this'])
  expect(environment.filter((entry) => entry.startsWith('COPPICE_RUN='))).toHaveLength(1)
})

const noUsers = whyNoUsers()
if (noUsers !== null) console.warn(`skipped, the tests with other users: ${noUsers}`)

describe.skipIf(noUsers !== null)('other users', () => {
  const asFixture = (tree: Parameters<typeof anUp>[0]): Promise<Up> => anUp(tree, { within: withFixtureUser })

  test.concurrent('[PR9] a user has all its groups, none of ours, and no power of ours', async () => {
    await using up = await asFixture(() => ({ processes: { web: { command: ['sleep', '1000000'], user: 'fixture' } } }))
    const pid = await runningPid(up)
    expect(statusOf(pid, 'Uid')).toBe('7001\t7001\t7001\t7001')
    expect(statusOf(pid, 'Gid')).toBe('7002\t7002\t7002\t7002')
    expect(statusOf(pid, 'Groups')?.split(' ').map(Number).toSorted()).toEqual([7002, 7003, 7004])
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
      expect([set, statusOf(pid, set)]).toEqual([set, '0000000000000000'])
    expect((await up.view('web')).user).toBe('fixture')
    const variables = [`HOME=${up.dir}`, 'USER=fixture', 'LOGNAME=fixture', 'SHELL=/bin/sh'] // [PR6]
    expect(environOf(pid)).toEqual(expect.arrayContaining(variables))
  })

  test.concurrent(
    '[PR9] a group that is declared takes the place of the user’s own; numbers do as well as names',
    async () => {
      await using up = await asFixture(() => ({
        processes: {
          named: { command: ['sleep', '1000000'], user: 'fixture', group: 'guests' },
          numbered: { command: ['sleep', '1000000'], user: '7001', group: '7005' },
          group: { command: ['sleep', '1000000'], group: 'guests' },
        },
      }))
      for (const name of ['named', 'numbered']) {
        const pid = await runningPid(up, name)
        expect(statusOf(pid, 'Uid')).toBe('7001\t7001\t7001\t7001')
        expect(statusOf(pid, 'Gid')).toBe('7005\t7005\t7005\t7005')
        expect(statusOf(pid, 'Groups')?.split(' ').map(Number)).toEqual(expect.arrayContaining([7003, 7004]))
      }
      const pid = await runningPid(up, 'group')
      expect(statusOf(pid, 'Uid')).toBe('0\t0\t0\t0')
      expect(statusOf(pid, 'Gid')).toBe('7005\t7005\t7005\t7005')
    },
  )

  test.concurrent(
    '[PR9] coppice is root again afterwards: the next process is root, and a stop reaches the other user’s',
    async () => {
      await using up = await asFixture(() => ({
        processes: { first: { command: program('never-dies'), user: 'fixture' }, second: ['sleep', '1000000'] },
      }))
      const second = await runningPid(up, 'second')
      expect(statusOf(second, 'Uid')).toBe('0\t0\t0\t0')
      expect(statusOf(await up.pid(), 'CapEff')).not.toBe('0000000000000000')
      expect((await up.cli('stop', 'first')).code).toBe(0)
    },
  )

  test.concurrent('[PR4] its log belongs to the user, and it may write to it', async () => {
    await using up = await asFixture((dir) => {
      mkdirSync(join(dir, 'logs'))
      return {
        processes: {
          web: {
            command: ['sh', '-c', 'echo hi; id -un; exec sleep 1000000'],
            user: 'fixture',
            log: join(dir, 'logs/web.log'),
          },
        },
      }
    })
    await up.fact(
      'it has written',
      () =>
        existsSync(join(up.dir, 'logs/web.log')) &&
        readFileSync(join(up.dir, 'logs/web.log'), 'utf8') === 'hi\nfixture\n',
    )
    expect(
      Bun.spawnSync(['stat', '-c', '%u', join(up.dir, 'logs/web.log')])
        .stdout.toString()
        .trim(),
    ).toBe('7001')
  })

  test.concurrent('[PR10] whoever is not root cannot become another, and is told so', async () => {
    const owner = { uid: 65534, gid: 65534 }
    const within = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']
    await using up = await anUp(
      () => ({
        processes: {
          fine: ['sleep', '1000000'],
          web: { command: ['true'], user: 'daemon' },
          own: { command: ['sleep', '1000000'], user: 'nobody' },
        },
      }),
      { within, owner },
    )
    const web = await up.until('web', 'failed')
    expect(web.reason).toMatch(/not permitted|only root/i)
    expect(web.reason).toContain('daemon')
    const fine = await runningPid(up, 'fine')
    expect(statusOf(fine, 'Uid')).toBe('65534\t65534\t65534\t65534')
    await up.until('own', 'running')
  })

  test.concurrent('scenario 21 a log that this user may not write is told with its path', async () => {
    const owner = { uid: 65534, gid: 65534 }
    const within = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups']
    await using up = await anUp(
      { processes: { fine: ['sleep', '1000000'], web: { command: ['true'], log: '/etc/coppice-e2e.log' } } },
      { within, owner },
    )
    const web = await up.until('web', 'failed')
    expect(web.reason).toContain('/etc/coppice-e2e.log')
    expect(web.reason).toMatch(/permission denied/i)
    await up.until('fine', 'running')
  })
})
