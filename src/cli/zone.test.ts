import { expect, test } from 'bun:test'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aDirectory } from '../../test/support/control-server.ts'
import { isUtc } from './zone.ts'

test.each([
  ['UTC', true],
  ['Etc/UTC', true],
  ['Europe/Berlin', false],
  ['UTC+2', false],
  ['', false],
])('TZ=%s', (TZ, expected) => {
  expect(isUtc({ TZ })).toBe(expected)
})

test('without TZ the host decides', async () => {
  await using directory = await aDirectory()
  const [missing, berlin, utc, copy] = ['a', 'b', 'c', 'd'].map((name) => join(directory.path, name)) as [
    string,
    string,
    string,
    string,
  ]
  symlinkSync('/usr/share/zoneinfo/Europe/Berlin', berlin)
  symlinkSync('/usr/share/zoneinfo/Etc/UTC', utc)
  writeFileSync(copy, '')
  expect([missing, berlin, utc, copy].map((link) => isUtc({}, link))).toEqual([true, false, true, false])
})
