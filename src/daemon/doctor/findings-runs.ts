import type { Finding } from '../../wire/doctor.ts'
import type { MarkedFact, RecordFact, RunsFact, Snapshot } from './snapshot.ts'
import { ok, problem, warning } from './verdicts.ts'

/** Runs that are known, against processes that live. */
export function ofRuns({ runs }: Pick<Snapshot, 'runs'>): readonly Finding[] {
  if (runs.from === null) {
    const told = 'runs were not compared: there is nobody to ask which there should be'
    return runs.marked.length === 0 ? [] : [warning('runs', told)]
  }
  const strangers = runs.records.flatMap(ofRecord)
  const orphans = runs.marked.flatMap((marked) => ofMarked(marked, runs))
  const found = [...strangers, ...orphans]
  return [summary(runs), ...found]
}

function summary({ from, records }: RunsFact): Finding {
  const alive = records.filter(({ run }) => run?.is === 'alive')
  const count = `${records.length} ${records.length === 1 ? 'process' : 'processes'}, ${alive.length} alive`
  if (from === 'daemon') return ok('runs', `the daemon has ${count}`)
  if (alive.length === 0) return ok('runs', `the database has ${count}`)
  return warning(
    'runs',
    `the database has ${count}, and no daemon looks after them`,
    'Start the daemon: it takes them back.',
  )
}

/** Of a daemon that runs, what it has is alive, or it hears of it at once. */
function ofRecord({ name, run }: RecordFact): readonly Finding[] {
  switch (run?.is) {
    case undefined:
    case 'alive':
      return []
    case 'gone':
      return [
        warning(
          'runs',
          `${name} (process ${run.pid}) has ended while no daemon was there`,
          'The next daemon treats it as having ended then, by its restart policy.',
        ),
      ]
    case 'stranger':
      return [
        warning(
          'runs',
          `process ${run.pid}, which was ${name}, is another's now`,
          'Nothing: it is never signalled, and the next daemon knows that the run is over.',
        ),
      ]
  }
}

/** [TB6] */
function ofMarked(marked: MarkedFact, { from, records }: RunsFact): readonly Finding[] {
  const { process, run, members, marker } = marked
  const who = members.map(({ pid, command }) => `${pid} (${command})`).join(', ')
  const pids = members.map(({ pid }) => pid)
  const fix = { tag: 'end-run', marker, pids } as const
  const record = records.find(({ id }) => id === process)
  if (record === undefined) {
    const told = `nobody knows the run that ${who} ${members.length === 1 ? 'is' : 'are'} of (process ${process}, run ${run})`
    return [problem('orphan', told, members.length === 1 ? 'End it.' : 'End them.', fix)]
  }
  // What a daemon that runs has left behind is for it to end, or is left on purpose.
  if (from === 'daemon' || run === record.run?.n) return []
  if (run > record.runs || (run === record.runs && record.isBeginning)) {
    return [
      warning('runs', `${who} is a run of ${record.name} that was not recorded`, 'The next daemon takes it back.'),
    ]
  }
  const left = `${who} was left behind by run ${run} of ${record.name}`
  if (record.leaves) return [ok('runs', `${left}, as its kill_mode says`)]
  return [problem('orphan', left, 'End it.', fix)]
}
