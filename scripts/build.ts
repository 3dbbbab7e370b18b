// Compiles src/main.ts to bin/coppice: one file that needs no runtime. Does nothing if no source is newer than it, so
// that `npm start` and the tests can always build first; `npm run build -- --force` builds anyhow.
// `--crash` makes bin/coppice-crash, which can be told to die at any of the points of src/lib/crash-points.ts.
import { existsSync, globSync, statSync } from 'node:fs'

import { compile, compileCrashing } from './compile.ts'

const isCrashing = process.argv.includes('--crash')
const target = isCrashing ? 'bin/coppice-crash' : 'bin/coppice'
const manifests = ['package.json', 'package-lock.json', 'tsconfig.json']
const sources = [
  ...globSync('src/**/*'),
  ...manifests,
  'scripts/build.ts',
  'scripts/compile.ts',
  ...(isCrashing ? ['test/e2e/crash/main.ts'] : []),
]

if (process.argv.includes('--force') || !isFresh()) {
  process.exitCode = isCrashing ? compileCrashing(target) : compile(target)
}

function isFresh(): boolean {
  if (!existsSync(target)) return false
  const built = statSync(target).mtimeMs
  // Folders count too: their time tells of a file that was removed.
  return sources.every((source) => statSync(source).mtimeMs < built)
}
