// A program that puts itself anew in its own place: what it keeps, and what happens where that is refused.
import { expect, test } from 'bun:test'
import { closeSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import * as libc from '../../../src/system/libc.ts'
import { replaceProgram, takeHeritage } from '../../../src/system/replace.ts'
import { program } from '../../programs/program.ts'

const { ENOENT, EBADF } = constants.errno

test('[DM42] [DM43] an inherited listener loses nobody, and a child of the image before is reaped with its code', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-replacing-'))
  const path = join(dir, 'socket')
  const child = Bun.spawn(program('replaces', path), { stdin: 'pipe', stdout: 'ignore', stderr: 'inherit' })
  try {
    // The file is there a moment before anybody listens; from then on nobody is turned away.
    while (!(await ask(path).then(Boolean, isNotYet))) await Bun.sleep(2)
    const images = new Set<number>()
    for (;;) {
      const said = JSON.parse(await ask(path))
      expect(said.pid).toBe(child.pid)
      if (said.image > 0) expect(said.child).toEqual({ code: 7, signal: 0 })
      images.add(said.image)
      if (said.image === 3) break
    }
    expect([...images]).toEqual([0, 1, 2, 3])
    const links = readdirSync(`/proc/${child.pid}/fd`).map((fd) => linkOf(`/proc/${child.pid}/fd/${fd}`))
    const copies = Map.groupBy(
      links.filter((link) => link.startsWith('socket:')),
      (link) => link,
    )
    expect(Math.max(...[...copies.values()].map((some) => some.length))).toBe(2) // its own, and that of the server
  } finally {
    await child.stdin.end()
    await child.exited
    rmSync(dir, { recursive: true })
  }
})

test('[DM44] a refused exec changes nothing', () => {
  const descriptor = libc.openMemoryFile()
  const before = readdirSync('/proc/self/fd').length
  const descriptors = new Map([['one', descriptor]])
  const failed = replaceProgram({ command: ['/no/such/program'], env: {}, descriptors, text: 'x' })
  expect(failed).toMatchObject({ code: 'ENOENT', message: expect.stringContaining('/no/such/program') })
  expect(readdirSync('/proc/self/fd')).toHaveLength(before)
  const flags = Bun.spawnSync(['cat', `/proc/${process.pid}/fdinfo/${descriptor}`]).stdout.toString()
  expect(flags).toMatch(/^flags:\s+02\d{6}$/m) // O_CLOEXEC
  closeSync(descriptor)
})

test('what was left to another process is not for us', () => {
  process.env['COPPICE_HERITAGE'] = `${process.pid + 1}:3`
  expect(takeHeritage()).toBeNull()
  expect(process.env['COPPICE_HERITAGE']).toBeUndefined()
})

test('execve, fcntl, memfd_create, socket and listen: how they refuse', () => {
  expect(libc.replaceImage({ file: '/no/such', argv: ['x'], env: {} })).toBe(-ENOENT)
  expect(libc.setInherited(10_000, 'inherited')).toBe(-EBADF)
  expect(libc.duplicate(10_000)).toBe(-EBADF)
  expect(libc.openStreamListener('/no/such/directory/socket', 1)).toBe(-ENOENT)
  expect(libc.setSignalMask([], 'wait')).toBe(0)
  const file = libc.openMemoryFile()
  const copy = libc.duplicate(file)
  expect(file).toBeGreaterThan(2)
  expect(copy).toBeGreaterThan(2)
  closeSync(file)
  closeSync(copy)
})

function isNotYet(error: NodeJS.ErrnoException): false {
  if (error.code !== 'ENOENT' && error.code !== 'ECONNREFUSED') throw error
  return false
}

/** A connection may be gone by the time one looks. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** What is said to whoever connects; nobody may be turned away. */
async function ask(path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let text = ''
  const socket = connect(path)
  socket.on('data', (bytes) => (text += bytes.toString()))
  socket.on('error', reject)
  socket.on('close', () => resolve(text))
  return promise
}
