// The Bun of another platform comes from the npm registry, as npm is configured, in the version that package-lock.json
// pins, and is taken only if it has the checksum that is written there.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import type { Target } from './targets.ts'

const cache = 'node_modules/.cache/coppice-release'

interface Pin {
  readonly version: string
  /** `sha512-` and base64. */
  readonly integrity: string
}

/**
 * Returns the path of the Bun executable for a target: what `npm ci` has installed, or else one unpacked below `into`.
 * Throws if it cannot be had.
 */
export function runtimeFor(target: Target, into: string): string {
  const installed = join('node_modules', target.package, 'bin/bun')
  if (existsSync(installed)) return installed
  const archive = archiveOf(target, pinOf(target))
  const folder = join(into, 'runtime', target.name)
  mkdirSync(folder, { recursive: true })
  run('tar', '-xzf', archive, '-C', folder, 'package/bin/bun')
  return join(folder, 'package/bin/bun')
}

function archiveOf(target: Target, pin: Pin): string {
  const path = join(cache, `bun-${target.name}-${pin.version}.tgz`)
  if (!existsSync(path)) fetchArchive(target, pin, path)
  checkIntegrity(path, pin.integrity)
  return path
}

/** Throws, and removes the file, if it is not the one that an entry of package-lock.json is about. [RE3] */
export function checkIntegrity(path: string, integrity: string): void {
  const found = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`
  if (found === integrity) return
  rmSync(path)
  throw new Error(`${path} is not what package-lock.json pins: it has ${found}, not ${integrity}.`)
}

function fetchArchive(target: Target, { version }: Pin, path: string): void {
  const folder = `${path}.part`
  mkdirSync(folder, { recursive: true })
  run('npm', 'pack', `${target.package}@${version}`, '--silent', '--pack-destination', folder)
  renameSync(join(folder, `${target.package.replace('@', '').replace('/', '-')}-${version}.tgz`), path)
  rmSync(folder, { recursive: true })
}

function pinOf(target: Target): Pin {
  const lock: unknown = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const packages = field(lock, 'packages')
  const entry = field(packages, `node_modules/${target.package}`)
  const [version, integrity] = [field(entry, 'version'), field(entry, 'integrity')]
  if (typeof version === 'string' && typeof integrity === 'string') return { version, integrity }
  throw new Error(`package-lock.json does not pin ${target.package}.`)
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
}

function run(...command: readonly string[]): void {
  const { exitCode } = Bun.spawnSync([...command], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (exitCode !== 0) throw new Error(`\`${command.join(' ')}\` ended with ${exitCode}.`)
}
