// Whoever copies an example must not find that it has grown old.
import { expect, test } from 'bun:test'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { loadPlan, type Loaded } from '../src/config/load.ts'
import { formatProblem } from '../src/config/problem.ts'

const root = dirname(import.meta.dir)
const configs = globSync('examples/*/*.{yml,yaml,toml,json}', { cwd: root }).toSorted()

const dialects = new Map([
  ['examples/container/tree.yml', 'coppice'],
  ['examples/demo/coppice.yml', 'coppice'],
  ['examples/pmon3/process.config.json', 'pmon3'],
  ['examples/procmon/procmon.toml', 'procmon'],
])

test('there is an example of every dialect', () => {
  expect(configs).toEqual([...dialects.keys()].toSorted())
})

test.each(configs)('[CF1] [CF5] %s gives a plan, without a problem or a warning, in its dialect', async (path) => {
  const loaded = await load(path)
  expect(told(loaded)).toEqual([])
  expect(loaded.ok ? String(loaded.plan.dialect) : 'no plan').toBe(dialects.get(path) ?? 'none')
})

test.each(configs)('%s is told about in examples/README.md', (path) => {
  expect(readFileSync(join(root, 'examples/README.md'), 'utf8')).toContain(path.replace('examples/', ''))
})

test('the demo runs only programs of its own folder, with nothing but node', async () => {
  const loaded = await load('examples/demo/coppice.yml')
  const commands = loaded.ok ? loaded.plan.specs.map(({ command }) => command ?? []) : []
  expect(commands.length).toBeGreaterThan(0)
  for (const [program, file = '', ...rest] of commands) {
    expect(program).toBe('node')
    expect(file).toStartWith('examples/demo/')
    expect(existsSync(join(root, file))).toBe(true)
    expect(rest).toEqual([])
  }
})

/** As on a fresh machine: with no variable set but those that always are. */
function load(path: string): Promise<Loaded> {
  const text = readFileSync(join(root, path), 'utf8')
  return loadPlan({ path, text, env: { PATH: '/usr/bin:/bin', HOME: '/root' }, cwd: root })
}

function told(loaded: Loaded): string[] {
  return (loaded.ok ? loaded.warnings : loaded.problems).map(formatProblem)
}
