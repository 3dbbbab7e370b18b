import type { Logger } from '../core/spec.ts'
import type { Millis } from '../lib/time.ts'
import { canonical } from './canonical.ts'
import { readingIn, type Context } from './context.ts'
import type { Declarations } from './list.ts'
import { withNames } from './monitor-name.ts'
import { mergedEnvironment, type Merged } from './procmon-env.ts'
import { procmonKeys, taskKeys } from './procmon-keys.ts'
import { taskDraft, type Task } from './procmon-task.ts'
import type { Reading } from './reader.ts'
import { table } from './table.ts'
import { valueOf, type Table } from './tree.ts'
import { parseSpan } from './values.ts'
import { fillIn } from './variables.ts'

const fileTable = table(procmonKeys)
const taskTable = table(taskKeys)

/** Reads procmon's TOML. [PM1] */
export function readProcmon(root: Table, context: Context): Declarations {
  const top = canonical(root, Object.keys(procmonKeys), { ...context, format: 'json' })
  const merged = mergedEnvironment(top, context)
  const reading = readingIn(context, (text) => loosely(text, merged.values))
  const values = fileTable.read(top, reading) ?? {}
  const tasks = tasksOf(top, reading)
  const preruns = new Set(tasks.flatMap((task) => (task.values.prerun ?? []).map(({ to }) => to)))
  const rest = spanFrom('DEFAULT_RESTART_DELAY', 10_000, { merged, context })
  tellLater(tasks, context)
  return {
    dialect: 'procmon',
    settings: {
      prologue: withNames(values.prologue ?? []),
      shutdownMax: spanFrom('SHUTDOWN_MAX', 75_000, { merged, context }),
      logger: loggerOf(values.logger),
      groups: new Map(),
    },
    drafts: tasks.map((task) => taskDraft(task, { reading, env: merged.own, preruns, rest })),
  }
}

/** A variable that is not set is left as it stands. [PM10] */
function loosely(text: string, values: ReadonlyMap<string, string>): string {
  return fillIn(text, { lookup: (name) => values.get(name), missing: (written) => written, digits: true })
}

function loggerOf(given: Partial<Logger> = {}): Logger {
  return { output: { tag: 'inherit-stderr' }, format: 'json', level: 'info', pidinfo: 'info', ...given }
}

function tasksOf(top: Table, reading: Reading): readonly Task[] {
  const { problems } = reading
  const list = valueOf(top, 'task')
  if (list === undefined) problems.warn(top, 'there is no [[task]]: nothing will run')
  else if (list.tag !== 'list') problems.error(list, '"task" must be a list of tables, each begun by [[task]]')
  return (list?.tag === 'list' ? list.items : []).flatMap((item) => {
    if (item.tag !== 'table') {
      problems.error(item, 'a task must be a table, begun by [[task]]')
      return []
    }
    const node = canonical(item, Object.keys(taskKeys), { format: 'json', problems })
    return [{ node, values: taskTable.read(node, reading) ?? {} }]
  })
}

/** A parent or prerun must stand before the task that names it. [PM3] */
function tellLater(tasks: readonly Task[], { problems }: Context): void {
  const names = new Set(tasks.map(({ values }) => values.name))
  const earlier = new Set<string>()
  for (const { values } of tasks) {
    for (const { to, place } of [...(values.parent === undefined ? [] : [values.parent]), ...(values.prerun ?? [])]) {
      if (names.has(to) && !earlier.has(to) && to !== values.name) {
        problems.error(place, `"${to}" is declared only later`, 'move its [[task]] before this one')
      }
    }
    if (values.name !== undefined) earlier.add(values.name)
  }
}

/** A duration that procmon takes from its environment; as there, one that is none counts for nothing. [PM15] [PM29] */
function spanFrom(name: string, standard: Millis, { merged, context }: { merged: Merged; context: Context }): Millis {
  const text = merged.values.get(name) ?? ''
  const span = text === '' ? standard : parseSpan(text)
  if (span === null)
    context.problems.warn(merged.placeOf(name), `${name} is "${text}", which is no duration, and counts for nothing`)
  return span ?? standard
}
