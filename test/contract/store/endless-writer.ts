// Commits without end, two processes in each batch that always have the same number, and says each number when it is
// recorded. Killed by its test: `endless-writer.ts DIRECTORY`.
import { writeSync } from 'node:fs'
import { openStore } from '../../../src/store/sqlite.ts'
import { aBatch, anEntry, aProcess, aRun, runningState, stored } from './stored.ts'

const opened = openStore({ directory: process.argv[2] ?? '' })
if (!opened.ok) throw new Error(opened.failure.message)
const store = opened.value
const { found, lastEntry } = store
const [left, right] = [aProcess('left'), aProcess('right', { id: 2 })]
for (let n = Math.max(lastEntry, found.processes[0]?.process.runs ?? 0) + 1; ; n++) {
  const both = [left, right].map((process) => stored({ ...process, runs: n, state: runningState(aRun(n)) }))
  const done = store.commit(aBatch({ processes: both, journal: [anEntry({ run: n })] }))
  if (!done.ok) throw new Error(done.failure.message)
  writeSync(1, `${n}\n`)
}
