import { expect, test } from 'bun:test'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { commonFiles, program } from '../../scripts/release/contents.ts'
import { checkIntegrity } from '../../scripts/release/runtime.ts'
import { tarball, type Packed } from '../../scripts/release/tarball.ts'

const time = 1_700_000_000
const files: readonly Packed[] = [
  { path: 'it/b', bytes: new Uint8Array(512).fill(98) },
  { path: 'it/bin/run', bytes: Buffer.from('#!/bin/sh\n'), executable: true },
  { path: 'it/a', bytes: new Uint8Array(0) },
]

test('[RE1] the same files make the same bytes, in whatever order they come', () => {
  const one = tarball(files, time)
  expect(Buffer.compare(one, tarball(files.toReversed(), time))).toBe(0)
  expect(Buffer.compare(one, tarball(files, time + 1))).not.toBe(0)
})

test('[RE1] tar reads it: sorted, of root, with its modes and its one time', () => {
  using unpacked = unpack(tarball(files, time))
  expect(unpacked.listed).toEqual([
    '-rw-r--r-- root/root 0 2023-11-14 22:13 it/a',
    '-rw-r--r-- root/root 512 2023-11-14 22:13 it/b',
    '-rwxr-xr-x root/root 10 2023-11-14 22:13 it/bin/run',
  ])
  expect(readFileSync(join(unpacked.folder, 'it/b'), 'utf8')).toBe('b'.repeat(512))
})

test('[RE2] what a tarball holds', () => {
  using unpacked = unpack(tarball([program('it', '/bin/sh'), ...commonFiles('it')], time))
  const names = unpacked.listed.map((line) => line.replace(/^.* it\//, ''))
  expect(names).toEqual(
    expect.arrayContaining([
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'bin/sh',
      'completions/_coppice',
      'completions/coppice.bash',
      'completions/coppice.fish',
      'packaging/coppice.service',
      'packaging/coppice.logrotate',
    ]),
  )
  expect(readFileSync(join(unpacked.folder, 'it/LICENSE'), 'utf8')).toBe(readFileSync('LICENSE', 'utf8'))
  expect(readFileSync(join(unpacked.folder, 'it/completions/coppice.bash'), 'utf8')).toContain('complete ')
})

test('[RE3] a runtime that is not the one of package-lock.json is thrown away', () => {
  using folder = aFolder()
  const path = join(folder.path, 'runtime.tgz')
  writeFileSync(path, 'hello')
  const right = `sha512-${new Bun.CryptoHasher('sha512').update('hello').digest('base64')}`
  checkIntegrity(path, right)
  expect(existsSync(path)).toBe(true)
  expect(() => checkIntegrity(path, right.replace('sha512-', 'sha512-A'))).toThrow('package-lock.json')
  expect(existsSync(path)).toBe(false)
})

function unpack(bytes: Uint8Array): Disposable & { readonly folder: string; readonly listed: readonly string[] } {
  const folder = aFolder()
  writeFileSync(join(folder.path, 'it.tar.gz'), bytes)
  const env = { ...process.env, TZ: 'UTC' }
  const { stdout, exitCode } = Bun.spawnSync(['tar', '-tvzf', 'it.tar.gz'], { cwd: folder.path, env })
  expect(exitCode).toBe(0)
  expect(Bun.spawnSync(['tar', '-xzf', 'it.tar.gz'], { cwd: folder.path }).exitCode).toBe(0)
  const listed = stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '))
  return { folder: folder.path, listed, [Symbol.dispose]: () => folder[Symbol.dispose]() }
}

function aFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'coppice-tarball-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}
