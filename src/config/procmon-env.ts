import type { Context } from './context.ts'
import { readingIn } from './context.ts'
import { settingsMap, type Setting } from './settings.ts'
import { valueOf, type Place, type Table } from './tree.ts'
import { fillIn } from './variables.ts'

/** procmon's merged map, and where in the file a name of it stands. */
export interface Merged {
  readonly values: ReadonlyMap<string, string>
  /** What `[env]` alone brings to it. */
  readonly own: ReadonlyMap<string, string>
  readonly placeOf: (name: string) => Place
}

/**
 * The real environment, and under it what `[env]` adds: there a value may speak of the real environment and of its
 * neighbours, in any order and depth. What is left over is a problem. [PM6] [PM7] [PM8] [PM9]
 */
export function mergedEnvironment(root: Table, context: Context): Merged {
  const node = valueOf(root, 'env')
  const settings = (node && settingsMap().read(node, readingIn(context, null))) ?? []
  const added = new Map(settings.filter(({ name }) => !context.env.has(name)).map((setting) => [setting.name, setting]))
  const values = new Map(context.env)
  const own = new Map([...added.values()].map((one) => [one.name, settled(one, { added, context, within: [] })]))
  for (const [name, value] of own) values.set(name, value)
  return { values, own, placeOf: (name) => added.get(name)?.place ?? root }
}

interface Around {
  readonly added: ReadonlyMap<string, Setting>
  readonly context: Context
  /** The names that are being filled in just now, from the outermost. */
  readonly within: readonly string[]
}

function settled({ name, text, literal, place }: Setting, { added, context, within }: Around): string {
  if (literal) return text
  const inner = [...within, name]
  const lookup = (wanted: string): string | undefined => {
    const real = context.env.get(wanted)
    const neighbour = inner.includes(wanted) ? undefined : added.get(wanted)
    return real ?? (neighbour && settled(neighbour, { added, context, within: inner }))
  }
  const missing = (written: string, wanted: string | null): string => {
    if (wanted !== null && !context.nocheck) tellLeftOver(wanted, place, { context, circular: inner.includes(wanted) })
    return written
  }
  return fillIn(text, { lookup, missing, digits: true })
}

function tellLeftOver(
  name: string,
  place: Place,
  { context, circular }: { context: Context; circular: boolean },
): void {
  const message = circular ? `the variable ${name} is made of itself` : `the variable ${name} is not set`
  context.problems.error(place, message, 'set it, write `$$` for a plain `$`, or check no variables with --nocheck')
}
