// Who looks after a detached daemon: its guard.
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { signalIfThere } from '../leftovers.ts'
import { descriptorsOf, environOf, isAlive, statOf } from '../proc.ts'

/** A detached daemon with its guard; both are gone at the end of the scope. */
class Detached implements AsyncDisposable {
  readonly daemon: Daemon
  readonly guard: number

  private constructor(daemon: Daemon, started: string) {
    this.daemon = daemon
    this.guard = Number(/guard (\d+)/.exec(started)?.[1])
  }

  static async start(daemon: Daemon): Promise<Detached> {
    const { code, stdout, stderr } = await daemon.cli('daemon', '--detach')
    expect([code, stderr]).toEqual([0, ''])
    return new Detached(daemon, stdout)
  }

  /** Of the present life. */
  get pid(): number {
    return Number(readFileSync(join(this.daemon.home, 'lock'), 'utf8'))
  }

  get log(): string {
    return readFileSync(join(this.daemon.home, 'logs/coppice.log'), 'utf8')
  }

  /** Kills the daemon and waits until the next one answers. */
  async killed(): Promise<void> {
    const before = this.pid
    signalIfThere(before, 'SIGKILL')
    await this.daemon.fact('the next one answers', async () => this.pid !== before && (await this.answers()))
  }

  async answers(): Promise<boolean> {
    return (await this.daemon.cli('ls')).code === 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.cli('drop', '-f')
    signalIfThere(this.guard, 'SIGKILL')
    const { pid } = this
    signalIfThere(pid, 'SIGKILL')
    await this.daemon.fact('both are gone', () => !isAlive(pid) && !isAlive(this.guard))
  }
}

test('[DM60] a guard starts the daemon again when it is killed, and ends with it when it ends as it should', async () => {
  await using daemon = await aDaemon({ starts: false })
  await using detached = await Detached.start(daemon)
  await daemon.json('exec', 'sleep', '--name', 'web', '--args', '1000')
  const { pid } = await daemon.until('web', 'running')
  expect(statOf(detached.pid)?.parent).toBe(detached.guard)
  await detached.killed()
  expect(await daemon.view('web')).toMatchObject({ pid, status: 'running', restart_count: 0 })
  expect(detached.log).toContain('the daemon was killed by SIGKILL, and is started again')
  expect(detached.log).not.toMatch(/^Killed/m)
  expect(detached.log).toContain(`process ${detached.guard} guards the daemon`)
  expect(environOf(pid ?? 0).join()).not.toContain('COPPICE_GUARD')
  signalIfThere(detached.pid, 'SIGTERM')
  await daemon.fact('both have ended', () => !isAlive(detached.pid) && !isAlive(detached.guard))
  expect(isAlive(pid ?? 0)).toBe(false)
})

test('[DM60] the guard holds neither lock nor terminal, and its end is not that of the daemon', async () => {
  await using daemon = await aDaemon({ starts: false })
  await using detached = await Detached.start(daemon)
  const held = [...descriptorsOf(detached.guard)].filter(([descriptor]) => descriptor < 10).map(([, path]) => path)
  expect(new Set(held)).toEqual(new Set(['/dev/null', join(daemon.home, 'logs/coppice.log')]))
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) signalIfThere(detached.guard, signal)
  await daemon.fact('it is gone', () => !isAlive(detached.guard))
  expect(await detached.answers()).toBe(true)
})

test('[DM60] without a guard a daemon that is killed stays away', async () => {
  await using daemon = await aDaemon({ starts: false })
  const { stdout } = await daemon.cli('daemon', '--detach', '--no-guard')
  const pid = Number(/pid (\d+)/.exec(stdout)?.[1])
  expect(stdout).not.toContain('guard')
  signalIfThere(pid, 'SIGKILL')
  await daemon.fact('nobody answers', async () => !isAlive(pid) && (await daemon.cli('ls')).code === 3)
})
