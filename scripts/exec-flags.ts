// The flags of `exec`, written out as plain data from the table of keys, so that the command line need not load the
// readers of config files to parse them. `generate.ts` calls this.
import { format, resolveConfig } from 'prettier'

import { entryFlags } from '../src/config/entry-flags.ts'

const path = 'src/cli/exec-flags.generated.ts'

const head = `// Written by \`npm run generate\` from src/config/process-keys.ts. Change the table there.
import type { Option } from './option.ts'

/** A flag that says one key of a process. */
export type ExecFlag = Option & {
  readonly name: string
  readonly kind: 'flag' | 'text' | 'texts'
  /** The key that it says: \`['backoff', 'initial']\`. */
  readonly path: readonly string[]
  /** What a flag says. */
  readonly gives?: boolean
  /** Several may also be parted by commas. */
  readonly commas?: true
  /** The value may be a table or a list, written as JSON. */
  readonly json?: true
}
`

/** Returns the file to write: its path and its text, formatted as the repository formats. */
export async function generateExecFlags(): Promise<{ readonly path: string; readonly text: string }> {
  const style = (await resolveConfig(path)) ?? {}
  const text = `${head}\nexport const execFlags: readonly ExecFlag[] = ${JSON.stringify(entryFlags())}\n`
  return { path, text: await format(text, { ...style, filepath: path }) }
}
