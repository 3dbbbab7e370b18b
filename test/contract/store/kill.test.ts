import { expect, test } from 'bun:test'
import { StateDirectory } from './directory.ts'

const writer = new URL('endless-writer.ts', import.meta.url).pathname

/** Lets the writer record some, kills it with SIGKILL, and returns the last number that it had said. */
async function killedWriter(directory: StateDirectory, count: number): Promise<number> {
  const child = Bun.spawn([process.execPath, writer, directory.path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const decoder = new TextDecoder()
  let said = ''
  try {
    for await (const part of child.stdout) {
      said += decoder.decode(part, { stream: true })
      if (said.split('\n').length > count) child.kill('SIGKILL')
    }
  } finally {
    child.kill('SIGKILL')
  }
  return Number(said.trimEnd().split('\n').at(-1))
}

test('[DB3] what was recorded survives a kill at any instant, and each step whole or not at all', async () => {
  using directory = new StateDirectory()
  for (const count of [1, 30, 400, 3]) {
    const said = await killedWriter(directory, count)
    using store = directory.open()
    expect(store.found).toMatchObject({ closedCleanly: false, alarms: [] })
    const numbers = store.found.processes.map(({ process }) => process.runs)
    expect(numbers).toEqual([store.lastEntry, store.lastEntry])
    expect(numbers[0]).toBeGreaterThanOrEqual(said)
    expect(numbers[0]).toBeLessThanOrEqual(said + 1)
    expect(directory.ask('SELECT run FROM runs WHERE ended_at IS NULL')).toEqual(numbers.map((run) => ({ run })))
  }
})
