// Runs the Bun that package.json pins: `node scripts/bun.mjs ARGS…`. Needs Node 18 or later and `npm ci`.
//
// The npm package `bun` is a stub; the binary comes in an optional dependency, one for each platform, and an install
// script moves it over the stub. Where npm runs no install scripts it stays where it was. So we look in both places.
import { spawn } from 'node:child_process'
import { realpathSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules')

/** Returns the absolute path of the pinned Bun; throws if it is not installed for this platform. */
export function bunPath() {
  const unmoved = join(modules, '@oven', `bun-${platform()}`, 'bin', 'bun')
  const moved = join(modules, 'bun', 'bin', 'bun.exe')
  const found = [unmoved, moved].find(isBinary)
  if (found === undefined)
    throw new Error(`Bun is not installed: no ${unmoved}, nor a binary at ${moved}. Run \`npm ci\`.`)
  return found
}

// The stub is a shell script of some hundred bytes, the binary has a hundred megabytes.
function isBinary(path) {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000
}

// Since 1.4 the x64 binary runs on every CPU with SSE4.2 and picks AVX2 at run time: there is no `-baseline` to choose.
function platform() {
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch
  return `${process.platform}-${arch}${isMusl() ? '-musl' : ''}`
}

// The report names the glibc that this Node was linked with; on musl it names none.
function isMusl() {
  return process.platform === 'linux' && process.report?.getReport().header.glibcVersionRuntime === undefined
}

function run(args) {
  const child = spawn(bunPath(), args, { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(error.message)
    process.exitCode = 126
  })
  child.on('exit', (code, signal) => {
    if (signal === null) return process.exit(code)
    // Die as it died, so that a shell sees the signal too; if that does not end us, say it with the exit code.
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
    process.exitCode = 128 + constants.signals[signal]
  })
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    run(process.argv.slice(2))
  } catch (error) {
    console.error(error.message)
    process.exitCode = 127
  }
}
