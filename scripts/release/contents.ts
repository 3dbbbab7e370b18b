import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'

import type { Packed } from './tarball.ts'

/** What lies in every tarball below a folder of its name, whatever the target. [RE2] */
export function commonFiles(folder: string): readonly Packed[] {
  const texts = ['LICENSE', 'README.md', 'CHANGELOG.md', ...globSync('packaging/*')]
  const files = texts.map((path) => ({ path: `${folder}/${path}`, bytes: readFileSync(path) }))
  return [
    ...files,
    ...completions.map(([shell, name]) => ({ path: `${folder}/completions/${name}`, bytes: completion(shell) })),
  ]
}

/** The executable of a target, among the others. */
export function program(folder: string, path: string): Packed {
  return { path: `${folder}/bin/${basename(path)}`, bytes: readFileSync(path), executable: true }
}

// Each under the name that its shell looks for.
const completions = [
  ['bash', 'coppice.bash'],
  ['zsh', '_coppice'],
  ['fish', 'coppice.fish'],
] as const

function completion(shell: string): Uint8Array {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, 'src/main.ts', 'completion', shell])
  if (exitCode !== 0) throw new Error(`no completion for ${shell}: ${stderr.toString()}`)
  return stdout
}
