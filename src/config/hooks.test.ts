import { describe, expect, test } from 'bun:test'

import { load, planOf } from '../../test/support/config.ts'
import type { Hook } from '../core/spec.ts'
import { changesBetween } from './changes.ts'
import { formatProblem } from './problem.ts'
import { readEntry } from './read-entry.ts'

type Given = Parameters<typeof load>[2]

/** The hooks of the first process of a file, as `event: what within its timeout`. */
async function hooksIn(text: string, given: Given = {}): Promise<string[]> {
  const { specs } = await planOf('c.yml', text, given)
  return specs[0]?.hooks.map(inWords) ?? []
}

function inWords({ on, action, timeout }: Hook): string {
  const what = action.tag === 'post' ? `POST ${action.url} ${action.secret}` : JSON.stringify(action.command)
  return `${on}: ${what} ${timeout}`
}

function ofProcess(hooks: string): string {
  return `{processes: [{name: web, command: /bin/web, cwd: /srv, env: {KEY: k, HOOK: "https://h/x"}, hooks: ${hooks}}]}`
}

async function problemsIn(text: string): Promise<string[]> {
  const loaded = await load('c.yml', text)
  return (loaded.ok ? loaded.warnings : loaded.problems).map(formatProblem)
}

describe('[HK2] what is run at an event', () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['{on_exit: notify --to "a b"}', ['exit: ["notify","--to","a b"] 30000']],
    ['{on_exit: [notify, --to, a b]}', ['exit: ["notify","--to","a b"] 30000']],
    ['{on_ready: ./bin/tell $KEY}', ['ready: ["/srv/bin/tell","k"] 30000']],
    ['{on_stop: "https://example.com/hook"}', ['stop: POST https://example.com/hook null 30000']],
    ['{on_stop: $HOOK}', ['stop: POST https://h/x null 30000']],
    ['{on_start: {url: "http://a/b", secret: $KEY, timeout: 5s}}', ['start: POST http://a/b k 5000']],
    ['{on_start: {command: [tell, it], timeout: 1m}}', ['start: ["tell","it"] 60000']],
    ['{on_exit: [{command: a}, [b, c], "http://d/"]}', ['exit: ["a"] 30000', 'exit: ["b","c"] 30000', 'exit: POST http://d/ null 30000']], // prettier-ignore
    ['{on_exit: [], on_failure: a, on_backoff: b, on_restart: c, on_unhealthy: d}', ['failure: ["a"] 30000', 'backoff: ["b"] 30000', 'restart: ["c"] 30000', 'unhealthy: ["d"] 30000']], // prettier-ignore
  ]
  for (const [written, expected] of table) {
    test(written, async () => expect(await hooksIn(ofProcess(written))).toEqual([...expected]))
  }
})

describe('[HK3] what cannot be meant', () => {
  const table: readonly (readonly [string, string])[] = [
    ['{on_exit: {}}', 'the hook does nothing — give it a "command" or a "url"'],
    ['{on_exit: {command: a, url: "http://b/"}}', '"command" and "url" are there together — keep one of them'],
    ['{on_exits: a}', 'unknown key "on_exits" — did you mean "on_exit"?'],
    ['{on_exit: "http://"}', '"on_exit" must be a URL, not "http://"'],
    ['{on_exit: "http://a/ b"}', '"on_exit" must be a URL, not "http://a/ b"'],
    ['{on_exit: {url: ftp://a/}}', '"url" must be an address that begins with http:// or https://, not "ftp://a/"'],
    ['{on_exit: ""}', '"on_exit" must be a command or a URL, not ""'],
    ['{on_exit: "a \'b"}', '"on_exit" must be words as for a shell (a \' is never closed), not "a \'b"'],
    ['{on_exit: {command: a, timeout: 5}}', '"timeout" must be a duration longer than 0 such as 500ms, 2s or 1h30m, not 5 — write the unit: "5s" or "5ms"'], // prettier-ignore
    [
      '{on_exit: {command: a, secret: s}}',
      'warning: "secret" does nothing here: only what is sent to a "url" is signed',
    ],
    ['a', '"hooks" must be a table, not "a"'],
  ]
  for (const [written, expected] of table) {
    test(written, async () => {
      const [problem, ...others] = await problemsIn(ofProcess(written))
      expect([problem?.replace(/^c\.yml:\d+:\d+: /, ''), others]).toEqual([expected, []])
    })
  }

  test('hooks of the file that are no table are told once', async () => {
    const told = await problemsIn('{hooks: a, processes: [{command: x}, {command: y}]}')
    expect(told).toEqual(['c.yml:1:9: "hooks" must be a table with keys such as on_failure'])
    const deep = await problemsIn('{hooks: {on_exit: {}}, processes: [{command: x}, {command: y}]}')
    expect(deep).toEqual(['c.yml:1:19: the hook does nothing — give it a "command" or a "url"'])
  })
})

test('[HK4] what defaults has for an event holds for who says nothing for it', async () => {
  const defaults = 'defaults: {hooks: {on_exit: a, on_start: b, on_stop: c}}'
  const text = `{${defaults}, processes: [{command: x, hooks: {on_exit: d, on_stop: []}}, {command: y}]}`
  const { specs } = await planOf('c.yml', text)
  expect(specs.map(({ hooks }) => hooks.map(inWords).toSorted())).toEqual([
    ['exit: ["d"] 30000', 'start: ["b"] 30000'],
    ['exit: ["a"] 30000', 'start: ["b"] 30000', 'stop: ["c"] 30000'],
  ])
})

test('[HK4] the hooks of a file are run besides, as the process would', async () => {
  const hooks = 'hooks: {on_exit: [./tell, $KEY], on_start: "http://h/"}'
  const own = '{on_exit: [mine, it], on_start: {command: also, timeout: 5s}}'
  const text = `{${hooks}, processes: [{command: x, cwd: /srv, env: {KEY: k v}, hooks: ${own}}, {command: y, env: {KEY: l}, cwd: /}]}`
  const { specs } = await planOf('c.yml', text)
  expect(specs.map((spec) => spec.hooks.map(inWords))).toEqual([
    ['exit: ["mine","it"] 30000', 'exit: ["/srv/tell","k v"] 30000', 'start: ["also"] 5000', 'start: POST http://h/ null 30000'], // prettier-ignore
    ['exit: ["/tell","l"] 30000', 'start: POST http://h/ null 30000'],
  ])
  // What is declared says it all: it is read again without the file.
  for (const { declared, hooks: before } of specs) {
    if (declared === null) throw new Error('not declared')
    const again = readEntry({ ...declared, env: {}, name: 'again' })
    expect(again.ok && again.specs[0]?.hooks).toEqual([...before])
  }
})

test('[HK4] a file with hooks is of our dialect', async () => {
  expect((await planOf('c.json', '{"hooks": {}, "processes": [{"file": "/bin/web"}]}')).dialect).toBe('coppice')
})

test('[HK4] hooks change live, and their secrets are not shown', async () => {
  const specOf = async (hooks: string) => (await planOf('c.yml', ofProcess(hooks))).specs[0] ?? expect.unreachable()
  const [a, b] = await Promise.all([
    specOf('{on_exit: a}'),
    specOf('{on_exit: {url: "http://h/", secret: hush}, on_stop: b c}'),
  ])
  expect(changesBetween(a, b)).toEqual({
    fields: [
      { field: 'hooks.on_exit', from: 'a within 30s', to: 'http://h/ within 30s, signed' },
      { field: 'hooks.on_stop', from: 'none', to: 'b c within 30s' },
    ],
    restarts: false,
  })
})
