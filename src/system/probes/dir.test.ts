import { expect, test } from 'bun:test'
import { chmodSync, mkdirSync, mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ask } from './fixtures/ask.ts'
import { dir, file } from './fixtures/probes.ts'

function aFolder(): string {
  return mkdtempSync(join(tmpdir(), 'coppice-dir-'))
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o7777
}

test('[PB26] a missing directory is created with its parents, all with exactly the mode that is asked for', async () => {
  const folder = aFolder()
  const umask = process.umask(0o077)
  try {
    expect(await ask(dir(join(folder, 'a/b/c'), 0o2775))).toBe(`pass: created: ${folder}/a/b/c`)
  } finally {
    process.umask(umask)
  }
  for (const path of ['a', 'a/b', 'a/b/c']) expect(modeOf(join(folder, path))).toBe(0o2775)
  expect(modeOf(folder)).toBe(0o700)
})

test('[PB26] a directory that exists keeps its mode, and a link to one is one', async () => {
  const folder = aFolder()
  mkdirSync(join(folder, 'here'))
  chmodSync(join(folder, 'here'), 0o711)
  symlinkSync('here', join(folder, 'link'))
  expect(await ask(dir(join(folder, 'here')))).toBe(`pass: exists: ${folder}/here`)
  expect(await ask(dir(join(folder, 'link')))).toBe(`pass: exists: ${folder}/link`)
  expect(await ask(dir(`${folder}/here/`))).toBe(`pass: exists: ${folder}/here`)
  expect(modeOf(join(folder, 'here'))).toBe(0o711)
})

test('[PB26] a file in the way fails the attempt and is left as it is', async () => {
  const folder = aFolder()
  writeFileSync(join(folder, 'file'), 'precious')
  expect(await ask(dir(join(folder, 'file')))).toBe(`fail: a file is in the way: ${folder}/file`)
  expect(await ask(dir(join(folder, 'file/below')))).toBe(`fail: a file is in the way: ${folder}/file/below`)
  expect(statSync(join(folder, 'file')).size).toBe(8)
})

test('[PB26] what the file system refuses fails the attempt, with its reason', async () => {
  symlinkSync('nowhere', join(aFolder(), 'dangling'))
  expect(await ask(dir('/proc/nope'))).toMatch(/^fail: .*\/proc\/nope/)
  expect(await ask(dir('/dev/null/x'))).toBe('fail: a file is in the way: /dev/null/x')
})

test('[PB7] a relative path is looked up in the directory of the process', async () => {
  const folder = aFolder()
  const context = { name: 'web', cwd: folder, env: { inherit: true, set: new Map() }, identity } as const
  expect(await ask(dir('data'), context)).toBe(`pass: created: ${folder}/data`)
  expect(await ask(file('data'), context)).toBe(`pass: exists: ${folder}/data`)
})

const identity = { user: null, group: null, umask: null, nice: null }
