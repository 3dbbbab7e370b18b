// The file that a test's `coppice up` runs.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A process of our dialect: its command, and any other key. */
export interface Declared {
  readonly command: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

/** What to run: processes by name (an array is a command), with further keys of the file; or the text of a file. */
export type Tree =
  | { readonly processes: Readonly<Record<string, Declared | readonly string[]>>; readonly settings?: object }
  | { readonly file: string; readonly name?: string }

/**
 * Writes the file into `dir`. The programs of processes that are declared here sign their marks with their process's name.
 * @returns its path
 */
export function writeTree(tree: Tree, dir: string): string {
  const { name, text } =
    'file' in tree ? { name: 'coppice.yml', text: tree.file, ...tree } : { name: 'coppice.yml', text: yamlOf(tree) }
  const file = join(dir, name)
  writeFileSync(file, text)
  return file
}

function yamlOf({ processes, settings }: Extract<Tree, { processes: unknown }>): string {
  const list = Object.entries(processes).map(([name, declared]) => {
    const { env, ...rest }: Declared = 'command' in declared ? declared : { command: declared }
    return { name, ...rest, env: { MARK: name, ...env } }
  })
  return Bun.YAML.stringify({ ...settings, processes: list }, null, 2)
}
