// Who has a lock, as somebody sees it who does not want it.
import { afterAll, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { abilities } from '../../../src/system/abilities.ts'
import { takeLock } from '../../../src/system/lock.ts'
import { lockState } from '../../../src/system/lock-holder.ts'

const dir = mkdtempSync(join(tmpdir(), 'coppice-holder-'))
afterAll(() => rmSync(dir, { recursive: true }))

test('[DM64] a lock is held by whoever has it, and then by nobody', () => {
  const path = join(dir, 'lock')
  expect(lockState(path)).toEqual({ tag: 'missing' })
  const lock = takeLock(path)
  if (!lock.ok) throw new Error(lock.failure.message)
  expect(lockState(path)).toEqual({ tag: 'held', pid: process.pid })
  writeFileSync(path, '1\n') // What stands there is for messages only.
  expect(lockState(path)).toEqual({ tag: 'held', pid: process.pid })
  lock.value[Symbol.dispose]()
  expect(lockState(path)).toEqual({ tag: 'free', last: 1 })
  const again = takeLock(path)
  expect(again.ok).toBe(true)
  if (again.ok) again.value[Symbol.dispose]()
})

test('[DM64] looking leaves a lock to whoever comes next', () => {
  const path = join(dir, 'next')
  writeFileSync(path, '')
  expect(lockState(path)).toEqual({ tag: 'free', last: null })
  const lock = takeLock(path)
  expect(lock.ok).toBe(true)
  if (lock.ok) lock.value[Symbol.dispose]()
})

test.skipIf(process.getuid?.() === 0)('[DM64] one that is not for us to see is told', () => {
  const path = join(dir, 'secret')
  writeFileSync(path, '')
  chmodSync(path, 0o000)
  expect(lockState(path)).toEqual({ tag: 'unreadable', why: 'EACCES' })
})

test('[DM64] what the host can is found out, and nothing stays of it', async () => {
  const found = await abilities()
  expect(found.kernel).toMatch(/^\d+\.\d+/)
  expect(found.noSubreaper).toBeNull()
  expect(found.openFiles?.hard).toBeGreaterThan(0)
  if (found.noPidfd !== null) expect(found.tellsExits).toBe(false)
  expect(await abilities()).toEqual(found)
})
