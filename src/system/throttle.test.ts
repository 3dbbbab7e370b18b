import { expect, test } from 'bun:test'
import { throttle } from './throttle.ts'

test('[DM62] what is asked for often is done at once, and then once in a period, the last asking too', async () => {
  const done: number[] = []
  let asked = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  using often = throttle(50, () => {
    done.push(asked)
    if (done.length === 2) resolve()
  })
  for (asked = 1; asked < 10; asked++) often.ask()
  expect(done).toEqual([1])
  await promise
  expect(done).toEqual([1, 10])
})
