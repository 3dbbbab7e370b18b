// The JSON Schema of our dialect, written from the table of keys that reads it. `generate.ts` calls this.
import { format, resolveConfig } from 'prettier'

import { configSchema } from '../src/config/schema.ts'

const path = 'schema/coppice.schema.json'

/** Returns the file to write: its path and its text, formatted as the repository formats. */
export async function generateSchema(): Promise<{ readonly path: string; readonly text: string }> {
  const style = (await resolveConfig(path)) ?? {}
  return { path, text: await format(JSON.stringify(configSchema()), { ...style, filepath: path }) }
}
