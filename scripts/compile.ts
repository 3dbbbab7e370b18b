// How src/main.ts becomes one executable file: for `npm run build`, and for every target of `npm run release`.
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

/** Another platform than this one. */
export interface Foreign {
  /** In Bun's words: `bun-linux-arm64-musl`. */
  readonly target: string
  /** Path of the Bun executable of that platform, of the version that compiles. */
  readonly runtime: string
}

/** Compiles to `outfile`, whose base name is part of the bytes. Returns Bun's exit code; it has said what was wrong. */
export function compile(outfile: string, foreign?: Foreign): number {
  const target =
    foreign === undefined ? [] : [`--target=${foreign.target}`, `--compile-executable-path=${foreign.runtime}`]
  // The places where a test build can be told to die go, with what they would be given.
  return build([...target, '--drop=globalThis.crashPoint', 'src/main.ts', '--outfile', outfile])
}

/** Compiles the test build that can be told to die at each point of src/lib/crash-points.ts. Returns Bun's exit code. */
export function compileCrashing(outfile: string): number {
  return build(['test/e2e/crash/main.ts', '--outfile', outfile])
}

function build(args: readonly string[]): number {
  const command = [process.execPath, 'build', ...options, ...args]
  return Bun.spawnSync(command, { stdio: ['ignore', 'inherit', 'inherit'] }).exitCode
}
