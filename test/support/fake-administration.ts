import { basename } from 'node:path'
import type { Administration, Answered, Applied, Begun, Caller, Groups } from '../../src/api/control.ts'
import type {
  ApplyPlan,
  ApplyRequest,
  ConfigView,
  ExecRequest,
  ExportView,
  GraphView,
  InitRequest,
} from '../../src/wire/declare.ts'
import type { Entry } from '../../src/wire/entry.ts'
import type { ProcessView } from '../../src/wire/process.ts'
import { refused, type Refusal } from '../../src/wire/refusal.ts'
import type { Verb } from '../../src/wire/routes.ts'
import type { FakeProcess, Habit, Order } from './fake-control.ts'

/** What a fake daemon has its way with. */
interface Processes {
  readonly refuses: Refusal | null
  list(): readonly ProcessView[]
  views(names: readonly string[]): readonly ProcessView[]
  put(process: FakeProcess): void
  act(order: Order): Answered<null>
}

export type Asked =
  | { readonly tag: 'exec'; readonly request: ExecRequest; readonly caller: Caller | null }
  | { readonly tag: 'init'; readonly request: InitRequest; readonly caller: Caller | null }
  | { readonly tag: 'apply'; readonly request: ApplyRequest; readonly caller: Caller | null }
  | { readonly tag: 'reload'; readonly caller: Caller | null }

/** A daemon in memory: it declares what it is told to, has no process file, and plans what the test says. */
export class FakeAdministration implements Administration {
  /** What was asked of it, oldest first. */
  readonly asked: Asked[] = []
  /** How often it has looked at its files. */
  refreshed = 0
  readonly groups: Groups
  /** What `exec`, `init` and `apply` find odd. */
  warnings: readonly string[] = []
  /** How a process behaves that `exec` or `apply` makes. */
  newcomers: Habit = 'obeys'
  /** The names in the process file: those that `init -c` and `dgraph -c` know. */
  inFile: readonly string[] = []
  /** What `apply` plans, and does. */
  plan: ApplyPlan = { added: [], changed: [], removed: [], unchanged: [] }
  settings: ConfigView = {
    file: '/etc/coppice/config.yml',
    process_file: null,
    settings: [
      { key: 'logs.directory', value: '/var/log/coppice', origin: 'default', note: null },
      { key: 'process_monitor_interval', value: 250, origin: '/etc/coppice/config.yml:3', note: null },
    ],
    warnings: [],
  }
  readonly #processes: Processes

  constructor(processes: Processes, groups: Groups) {
    this.#processes = processes
    this.groups = groups
  }

  async refresh(): Promise<void> {
    this.refreshed += 1
  }

  async exec(request: ExecRequest, caller: Caller | null): Promise<Answered<Begun & { warnings: readonly string[] }>> {
    this.asked.push({ tag: 'exec', request, caller })
    const made = processIn(request)
    if (made === null) return refused('bad-config', 'command: is missing.', 'Say what to run: `command` or `file`.')
    const [known] = this.#processes.views([made.name])
    if (known !== undefined && known.pid !== null) {
      return refused('exists', `process already running with the name provided: ${made.name}`)
    }
    const { refuses } = this.#processes
    if (refuses !== null) return { ok: false, failure: refuses }
    this.#declare(made)
    return this.#begin('start', [made.name], caller)
  }

  async init(request: InitRequest, caller: Caller | null): Promise<Answered<Begun & { warnings: readonly string[] }>> {
    this.asked.push({ tag: 'init', request, caller })
    const meant = this.#processes
      .list()
      .filter(({ name }) => !request.process_config_only || this.inFile.includes(name))
    const names = meant.filter(({ pid }) => pid === null).map(({ name }) => name)
    return this.#begin('start', names, caller)
  }

  async apply(request: ApplyRequest, caller: Caller | null): Promise<Answered<Applied>> {
    this.asked.push({ tag: 'apply', request, caller })
    const { plan, warnings } = this
    if (request.dry_run === true) return { ok: true, value: { plan, warnings, begun: [] } }
    const { refuses } = this.#processes
    if (refuses !== null) return { ok: false, failure: refuses }
    for (const name of plan.added) this.#declare({ name })
    const wishes: Begun[] = [
      { verb: 'delete', names: plan.removed },
      { verb: 'start', names: plan.added },
      { verb: 'restart', names: plan.changed.filter(({ restarts }) => restarts).map(({ name }) => name) },
    ]
    const begun = wishes.filter(({ names }) => names.length > 0)
    for (const { verb, names } of begun) this.#begin(verb, names, caller)
    return { ok: true, value: { plan, warnings, begun } }
  }

