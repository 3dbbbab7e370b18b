import { expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '../core/spec.ts'
import { openLog } from './log.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const

function aDirectory(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'coppice-log-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

function aLogger(change: Partial<Logger>): Logger {
  return { output: { tag: 'discard' }, format: 'text', level: 'info', pidinfo: 'debug', ...change }
}

for (const [index, level] of levels.entries()) {
  test(`[LG3] at level ${level} only what is at least that is written`, () => {
    using directory = aDirectory()
    const path = join(directory.path, 'log')
    const opened = openLog(aLogger({ level, output: { tag: 'file', path } }), { names: [], wall: () => 0 })
    if (!opened.ok) throw new Error(opened.failure.message)
    using log = opened.value
    for (const each of levels) log.write({ level: each, process: null, message: `a ${each}` })
    const written = levels.filter((each) => readFileSync(path, 'utf8').includes(`a ${each}`))
    expect(written).toEqual(levels.slice(index))
  })
}

test('[LG1] a log goes behind what its file already has', () => {
  using directory = aDirectory()
  const path = join(directory.path, 'log')
  for (const message of ['one', 'two']) {
    const opened = openLog(aLogger({ output: { tag: 'file', path } }), { names: [], wall: () => 0 })
    if (!opened.ok) throw new Error(opened.failure.message)
    opened.value.write({ level: 'info', process: null, message })
    opened.value[Symbol.dispose]()
  }
  expect(readFileSync(path, 'utf8').match(/one|two/g)).toEqual(['one', 'two'])
})

test('[LG1] a log that cannot be opened is a failure with the path', () => {
  const opened = openLog(aLogger({ output: { tag: 'file', path: '/nowhere/at/all/log' } }), {
    names: [],
    wall: () => 0,
  })
  expect(opened).toMatchObject({ ok: false, failure: { code: 'log-unwritable' } })
  expect(JSON.stringify(opened)).toContain('/nowhere/at/all/log')
})
