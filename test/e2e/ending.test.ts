// How a run of `coppice up` ends: by a signal, by itself, by force, or before it began.
import { expect, test } from 'bun:test'
import { join } from 'node:path'

import { program } from '../programs/program.ts'
import { runCoppice } from './binary.ts'
import { lateness } from './facts.ts'
import { anUp, type Up } from './harness.ts'
import { isAlive } from './proc.ts'

test.concurrent.each(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const)(
  '[RN3] [RN4] %s ends it politely',
  async (signal) => {
    await using up = await anUp({
      processes: { db: program('slow-term', 0.1), web: { command: program('slow-term', 0.1), parent: 'db' } },
    })
    await up.mark('web', 'start')
    await up.signal(signal)
    const { code, ms } = await up.exit()
    expect(code).toBe(0)
    expect(ms).toBeLessThan(1000 + lateness())
    const told = up.marks().map((mark) => `${mark.name} ${mark.what}`)
    expect(told.slice(2)).toEqual(['web term', 'web exit', 'db term', 'db exit'])
  },
)

test.concurrent.each(['SIGTERM', 'SIGINT', 'SIGQUIT'] as const)(
  '[RN5] a second signal, %s, forces the end',
  async (signal) => {
    await using up = await anUp({ processes: { web: program('ignores-term') } })
    const { pid } = await up.mark('web', 'start')
    await up.signal('SIGTERM')
    await up.mark('web', 'term')
    await up.signal(signal)
    const { code, ms } = await up.exit()
    expect(code).toBe(1)
    expect(ms).toBeLessThan(1000 + lateness())
    expect(isAlive(pid)).toBe(false)
  },
)

test.concurrent('[RN5] a Ctrl-C that is told twice, as npm does, is one', async () => {
  await using up = await anUp({ processes: { web: program('slow-term', 0.3) } })
  await up.mark('web', 'start')
  await Promise.all([up.signal('SIGINT'), up.signal('SIGINT')])
  expect((await up.exit()).code).toBe(0)
  expect(up.marks('web', 'exit')).toHaveLength(1)
})

test.concurrent('[RN3] [RN5] a second SIGHUP forces nothing', async () => {
  await using up = await anUp({ processes: { web: program('slow-term', 1.5) } })
  await up.mark('web', 'start')
  await up.signal('SIGHUP')
  await up.mark('web', 'term')
  await up.signal('SIGHUP')
  expect((await up.exit()).code).toBe(0)
  expect(up.marks('web', 'exit')).toHaveLength(1)
})

test.concurrent('[RN6] an end that takes longer than `shutdown_max` is forced', async () => {
  await using up = await anUp({ settings: { shutdown_max: '700ms' }, processes: { web: program('ignores-term') } })
  await isForcedAfter700ms(up)
})

test.concurrent('[RN6] … and in procmon’s dialect than the variable SHUTDOWN_MAX', async () => {
  const file = `[[task]]\nname = "web"\npath = "${program('ignores-term')[0]}"\n`
  const env = { SHUTDOWN_MAX: '700ms', MARK: 'web' }
  await using up = await anUp({ name: 'procmon.toml', file }, { env })
  await isForcedAfter700ms(up)
})

async function isForcedAfter700ms(up: Up): Promise<void> {
  const { pid } = await up.mark('web', 'start')
  await up.signal('SIGTERM')
  const { code, ms } = await up.exit()
  expect(code).toBe(1)
  expect(ms).toBeWithin(700, 1400 + lateness())
  expect(isAlive(pid)).toBe(false)
}

test.concurrent('[RN7] it ends by itself when nothing runs or can run again', async () => {
  await using up = await anUp({
    processes: {
      one: { command: program('exits', 0), restart: 'no' },
      two: { command: program('exits', 0, 0.1), restart: 'on-failure' },
      three: { command: program('exits', 0), oneshot: true, dependencies: [{ name: 'two', condition: 'completed' }] },
    },
  })
  expect((await up.exit()).code).toBe(0)
  expect(up.marks('three', 'start')).toHaveLength(1)
})

test.concurrent('[RN7] … with 1 when something has failed', async () => {
  await using up = await anUp({
    processes: {
      one: { command: program('exits', 3), restart: 'no' },
      two: { command: program('exits', 0), restart: 'no' },
    },
  })
  expect((await up.exit()).code).toBe(1)
})

test.concurrent('[RN7] … but not while a person has stopped something and may start it again', async () => {
  await using up = await anUp({
    processes: { one: { command: program('exits', 0), restart: 'no' }, two: program('never-dies') },
  })
  await up.until('two', 'running')
  expect((await up.cli('stop', 'two')).code).toBe(0)
  await Bun.sleep(300) // It must not end.
  expect((await up.cli('start', 'two')).code).toBe(0)
})

test.concurrent('[RN1] a prologue that fails ends it with 1 before anything starts', async () => {
  await using up = await anUp((dir) => ({
    name: 'procmon.toml',
    file: `[[prologue]]
name = "directory"
type = "ensuredir"
path = "${dir}/made/for/it"

[[prologue]]
name = "nobody-listens"
type = "portinuse"
port = "1"
timeout = "100ms"

[[task]]
name = "web"
path = "${program('never-dies')[0]}"
`,
  }))
  const { code } = await up.exit()
  expect(code).toBe(1)
  expect(up.marks()).toEqual([])
  expect(up.stderr).toContain('nobody-listens')
  expect((await Bun.file(join(up.dir, 'made/for/it')).stat()).isDirectory()).toBe(true)
})

test.concurrent('[RN2] a file that is not there is told by its path', async () => {
  const { code, stderr } = await runCoppice(['up', '/no/such/file.yml'], { cwd: '/tmp' })
  expect(code).toBe(2)
  expect(stderr).toMatch(/\/no\/such\/file\.yml.*no such file/i)
})
