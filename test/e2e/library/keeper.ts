// keeper FILE: runs the tree of FILE, as a program of one's own would, and tells its events, one line of JSON for each.
// SIGTERM ends it: it has nothing but the tree to keep it alive.
import { readPlan, startTree } from '../../../src/index.ts'

const asked = Promise.withResolvers<void>()
process.once('SIGTERM', asked.resolve)

const plan = await readPlan(process.argv[2] ?? '')
if (plan.ok) {
  await using tree = startTree(plan.value)
  tree.subscribe((event) => console.log(JSON.stringify(event)))
  await asked.promise
} else {
  console.error(plan.failure.message)
  process.exitCode = 2
}
