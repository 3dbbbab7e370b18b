import { expect, test } from 'bun:test'
import { aSpec } from '../../../test/sim/builders.ts'
import { newProcess } from '../../core/world.ts'
import { bounds } from './runner.ts'
import { createTeller } from './teller.ts'

/** A teller, with what it has written: `LEVEL NAME TEXT`, and those that are in the journal as well. */
function aTeller() {
  const lines: string[] = []
  const notes: string[] = []
  const teller = createTeller({
    log: { write: ({ level, process, message }) => void lines.push(`${level} ${process} ${message}`) },
    ledger: () => ({ note: ({ process, reason }) => void notes.push(`${process} ${reason}`) }),
  })
  return { teller, lines, notes }
}

const web = newProcess(1, aSpec({ name: 'web' }), 0)
const db = newProcess(2, aSpec({ name: 'db' }), 0)
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('[HK9] a failure is a warning, output a line, and both an entry; what has nothing to say is neither', () => {
  const { teller, lines, notes } = aTeller()
  teller.tell(web, 'on_exit', { failed: 'exited with code 3', output: 'no luck\n' })
  teller.tell(web, 'on_stop', { failed: 'was killed by SIGSEGV', output: '' })
  teller.tell(db, 'process_restart', { failed: null, output: ' all\nwell ' })
  teller.tell(db, 'on_start', { failed: null, output: '\n' })
  expect(lines).toEqual([
    'warn web hook on_exit exited with code 3: no luck',
    'warn web hook on_stop was killed by SIGSEGV',
    'info db hook process_restart: all\nwell',
    'debug db hook on_start is done',
  ])
  expect(notes).toEqual(lines.slice(0, 3).map((line) => line.replace(/^\w+ /, '')))
})

test('[HK10] of those that find no room, the first of each process is told at once, and later how many followed', async () => {
  const { teller, lines, notes } = aTeller()
  for (const process of [web, web, db, web]) teller.added(process, 'on_exit', 'dropped')
  expect(lines).toEqual([])
  await turn()
  const first = `hook on_exit was not run: ${bounds.waiting} others wait already`
  expect(notes).toEqual([`web ${first}`, `db ${first}`])
  teller.added(db, 'on_exit', 'waits')
  expect(notes.slice(2)).toEqual(['web 2 more hooks were not run'])
  teller.added(db, 'on_exit', 'waits')
  expect(notes).toHaveLength(3)
})
