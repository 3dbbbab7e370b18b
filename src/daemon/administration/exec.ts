import type { Administration } from '../../api/control.ts'
import { changeEntry } from '../../config/change-entry.ts'
import { formatProblem } from '../../config/problem.ts'
import { readEntry } from '../../config/read-entry.ts'
import type { Process } from '../../core/process.ts'
import type { ProcessSpec } from '../../core/spec.ts'
import { named } from '../../core/world.ts'
import { failure, success, type Result } from '../../lib/result.ts'
import type { Entry } from '../../wire/entry.ts'
import { refused } from '../../wire/refusal.ts'
import { recording } from '../recording.ts'
import { isMaster, trespass } from '../rights.ts'
import { badConfig, declare, givenAt, tellAsked, type Desk } from './desk.ts'
import { unrunnable } from './unrunnable.ts'

/** Declares one process, or changes one that is at rest, and starts it. [DM10] [DM11] */
export function execWith(desk: Desk): Administration['exec'] {
  return async (request, caller) => {
    const entry = isMaster(caller) || caller === null ? request.process : { user: caller.user, ...request.process }
    const read = readAnew(desk, entry, request.cwd)
    if (!read.ok) return badConfig(read.failure)
    const { specs, warnings } = read.value
    const taken = specs.flatMap((spec) => takenBy(spec, named(desk.tree.engine.world, spec.name)) ?? [])
    const [first] = taken
    if (first !== undefined) return refused('exists', first.message, first.hint)
    const wrong = trespass(caller, specs, { logs: desk.configuration.logs.directory })
    if (wrong !== null) return wrong
    const [why] = specs.flatMap((spec) => unrunnable(spec) ?? [])
    if (why !== undefined) return refused('bad-config', why)
    return recording(desk.tree.ledger, () => {
      tellAsked(
        desk,
        specs.map(({ name }) => [name, null] as const),
        { verb: 'exec', caller },
      )
      declare(
        desk,
        specs.map((spec) => ({ spec, want: 'up' as const })),
        { verb: 'exec', caller },
      )
      return success({ verb: 'start', names: specs.map(({ name }) => name), warnings })
    })
  }
}

interface Anew {
  readonly specs: readonly ProcessSpec[]
  readonly warnings: readonly string[]
}

/** A known process at rest keeps what is not said anew: pmon3's way of `exec`. */
function readAnew(desk: Desk, entry: Entry, cwd: string): Result<Anew> {
  const given = givenAt(desk, cwd)
  const read = readEntry({ ...given, entry, name: 'exec' })
  if (!read.ok) return failure('bad-config', read.problems.map(formatProblem).join('\n'))
  const specs: ProcessSpec[] = []
  const warnings = read.warnings.map(formatProblem)
  for (const spec of read.specs) {
    const present = named(desk.tree.engine.world, spec.name)?.spec
    if (present === undefined || present.declared === null || present.instanceOf !== null) specs.push(spec)
    else {
      const { name: _name, ...changes } = entry
      const changed = changeEntry(present, changes, given)
      if (!changed.ok) return changed
      specs.push(changed.value.spec)
    }
  }
  return success({ specs, warnings })
}

/** Why this name cannot be declared by `exec`: it runs or waits to run, or it is another program. */
function takenBy(spec: ProcessSpec, present: Process | undefined): { message: string; hint: string } | null {
  if (present === undefined) return null
  const { name } = spec
  if (!resting.has(present.state.tag)) {
    return {
      message: `process already running with the name provided: ${name}`,
      hint: `\`coppice restart ${name}\` replaces its run; --name gives this one another name.`,
    }
  }
  const [program, before] = [spec.command?.[0], present.spec.command?.[0]]
  if (program === before) return null
  return {
    message: `there is a process ${name} already, which runs ${before ?? 'nothing'}`,
    hint: `\`coppice delete ${name}\` forgets it; --name gives this one another name.`,
  }
}

/** Nothing of it is alive; what has crashed may be corrected while it waits for its next try. */
const resting: ReadonlySet<Process['state']['tag']> = new Set(['stopped', 'failed', 'completed', 'delayed'])
