// stress-spawner: a spawner with 300 runs that die in every way while 600 orphans of theirs die too. Prints what became of
// them as JSON: exits told, exits told wrongly, runs of which something was left for ever, zombies at the end.
import { readFileSync } from 'node:fs'
import type { RunNews } from '../../src/system/ports.ts'
import { createSpawner } from '../../src/system/spawner.ts'
import { aSpec } from '../sim/builders.ts'

const runs = 300
const oddities: string[] = []
const spawner = createSpawner({ ownId: 'stress', log: (text) => oddities.push(text) })
const told = new Map<number, RunNews[]>()

await new Promise<void>((resolve) => {
  let over = 0
  const start = (process: number): void => {
    const news: RunNews[] = []
    told.set(process, news)
    const spec = aSpec({ name: `p${process}`, command: ['/bin/sh', '-c', scriptOf(process)] })
    const outcome = spawner.spawn({
      ref: { process, run: 1 },
      spec,
      news(one) {
        news.push(one)
        const isOver = one.tag === 'gone' || (one.tag === 'exited' && one.left === 0)
        if (isOver && ++over === runs) resolve()
      },
    })
    if (outcome.tag !== 'spawned') throw new Error(outcome.text)
  }
  for (let process = 1; process <= runs; process++) start(process)
  setTimeout(resolve, 20_000).unref()
})
await Bun.sleep(1500)
const mistaken = [...told].filter(([process, news]) => !isRight(process, news)).length
const exits = [...told.values()].flat().filter((news) => news.tag === 'exited').length
const left = [...told.values()].filter(
  (news) => news.some((one) => one.tag === 'exited' && one.left > 0) && news.length < 2,
).length
await spawner[Symbol.asyncDispose]()
console.log(JSON.stringify({ exits, mistaken, left, zombies: zombies().length, oddities }))
process.exit(0)

/** Two orphans each, one of them in a session of its own; then an end with a code, or by a signal. */
function scriptOf(process: number): string {
  const orphans = `(sleep 0.0${process % 10} &); (setsid sleep 0.${process % 3} &)`
  return process % 2 === 0 ? `${orphans}; exit ${process % 256}` : `${orphans}; kill -KILL $$`
}

function isRight(process: number, news: readonly RunNews[]): boolean {
  const exit = process % 2 === 0 ? { tag: 'code', code: process % 256 } : { tag: 'signal', signal: 'SIGKILL' }
  const [first, second, ...more] = news
  if (first?.tag !== 'exited' || JSON.stringify(first.exit) !== JSON.stringify(exit)) return false
  return more.length === 0 && (first.left === 0 ? second === undefined : second?.tag === 'gone')
}

function zombies(): number[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number) // prettier-ignore
  return children.filter((pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '))
}
