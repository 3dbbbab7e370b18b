import { expect, test } from 'bun:test'
import { coppice } from '../../../test/support/fake-system.ts'

test('[CL94] daemon hands its options on and ends with its exit code', async () => {
  const asked = await coppice('daemon --detach --log-format json --log-level=debug', { upEndsWith: 3 })
  expect(asked).toMatchObject({ exitCode: 3, out: '', err: '' })
  expect(asked.daemons).toEqual([{ detach: true, guard: true, logFormat: 'json', logLevel: 'debug' }])
  const plain = { detach: false, guard: true, logFormat: null, logLevel: null }
  expect((await coppice('daemon')).daemons).toEqual([plain])
  expect((await coppice('daemon --no-guard')).daemons).toEqual([{ ...plain, guard: false }])
})
