import { expect, test } from 'bun:test'
import { aControlServer } from '../../test/support/control-server.ts'

test('[AP56] 100 clients in parallel, each 20 lists of 100 processes: p99 below 250 ms', async () => {
  await using server = await aControlServer(Array.from({ length: 100 }, (_, n) => ({ name: `process-${n}` })))
  const took: number[] = []
  const client = async (): Promise<void> => {
    for (let n = 0; n < 20; n++) {
      const before = performance.now()
      const { status, body } = await server.ask('GET', '/v1/processes')
      took.push(performance.now() - before)
      if (status !== 200 || !Array.isArray(body) || body.length !== 100) throw new Error(`answered with ${status}`)
    }
  }
  await Promise.all(Array.from({ length: 100 }, client))
  expect(took).toHaveLength(2000)
  expect(took.toSorted((a, b) => a - b)[1980]).toBeLessThan(250)
})
