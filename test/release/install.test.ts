import { describe, expect, test } from 'bun:test'
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { Shelf } from './shelf.ts'

const version = '1.2.3'

/** A release for a glibc x64, on a machine that is one. */
function aShelf(): Shelf {
  const shelf = new Shelf()
  shelf.machine({ uname: 'x86_64', libc: 'glibc' })
  return shelf
}

test('[RE4] the program is installed and runs', async () => {
  using shelf = aShelf()
  shelf.tarball('coppice-1.2.3-linux-x64', { says: 'coppice version 1.2.3' })
  const { code, stdout } = await shelf.install([version])
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`${shelf.installed}, version 1.2.3`) })
  expect(shelf.says()).toBe('coppice version 1.2.3\n')
  expect(shelf.leftovers()).toEqual([])
})

test('[RE4] a newer version takes the place of the one before, and `v1.2.4` is 1.2.4', async () => {
  using shelf = aShelf()
  shelf.tarball('coppice-1.2.3-linux-x64', { says: 'coppice version 1.2.3' })
  shelf.tarball('coppice-1.2.4-linux-x64', { says: 'coppice version 1.2.4' })
  await shelf.install([version])
  const { code, stdout } = await shelf.install(['v1.2.4'])
  expect(code).toBe(0)
  expect(stdout).toContain('until it is restarted')
  expect(shelf.says()).toBe('coppice version 1.2.4\n')
})

const machines = [
  { uname: 'x86_64', libc: 'glibc', target: 'linux-x64' },
  { uname: 'amd64', libc: 'musl', target: 'linux-x64-musl' },
  { uname: 'aarch64', libc: 'glibc', target: 'linux-arm64' },
  { uname: 'arm64', libc: 'musl', target: 'linux-arm64-musl' },
] as const

test.each(machines)('[RE4] a machine of $uname and $libc gets $target', async ({ uname, libc, target }) => {
  using shelf = new Shelf()
  shelf.machine({ uname, libc })
  for (const one of machines) shelf.tarball(`coppice-1.2.3-${one.target}`, { says: one.target })
  const { code, stderr } = await shelf.install([version])
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`another version: ${target}\n`) })
})

test('[RE4] who is not root gets it below ~/.local', async () => {
  using shelf = aShelf()
  shelf.tool('id', '1000')
  shelf.tarball('coppice-1.2.3-linux-x64', { says: 'coppice version 1.2.3' })
  const { code } = await shelf.install([version], { PREFIX: '' })
  expect(code).toBe(0)
  expect(shelf.says(join(shelf.root, '.local/bin/coppice'))).toBe('coppice version 1.2.3\n')
})

test.if((Bun.which('curl') ?? Bun.which('wget')) !== null)('[RE4] from a URL', async () => {
  using shelf = aShelf()
  shelf.tarball('coppice-1.2.3-linux-x64', { says: 'coppice version 1.2.3' })
  await using server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: async ({ url }) => {
      const file = Bun.file(join(shelf.dist, new URL(url).pathname))
      return (await file.exists()) ? new Response(file) : new Response('', { status: 404 })
    },
  })
  const from = { COPPICE_RELEASES: server.url.href }
  expect(await shelf.install([version], from)).toMatchObject({ code: 0 })
  expect(shelf.says()).toBe('coppice version 1.2.3\n')
  rmSync(join(shelf.dist, 'SHA256SUMS'))
  const { code, stderr } = await shelf.install([version], from)
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining(`Could not get ${server.url.href}SHA256SUMS`),
  })
})

describe('[RE5] nothing is installed, and nothing left behind:', () => {
  const cases: [what: string, break_: (shelf: Shelf) => void, said: string][] = [
    [
      'a tarball that was changed',
      ({ dist }) => appendFileSync(tarballIn(dist), 'x'),
      'has been changed: its SHA-256 is',
    ],
    ['a tarball that is not there', ({ dist }) => rmSync(tarballIn(dist)), 'Could not get'],
    ['no SHA256SUMS', ({ dist }) => rmSync(join(dist, 'SHA256SUMS')), 'Could not get'],
    [
      'a version that is not there',
      ({ dist }) => writeFileSync(join(dist, 'SHA256SUMS'), 'ab  other.tar.gz\n'),
      'It has: other.tar.gz',
    ],
    [
      'a tarball of another version',
      (shelf) => again(shelf, { says: 'coppice version 9.9.9' }),
      'another version: coppice version 9.9.9',
    ],
    [
      'a program that does not run',
      (shelf) => again(shelf, { says: 'Illegal instruction', code: 132 }),
      'It does not run here: Illegal instruction',
    ],
    [
      'a program that lacks the C++ library',
      (shelf) => again(shelf, { says: 'Error loading shared library libstdc++.so.6: No such file', code: 127 }),
      'apk add libstdc++',
    ],
    ['another machine', (shelf) => shelf.machine({ uname: 'riscv64', libc: 'glibc' }), 'no tarball for riscv64'],
    ['another system', (shelf) => shelf.tool('uname', 'Darwin'), 'no tarball for Darwin'],
  ]

  test.each(cases)('%s', async (_what, break_, said) => {
    using shelf = aShelf()
    shelf.tarball('coppice-1.2.3-linux-x64', { says: 'coppice version 1.2.3' })
    break_(shelf)
    const { code, stderr } = await shelf.install([version])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(said) })
    expect(existsSync(shelf.installed)).toBe(false)
    expect(shelf.leftovers()).toEqual([])
  })

  test('what was installed before stays', async () => {
    using shelf = aShelf()
    shelf.tarball('coppice-1.2.3-linux-x64', { says: 'coppice version 1.2.3' })
    await shelf.install([version])
    again(shelf, { says: 'coppice version 1.2.4' })
    expect(await shelf.install([version])).toMatchObject({ code: 1 })
    expect(shelf.says()).toBe('coppice version 1.2.3\n')
    expect(shelf.leftovers()).toEqual([])
  })
})

const misused: [args: string[], env: Record<string, string>, said: string][] = [
  [[], {}, 'Usage: '],
  [['1.2.3', '1.2.4'], {}, 'Usage: '],
  [[''], {}, 'Usage: '],
  [['--help'], {}, 'Usage: '],
  [['../1.2.3'], {}, '../1.2.3 is no version'],
  [['1.2.3'], { COPPICE_RELEASES: '' }, 'Say where the tarballs are: COPPICE_RELEASES='],
]

test.each(misused)('[RE6] wrong usage: %j %j', async (args, env, said) => {
  using shelf = aShelf()
  shelf.tarball('coppice-1.2.3-linux-x64', { says: 'coppice version 1.2.3' })
  const { code, stderr } = await shelf.install(args, env)
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) })
  expect(existsSync(shelf.prefix)).toBe(false)
})

function tarballIn(dist: string): string {
  return join(dist, 'coppice-1.2.3-linux-x64.tar.gz')
}

/** The same tarball with another program, and SHA256SUMS for it. */
function again(shelf: Shelf, program: { readonly says: string; readonly code?: number }): void {
  rmSync(join(shelf.dist, 'SHA256SUMS'))
  const before = readFileSync(tarballIn(shelf.dist))
  shelf.tarball('coppice-1.2.3-linux-x64', program)
  expect(readFileSync(tarballIn(shelf.dist)).equals(before)).toBe(false)
}
