import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { aDirectory } from '../../test/support/control-server.ts'
import { named } from '../core/world.ts'
import { aWorld } from '../../test/sim/builders.ts'
import { openPromises } from './promises.ts'

test('[TB27] what was promised is known to the next one, of each process its own', async () => {
  await using directory = await aDirectory()
  const path = join(directory.path, 'promises')
  const process = named(aWorld({ web: {} }), 'web')
  if (process === undefined) throw new Error('there is no web')
  const [one, other] = [
    { ...process, id: 1, createdAt: 5.5, runs: 3 },
    { ...process, id: 300, createdAt: 7, runs: 9 },
  ]
  {
    using promises = openPromises(path)
    expect(promises.promised(one)).toBeNull()
    expect(promises.promise({ ...one, runs: 4, restarts: 2, streak: 1, revives: true })).toBe(true)
    expect(promises.promise({ ...other, runs: 10, restarts: 8, streak: 0 })).toBe(true)
  }
  using promises = openPromises(path)
  expect(promises.promised(one)).toEqual({ run: 4, restarts: 2, streak: 1, revives: true })
  expect(promises.promised(other)).toEqual({ run: 10, restarts: 8, streak: 0, revives: false })
  expect(promises.promised({ ...one, runs: 4 })).toBeNull()
  expect(promises.promised({ ...one, createdAt: 6 })).toBeNull()
  expect(promises.promised({ ...one, id: 2 })).toBeNull()
})
