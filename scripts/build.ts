// Compiles src/main.ts to bin/coppice: one file that needs no runtime. Does nothing if no source is newer than it, so
// that `npm start` and the tests can always build first; `npm run build -- --force` builds anyhow.
import { existsSync, globSync, statSync } from 'node:fs'

const target = 'bin/coppice'
const sources = [...globSync('src/**/*'), 'package.json', 'package-lock.json', 'tsconfig.json', 'scripts/build.ts']

if (process.argv.includes('--force') || !isFresh()) build()

function isFresh(): boolean {
  if (!existsSync(target)) return false
  const built = statSync(target).mtimeMs
  // Folders count too: their time tells of a file that was removed.
  return sources.every((source) => statSync(source).mtimeMs < built)
}

function build(): void {
  const options = [
    '--compile',
    '--bytecode', // no parsing at start: a call to the CLI is mostly start-up
    '--format=esm', // with --bytecode the default is cjs, which knows no top-level await
    '--minify',
    '--splitting', // else what only the supervisor imports is loaded at every call of the CLI: 5 ms
    '--keep-names', // error.name and stack traces stay readable
    '--sourcemap=none',
    // Else the binary would take variables and preloads from a .env and a bunfig.toml that happen to lie where it is run.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
  ]
  const { exitCode } = Bun.spawnSync([process.execPath, 'build', ...options, 'src/main.ts', '--outfile', target], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  process.exitCode = exitCode
}
