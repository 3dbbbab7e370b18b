// Who may import whom (ARCHITECTURE.md), checked over a set of sources given by path. Reads no file itself, so that its
// own test can show it violations.
import { dirname, join } from 'node:path/posix'

import { blank, importsOf } from './source.ts'

/** Paths relative to src/, such as `core/step.ts`, with their text. */
export type Sources = ReadonlyMap<string, string>

interface Edge {
  readonly from: string
  /** Relative to src/ if it is local, else the name of a package. */
  readonly to: string
  readonly local: boolean
  readonly typeOnly: boolean
}

type Grant = 'all' | 'types' | RegExp

// A row's folder may import itself and what its row names: everything, types only, or the files that a pattern names.
const table: Readonly<Record<string, Readonly<Record<string, Grant>>>> = {
  lib: {},
  core: { lib: 'all' },
  wire: { lib: 'all', core: 'types' },
  config: { lib: 'all', core: 'all' },
  system: { lib: 'all', core: 'types' },
  store: { lib: 'all', core: 'types' },
  api: { lib: 'all', core: /^core\/view[^/]*\.ts$/, wire: 'all', store: 'types' },
  client: { lib: 'all', wire: 'all' },
  cli: { lib: 'all', core: 'types', wire: 'all', config: /^config\/check\.ts$/, client: 'all' },
  daemon: { lib: 'all', core: 'all', wire: 'all', config: 'all', system: 'all', store: 'all', api: 'all' },
}

// These put the parts together and may import anything; nothing may import them.
const roots = new Set(['main.ts', 'index.ts'])
const pure = new Set(['core', 'lib', 'wire'])

// Neither clock nor dice nor runtime. `process` is missing on purpose: it is what we call a managed program, so a variable
// may well be named so; the linter and src/core/tsconfig.json know scopes and catch the global. A key (`fetch: …`) is
// no use of the global either.
const clocksAndDice =
  /(?<![\w$.])(?:performance|Math\s*\.\s*random|set(?:Timeout|Interval|Immediate)|queueMicrotask|console|crypto|fetch|Bun|globalThis)\b(?!\s*\??:)/g
// `new Date(ms)` only writes a time that was told; core speaks in milliseconds and needs not even that.
const now = /(?<![\w$.])Date\s*(?:\.\s*now\b|\(\s*\))/g
const anyDate = /(?<![\w$.])Date\b/g

/**
 * Takes all sources under src/ and returns one line per violation, none if all is well. A test beside its source is
 * exempt, but nobody may import it.
 */
export function violations(sources: Sources): string[] {
  const shipped = [...sources].filter(([path]) => !path.endsWith('.test.ts'))
  const edges = shipped.flatMap(([path, text]) => edgesOf(path, text))
  return [
    ...shipped.flatMap(([path]) => unknownFolder(path)),
    ...edges.flatMap((edge) => forbiddenImport(edge, sources)),
    ...shipped.flatMap(([path, text]) => impurities(path, text)),
    ...cycles(edges),
  ]
}

function edgesOf(from: string, text: string): Edge[] {
  return importsOf(text).map(({ specifier, typeOnly }) => {
    const local = specifier.startsWith('.')
    return { from, to: local ? join(dirname(from), specifier) : specifier, local, typeOnly }
  })
}

function unknownFolder(path: string): string[] {
  if (roots.has(path) || folderOf(path) in table) return []
  return [`${path}: the import table has no row for it`]
}

function forbiddenImport({ from, to, local, typeOnly }: Edge, sources: Sources): string[] {
  const [mine, theirs] = [folderOf(from), folderOf(to)]
  const refuse = (why: string): string[] => [`${from} imports ${to}: ${why}`]
  if (to === 'bun:ffi' && from !== 'system/libc.ts') return refuse('only system/libc.ts speaks FFI')
  if (!local) return pure.has(mine) ? refuse(`${mine} is pure and knows no package`) : []
  if (to === '../package.json') return pure.has(mine) ? refuse(`${mine} is pure`) : []
  if (to.startsWith('../')) return refuse('it is outside src')
  if (!/\.\w+$/.test(to)) return refuse('write the path with its ending')
  if (to.endsWith('.ts') && !sources.has(to)) return refuse('there is no such file')
  if (to.endsWith('.test.ts')) return refuse('nobody imports a test')
  if (roots.has(to)) return refuse('nobody imports a root')
  if (roots.has(from) || mine === theirs) return []
  const grant = table[mine]?.[theirs]
  if (grant === undefined) return refuse(`${mine} may not import ${theirs}`)
  if (grant === 'types' && !typeOnly) return refuse(`${mine} may import only types from ${theirs}`)
  if (grant instanceof RegExp && !grant.test(to)) return refuse(`of ${theirs}, ${mine} may import only ${grant.source}`)
  return []
}

function impurities(path: string, text: string): string[] {
  if (!pure.has(folderOf(path))) return []
  const code = blank(text)
  const patterns = [clocksAndDice, folderOf(path) === 'core' ? anyDate : now]
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((use) => {
      const line = code.slice(0, use.index).split('\n').length
      return `${path}:${line}: ${use[0].trim()}: ${folderOf(path)} is told the time and the dice, and knows no runtime`
    }),
  )
}

// Cycles of types count too: they bind files to each other for the reader as much as for the machine.
function cycles(edges: readonly Edge[]): string[] {
  const next = Map.groupBy(
    edges.filter((edge) => edge.local),
    (edge) => edge.from,
  )
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file)
    if (start >= 0) found.push(`cycle: ${[...path.slice(start), file].join(' → ')}`)
    if (start >= 0 || done.has(file)) return
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of next.keys()) visit(file, [])
  return found
}

function folderOf(path: string): string {
  return path.split('/', 1)[0] ?? ''
}