  async graph({ processConfigOnly }: { processConfigOnly: boolean }): Promise<Answered<GraphView>> {
    const views = this.#processes.list().filter(({ name }) => !processConfigOnly || this.inFile.includes(name))
    const edges = views.flatMap(({ name, dependencies }) =>
      dependencies.map((to) => ({ from: name, to, parent: false, condition: 'ready' })),
    )
    const names = views.map(({ name }) => name)
    const involved = names.filter((name) => edges.some(({ from, to }) => from === name || to === name))
    // What nothing of it depends on comes last: enough for the shallow graphs of tests.
    const depth = (name: string): number =>
      1 + Math.max(-1, ...edges.filter(({ from }) => from === name).map(({ to }) => depth(to)))
    const graph = involved.toSorted((a, b) => depth(a) - depth(b))
    return { ok: true, value: { queue: [...graph, ...names.filter((name) => !graph.includes(name))], graph, edges } }
  }

  export(): readonly ExportView[] {
    return this.#processes.list().map((view) => ({
      id: view.id,
      file: view.command[0] ?? '',
      user: view.user,
      log: view.log ?? '',
      args: view.command.slice(1).join(' '),
      env_vars: '',
      name: view.name,
      dependencies: view.dependencies,
      groups: view.groups,
      no_auto_restart: view.restart === 'no',
      restart_count: view.restart_count,
      pid: view.pid ?? 0,
      status: view.status,
      created_at: view.created_at,
      updated_at: view.updated_at,
      more: {},
    }))
  }

  config(): ConfigView {
    return this.settings
  }

  async reload(caller: Caller | null): Promise<Answered<ConfigView>> {
    this.asked.push({ tag: 'reload', caller })
    const { refuses } = this.#processes
    return refuses === null ? { ok: true, value: this.settings } : { ok: false, failure: refuses }
  }

  #declare(process: FakeProcess): void {
    this.#processes.put({ ...process, habit: this.newcomers, status: 'queued', ready: false, pid: null })
    for (const group of process.groups ?? []) if (!this.groups.find(group).ok) this.groups.create(group, null)
  }

  #begin(
    verb: Verb,
    names: readonly string[],
    caller: Caller | null,
  ): Answered<Begun & { warnings: readonly string[] }> {
    const acted = this.#processes.act({ verb, names, force: false, caller })
    return acted.ok ? { ok: true, value: { verb, names, warnings: this.warnings } } : acted
  }
}

/** Reads as much of an entry as its view shows; null if it does not say what to run. */
function processIn({ process: entry, cwd }: ExecRequest): FakeProcess | null {
  const command = commandOf(entry)
  const [program] = command
  if (program === undefined) return null
  const name = textIn(entry, 'name') ?? basename(program)
  const user = textIn(entry, 'user')
  const log = textIn(entry, 'log')
  return {
    name,
    command,
    cwd,
    dependencies: textsIn(entry, 'dependencies'),
    groups: textsIn(entry, 'groups'),
    ...(user === null ? {} : { user }),
    ...(log === null ? {} : { log }),
    ...(entry['no_auto_restart'] === true ? { restart: 'no' } : {}),
  }
}

function commandOf(entry: Entry): readonly string[] {
  const { command, file, args } = entry
  if (Array.isArray(command)) return command.map(String)
  const program = typeof command === 'string' ? command : typeof file === 'string' ? file : null
  if (program === null) return []
  return [program, ...(typeof args === 'string' ? args.split(' ') : Array.isArray(args) ? args.map(String) : [])]
}

function textIn(entry: Entry, key: string): string | null {
  const value = entry[key]
  return typeof value === 'string' ? value : null
}

function textsIn(entry: Entry, key: string): readonly string[] {
  const value = entry[key]
  return Array.isArray(value) ? value.map(String) : []
}
