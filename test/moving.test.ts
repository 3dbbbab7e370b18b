// Whoever moves to coppice by docs/from-*.md must find every key and every command there, and no command that there is not.
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'

import { commands } from '../src/cli/commands.ts'
import { taskKeys } from '../src/config/procmon-keys.ts'
import { settingKeys } from '../src/config/settings/keys.ts'

const docs = ['docs/from-pmon3.md', 'docs/from-procmon.md'] as const
const known = new Set(commands.flatMap(({ name, aliases }) => [name, ...aliases]))

/** What pmon3 has. */
const theirs =
  'exec run ls list desc show restart start stop del delete kill drop init reset dgraph order export log logf topn completion group help version'

test('from-pmon3.md tells of every command of pmon3, and coppice has it', () => {
  const told = new Set(spans(docs[0]).flatMap((span) => span.split(/[^a-z]+/)))
  expect(theirs.split(' ').filter((word) => !told.has(word) || !known.has(word))).toEqual([])
})

test('from-pmon3.md tells of every key that pmon3 has in config.yml, by all its names', () => {
  const told = new Set(rowsOf(docs[0]).flatMap(keysIn))
  const ours = /^hooks\b/
  const names = Object.entries(settingKeys).flatMap(([key, { flat }]) => (ours.test(key) ? [] : [key, ...flat]))
  expect(names.filter((name) => !told.has(name))).toEqual([])
})

test('from-procmon.md tells of every key of a task', () => {
  const told = new Set(spans(docs[1]).flatMap((span) => span.split(/\W+/)))
  expect(Object.keys(taskKeys).filter((key) => !told.has(key))).toEqual([])
})

test.each(docs)('%s speaks of no command that there is not', (path) => {
  const spoken = spans(path).flatMap((span) => [...span.matchAll(/\bcoppice ([a-z]+)/g)].map(([, word]) => word ?? ''))
  expect(spoken.length).toBeGreaterThan(0)
  expect(spoken.filter((word) => !known.has(word))).toEqual([])
})

/** What stands between backquotes, and in blocks of code. */
function spans(path: string): readonly string[] {
  return [...readFileSync(path, 'utf8').matchAll(/```sh\n([^]*?)```|`([^`\n]+)`/g)].map(
    ([, block, span]) => block ?? span ?? '',
  )
}

function rowsOf(path: string): readonly string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
}

/** `logs.user`, `.group` in one row are `logs.user` and `logs.group`. */
function keysIn(row: string): readonly string[] {
  let section = ''
  return [...row.matchAll(/`([^`]+)`/g)].map(([, name = '']) => {
    if (name.startsWith('.')) return section + name
    section = name.slice(0, Math.max(0, name.lastIndexOf('.')))
    return name
  })
}
