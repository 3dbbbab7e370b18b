import type { Declared } from '../core/spec.ts'
import { draftOf, workingDirectory } from './build-spec.ts'
import { readingIn, type Context } from './context.ts'
import { tellContradictions } from './contradictions.ts'
import type { Draft } from './draft.ts'
import { withDefaults, withHooksOfFile } from './entries.ts'
import { readEnvFiles } from './env-files.ts'
import { foreignHint } from './foreign-keys.ts'
import { processKeys, type ProcessValues } from './process-keys.ts'
import type { Reading } from './reader.ts'
import { settle, strictly, within, type Lookup } from './scope.ts'
import { plainTable } from './plain.ts'
import type { Setting } from './settings.ts'
import { table, type Key } from './table.ts'
import { valueOf, type Table } from './tree.ts'

/** What all processes of one file share. */
export interface Shared {
  readonly context: Context
  /** Whether texts have variables: pmon3's have not. */
  readonly variables: boolean
  readonly defaults: Table | null
  /** The hooks of the file. */
  readonly hooks: Table | null
  /** The `env` of the file. */
  readonly env: ReadonlyMap<string, string>
}

const processTable = table(processKeys, foreignHint)

/** One process of a list, or all of its instances. */
export function draftsOf(entry: Table, shared: Shared): readonly Draft[] {
  const node = withHooksOfFile(withDefaults(entry, shared.defaults), shared.hooks)
  const count = readKey(node, 'instances', readingIn(shared.context, fillerIn(shared, lookupIn(shared, new Map()))))
  if (count === undefined) return [draftIn(node, entry, { shared, index: null })]
  return Array.from({ length: count }, (_, i) => draftIn(node, entry, { shared, index: i + 1 }))
}

function draftIn(node: Table, entry: Table, { shared, index }: { shared: Shared; index: number | null }): Draft {
  const { context } = shared
  const instance = new Map(index === null ? [] : [['COPPICE_INSTANCE', String(index)]])
  const outer = lookupIn(shared, instance)
  const own = ownEnvironment(node, entry, { shared, outer })
  const reading = readingIn(context, fillerIn(shared, within(outer, own.all)))
  const cwd = readKey(node, 'cwd', reading)
  const file = readKey(node, 'file', reading)
  const base = workingDirectory(
    { ...(cwd === undefined ? {} : { cwd }), ...(file === undefined ? {} : { file }) },
    reading,
  )
  const values: ProcessValues = processTable.read(node, { ...reading, base }) ?? {}
  const env = { inherit: values.clean_env !== true, set: new Map([...shared.env, ...own.all, ...instance]) }
  const around = new Map([...shared.env, ...own.ofDefaults])
  const declared: Declared = {
    entry: plainTable(node),
    cwd: context.cwd,
    variables: shared.variables,
    file: context.file,
    ...(around.size === 0 ? {} : { outer: Object.fromEntries(around) }),
  }
  const logs = context.surroundings.logs ?? null
  const draft = draftOf({ values, node, env, declared, logs, index }, { ...reading, base })
  tellContradictions(node, draft, context.problems)
  return draft
}

interface Own {
  readonly ofDefaults: ReadonlyMap<string, string>
  readonly all: ReadonlyMap<string, string>
}

/** The variables of the process itself; the later of these win: `defaults`, env files, `env_vars`, `env`. [CD8] */
function ownEnvironment(node: Table, entry: Table, { shared, outer }: { shared: Shared; outer: Lookup }): Own {
  const { context, defaults } = shared
  const reading = readingIn(context, fillerIn(shared, outer))
  const paths = readKey(node, 'env_file', reading) ?? []
  const layers: readonly (readonly Setting[])[] = [
    readEnvFiles(paths, valueOf(node, 'env_file') ?? node, context),
    readKey(node, 'env_vars', reading) ?? [],
    readKey(entry, 'env', reading) ?? [],
  ]
  const fill = (settled: ReadonlyMap<string, string>): Reading['fill'] => fillerIn(shared, within(outer, settled))
  const general = (defaults === null ? undefined : readKey(defaults, 'env', reading)) ?? []
  const ofDefaults = settle(general, { before: new Map(), fill })
  return { ofDefaults, all: settle(layers.flat(), { before: ofDefaults, fill }) }
}

/** What a variable means outside of the process: the environment of coppice, then the file's `env`, then the instance. */
function lookupIn({ context, env }: Shared, instance: ReadonlyMap<string, string>): Lookup {
  return within(
    within((name) => context.env.get(name), env),
    instance,
  )
}

function fillerIn({ context, variables, env }: Shared, lookup: Lookup): Reading['fill'] {
  if (!variables) return null
  return strictly(lookup, { ...context, names: () => [...context.env.keys(), ...env.keys()] })
}

function readKey<N extends keyof ProcessValues>(node: Table, name: N, reading: Reading): ProcessValues[N] | undefined {
  const value = valueOf(node, name)
  // The table says what the reader of this very key gives.
  const { reader } = processKeys[name] as Key<NonNullable<ProcessValues[N]>>
  return value && reader.read(value, reading)
}
