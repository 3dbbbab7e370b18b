// coppice as a library: a program that runs a tree of its own, with a monitor of its own, and hears what happens.
// Run it with Bun from the project's root: node scripts/bun.mjs examples/library.ts
import { custom, planOf, retry, startTree, withMonitor } from '../src/index.ts'

const plan = await planOf({
  processes: [
    { name: 'clock', command: 'sh -c "while date; do sleep 1; done"', stdout: 'SUPPRESS' },
    { name: 'reader', command: 'sleep 1000', parent: 'clock' },
  ],
})
if (!plan.ok) throw new Error(plan.failure.message)

// Any function can be a probe. This one fails from the third time it is asked; `retry` forgives one failure in a row.
let asked = 0
const patience = custom(() => Promise.resolve({ ok: ++asked < 3, detail: `asked ${asked} times` }))
const watched = withMonitor(plan.value, 'clock', { name: 'patience', check: retry(patience, 1), period: 100 })

await using tree = startTree(watched)
const restarted = Promise.withResolvers<void>()
tree.subscribe((event) => {
  console.log(`${event.process}: ${event.from} → ${event.to} (${event.reason})`)
  if (event.process === 'reader' && event.restarts === 1 && event.to === 'running') restarted.resolve()
})

// The monitor fails, `clock` goes down with what stands on it, and both come back.
await restarted.promise
for (const link of tree.why('reader')) console.log(`why: ${link.text}`)
console.log(`exit code ${await tree.stop()}`)
