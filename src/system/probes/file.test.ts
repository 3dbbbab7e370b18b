import { expect, test } from 'bun:test'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { ask } from './fixtures/ask.ts'
import { file } from './fixtures/probes.ts'

test('[PB25] a path passes when it exists, whatever it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-file-'))
  writeFileSync(join(folder, 'ready'), '')
  symlinkSync('ready', join(folder, 'link'))
  for (const path of [join(folder, 'ready'), join(folder, 'link'), folder, '/dev/null']) {
    expect(await ask(file(path))).toBe(`pass: exists: ${path}`)
  }
})

test('[PB25] a path that leads nowhere fails', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-file-'))
  symlinkSync('nowhere', join(folder, 'dangling'))
  symlinkSync('loop', join(folder, 'loop'))
  expect(await ask(file(`${folder}/missing`))).toBe(`fail: does not exist: ${folder}/missing`)
  expect(await ask(file(`${folder}/dangling`))).toBe(`fail: does not exist: ${folder}/dangling`)
  expect(await ask(file('/dev/null/below'))).toBe('fail: does not exist: /dev/null/below')
  expect(await ask(file(`${folder}/loop`))).toMatch(/^fail: .*ELOOP/)
})
