// `npm run release`: a tarball for each target in dist/, SHA256SUMS, and install.sh, which takes them from there.
// `npm run release -- linux-x64 …` builds only these; `--out DIR` puts them elsewhere. The same commit gives the same bytes.
import { createHash } from 'node:crypto'
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'

import { version } from '../package.json' with { type: 'json' }
import { compile } from './compile.ts'
import { commonFiles, program } from './release/contents.ts'
import { runtimeFor } from './release/runtime.ts'
import { tarball } from './release/tarball.ts'
import { type Target, targets } from './release/targets.ts'

const work = mkdtempSync(join(tmpdir(), 'coppice-release-'))
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string', default: 'dist' } },
  })
  releaseAll(wanted(positionals), values.out)
} catch (error) {
  if (!(error instanceof Error)) throw error
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(work, { recursive: true })
}

function releaseAll(some: readonly Target[], out: string): void {
  const time = timeOfSources()
  mkdirSync(out, { recursive: true })
  for (const target of some) release(target, { out, time })
  writeSums(out)
  copyFileSync('install.sh', join(out, 'install.sh'))
}

function wanted(names: readonly string[]): readonly Target[] {
  const unknown = names.find((name) => !targets.some((target) => target.name === name))
  if (unknown !== undefined)
    throw new Error(`No target ${unknown}; there are ${targets.map(({ name }) => name).join(', ')}.`)
  return names.length === 0 ? targets : targets.filter(({ name }) => names.includes(name))
}

function release(target: Target, { out, time }: { readonly out: string; readonly time: number }): void {
  const folder = `coppice-${version}-${target.name}`
  // The base name is part of the bytes, so it is the same for every target and at every time.
  const binary = join(work, target.name, 'coppice')
  if (compile(binary, { target: target.bun, runtime: runtimeFor(target, work) }) !== 0)
    throw new Error(`No binary for ${target.name}.`)
  const bytes = tarball([program(folder, binary), ...commonFiles(folder)], time)
  writeFileSync(join(out, `${folder}.tar.gz`), bytes)
  console.log(`${join(out, folder)}.tar.gz  ${(bytes.length / 1e6).toFixed(1)} MB`)
}

// Of all tarballs of this version that lie there: targets may be built one after the other.
function writeSums(out: string): void {
  const paths = globSync(join(out, `coppice-${version}-*.tar.gz`)).toSorted()
  const sums = paths.map(
    (path) => `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${basename(path)}\n`,
  )
  writeFileSync(join(out, 'SHA256SUMS'), sums.join(''))
}

// As https://reproducible-builds.org asks for; without it, when the commit was made.
function timeOfSources(): number {
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? timeOfCommit()
  if (!/^\d+$/.test(epoch)) throw new Error(`SOURCE_DATE_EPOCH is no number of seconds: ${epoch}`)
  return Number(epoch)
}

function timeOfCommit(): string {
  if (Bun.which('git') === null) return '0'
  const { exitCode, stdout } = Bun.spawnSync(['git', 'log', '-1', '--format=%ct'])
  return exitCode === 0 ? stdout.toString().trim() : '0'
}
