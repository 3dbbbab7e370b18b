import { isAlive, type Job, type Process } from './process.ts'
import { put, type Outcome, type Turn } from './turn.ts'
import { named } from './world.ts'

/**
 * An attempt is over: takes the job it did, if somebody called for it, off the list. `deliver` tells whoever waits. [SP6]
 * @param run the number of its run, or the one it would have had
 */
export function finishJob(
  turn: Turn,
  process: Process,
  { run, outcome }: { run: number; outcome: Outcome['outcome'] },
): void {
  const [job, ...jobs] = process.jobs
  if (job === undefined || job.after >= run) return put(turn, process)
  put(turn, { ...process, jobs })
  turn.outcomes.push({ caller: job.caller, name: process.spec.name, outcome })
}

/** It will not run: every job fails, and whoever waits is told as soon as nothing of it is alive. [SP3] [SP4] */
export function failJobs(turn: Turn, process: Process): void {
  const givenUp = [...process.givenUp, ...process.jobs]
  if (isAlive(process.state)) return put(turn, { ...process, jobs: [], givenUp })
  put(turn, { ...process, jobs: [], givenUp: [] })
  for (const { caller } of givenUp) turn.outcomes.push({ caller, name: process.spec.name, outcome: 'failed' })
}

/** It no longer is what can be called for: whoever waits is told at once. */
export function dismissCallers(turn: Turn, process: Process): void {
  const callers = [...process.jobs, ...process.givenUp]
  if (callers.length === 0) return
  put(turn, { ...process, jobs: [], givenUp: [] })
  for (const { caller } of callers) turn.outcomes.push({ caller, name: process.spec.name, outcome: 'failed' })
}

/** Nothing of its run is left: those whose jobs were given up meanwhile are told. @returns the process without them */
export function tellGivenUp(turn: Turn, process: Process): Process {
  for (const { caller } of process.givenUp) turn.outcomes.push({ caller, name: process.spec.name, outcome: 'failed' })
  return { ...process, givenUp: [] }
}

/** Whoever called its preruns no longer needs them. */
export function withdrawJobs(turn: Turn, owner: Process): void {
  for (const name of new Set(owner.spec.prerun)) {
    const prerun = named(turn.world, name)
    if (prerun === undefined) continue
    const isOthers = ({ caller }: Job): boolean => caller.tag !== 'prerun' || caller.owner !== owner.spec.name
    const [jobs, givenUp] = [prerun.jobs.filter(isOthers), prerun.givenUp.filter(isOthers)]
    if (jobs.length + givenUp.length < prerun.jobs.length + prerun.givenUp.length)
      put(turn, { ...prerun, jobs, givenUp })
  }
}
