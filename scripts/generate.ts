// `npm run generate` writes every file that is made from others; with `--check` it only tells which are out of date,
// and fails if any is. A generator returns what to write and writes nothing itself.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

import { generateExecFlags } from './exec-flags.ts'
import { generateSchema } from './generate-schema.ts'
import { generateStateTable } from './state-table.ts'

interface Generated {
  readonly path: string
  readonly text: string
}

const generators: readonly (() => Promise<Generated>)[] = [generateSchema, generateStateTable, generateExecFlags]

for (const generated of await Promise.all(generators.map((generate) => generate()))) {
  if (isFresh(generated)) continue
  if (process.argv.includes('--check')) {
    console.error(`${generated.path} is out of date: run \`npm run generate\``)
    process.exitCode = 1
  } else {
    mkdirSync(dirname(generated.path), { recursive: true })
    writeFileSync(generated.path, generated.text)
    console.log(`wrote ${generated.path}`)
  }
}

function isFresh({ path, text }: Generated): boolean {
  return existsSync(path) && readFileSync(path, 'utf8') === text
}
