import { dirname } from 'node:path'
import { pmon3Keys } from '../../config/process-keys.ts'
import { isAlive, liveRun, type Process } from '../../core/process.ts'
import { status } from '../../core/status.ts'
import type { ProcessSpec } from '../../core/spec.ts'
import { shellWord } from '../shell-word.ts'
import { ownUser } from '../view.ts'
import type { ExportView } from '../../wire/declare.ts'
import type { Entry } from '../../wire/entry.ts'

/** A process as pmon3 exports it (pmon3 4.4), from what it is now rather than from how it was written. */
export function exportOf(process: Process, iso: (at: number) => string): ExportView {
  const { id, spec, state, lastPid, restarts } = process
  const [program = '', ...args] = spec.command ?? []
  return {
    id,
    file: program,
    user: spec.identity.user ?? ownUser(),
    log: spec.output.stdout.tag === 'file' ? spec.output.stdout.path : '',
    args: args.map(shellWord).join(' '),
    env_vars: [...spec.env.set].map(([name, value]) => `${name}=${shellWord(value)}`).join(' '),
    name: spec.name,
    dependencies: dependenciesOf(spec).every(isPlain) ? dependenciesOf(spec).map(({ to }) => to) : [],
    groups: spec.groups,
    no_auto_restart: spec.endIsFailure,
    restart_count: restarts,
    pid: liveRun(state)?.pid ?? (isAlive(state) ? 0 : (lastPid ?? 0)),
    status: status(process),
    created_at: iso(process.createdAt),
    updated_at: iso(process.since),
    more: moreOf(spec),
  }
}

/** What pmon3 has no key for, as it was declared; a working directory only where it is not that of the file. */
function moreOf(spec: ProcessSpec): Entry {
  const { declared, command, cwd } = spec
  const entry = declared?.entry ?? {}
  const told = new Set<string>([...pmon3Keys, 'command', 'env', 'env_file', 'instances', 'cwd'])
  const own = Object.entries(entry).filter(([key]) => !told.has(key))
  const place = command === null || dirname(command[0]) === cwd ? [] : [['cwd', cwd] as const]
  const dependencies = dependenciesOf(spec).every(isPlain)
    ? []
    : [['dependencies', entry['dependencies'] ?? []] as const]
  return Object.fromEntries([...own, ...place, ...dependencies])
}

/** Its edges but for the parent, which has a key of its own. */
function dependenciesOf({ edges, parent }: ProcessSpec): ProcessSpec['edges'] {
  return edges.filter(({ to }) => to !== parent)
}

/** A dependency that pmon3 could write: a bare name. */
function isPlain({ condition, onExit }: ProcessSpec['edges'][number]): boolean {
  return condition === 'ready' && onExit === 'ignore'
}
