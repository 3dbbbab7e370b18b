// pmon3's page, 9: where logs lie, and how they are read.
import { expect, test } from 'bun:test'
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { binary, plainEnvironment } from '../binary.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { program, refusal, sleepers } from './stage.ts'

/** A daemon with a process `web` that has written line 1 to line 20, the log of which is at `log`. */
async function thatHasWritten(): Promise<{ daemon: Daemon; log: string }> {
  const daemon = await aDaemon()
  const web = program(daemon, 'web', 'seq -f "line %g" 20; exec sleep 100000')
  await daemon.json('exec', web)
  const log = (await daemon.view('web')).log ?? ''
  await daemon.fact('all is written', async () => (await Bun.file(log).text()).endsWith('line 20\n'))
  return { daemon, log }
}

function lines(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}\n`).join('')
}

test('[PN6] [DM3] the log is NAME.log among the logs, with the mode of the logs; --log as it is, --log-dir with NAME.log', async () => {
  await using daemon = await aDaemon({
    files: (dir) => ({
      'config.yml': `logs:\n  directory: ${dir}/mylogs\n  directory_mode: 0751\n  file_mode: 0604\n`,
    }),
  })
  await sleepers(daemon, 'plain')
  await daemon.json('exec', '/bin/sleep', '-a', '1000', '--name', 'file', '--log', `${daemon.dir}/own.txt`)
  await daemon.json('exec', '/bin/sleep', '-a', '1000', '--name', 'dir', '--log-dir', `${daemon.dir}/deep/er/`)
  const paths = ['mylogs/plain.log', 'own.txt', 'deep/er/dir.log'].map((path) => join(daemon.dir, path))
  expect((await daemon.ls()).map(({ log }) => log)).toEqual(paths)
  expect(statSync(join(daemon.dir, 'mylogs')).mode & 0o777).toBe(0o751)
  expect(statSync(paths[0] ?? '').mode & 0o777).toBe(0o604)
})

test('[LR10] log shows the last 10 lines, -n K the last K, -n +K all from line K on', async () => {
  const { daemon: made } = await thatHasWritten()
  await using daemon = made
  const wanted: Readonly<Record<string, string>> = {
    'log web': lines(11, 20),
    'log 1': lines(11, 20),
    'log web -n 3': lines(18, 20),
    'log -n 3 web': lines(18, 20),
    'log web --lines 3': lines(18, 20),
    'log web --lines=3': lines(18, 20),
    'log web -n 100': lines(1, 20),
    'log web -n +19': lines(19, 20),
    'log web -n 0': '',
  }
  for (const [line, text] of Object.entries(wanted)) {
    const { code, stdout } = await daemon.cli(...line.split(' '))
    expect([line, code, stdout]).toEqual([line, 0, text])
  }
  for (const wrong of ['x', '1;id', '$(id)']) {
    expect(refusal(await daemon.cli('log', 'web', '-n', wrong))).toMatchObject({ code: 2 })
  }
})

test('[LR5] [LR10] log -a has the archives of logrotate first, by their dates; gzip and plain ones', async () => {
  const { daemon: made, log } = await thatHasWritten()
  await using daemon = made
  writeFileSync(`${log}-20260102.gz`, Bun.gzipSync('second\n'))
  writeFileSync(`${log}-20260101.gz`, Bun.gzipSync('first\n'))
  writeFileSync(`${log}-20260103`, 'third\n')
  for (const args of [['-a'], ['--all']]) {
    expect((await daemon.cli('log', 'web', ...args)).stdout).toBe(`first\nsecond\nthird\n${lines(1, 20)}`)
  }
  expect((await daemon.cli('log', '-a', 'web', '-n', '21')).stdout).toBe(`third\n${lines(1, 20)}`)
})

test('[LR13] a log that is not there is said on stderr, exit 0; an unknown process is exit 4', async () => {
  const { daemon: made, log } = await thatHasWritten()
  await using daemon = made
  rmSync(log)
  expect(await daemon.cli('log', 'web')).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining(log) })
  expect(refusal(await daemon.cli('log', 'nope'))).toMatchObject({ code: 4 })
})

test('[LR14] logf shows the last K lines, then what is added, until Ctrl-C', async () => {
  const { daemon: made, log } = await thatHasWritten()
  await using daemon = made
  const child = Bun.spawn([binary, 'logf', 'web', '-n', '2'], {
    cwd: daemon.dir,
    env: { ...plainEnvironment(), HOME: daemon.dir, COPPICE_HOME: daemon.home },
    stdio: ['ignore', Bun.file(join(daemon.dir, 'followed')), 'inherit'],
  })
  const followed = async (): Promise<string> =>
    existsSync(join(daemon.dir, 'followed')) ? Bun.file(join(daemon.dir, 'followed')).text() : ''
  await daemon.fact('the last two', async () => (await followed()) === lines(19, 20))
  Bun.spawnSync(['sh', '-c', 'echo "line 21" >> "$1"', 'sh', log])
  await daemon.fact('what was added', async () => (await followed()) === lines(19, 21))
  child.kill('SIGINT')
  expect(await child.exited).toBe(130)
})

test('[DM18] del removes the live log and leaves the archives; a log that is gone already is no error', async () => {
  const { daemon: made, log } = await thatHasWritten()
  await using daemon = made
  writeFileSync(`${log}-20260101.gz`, Bun.gzipSync('first\n'))
  await daemon.json('del', 'web')
  expect([existsSync(log), existsSync(`${log}-20260101.gz`)]).toEqual([false, true])
  await sleepers(daemon, 'other')
  rmSync((await daemon.view('other')).log ?? '')
  expect(await daemon.cli('del', 'other')).toMatchObject({ code: 0, stderr: '' })
})
