import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aTree } from '../../../test/support/cli-tree.ts'
import { aDirectory } from '../../../test/support/control-server.ts'
import type { FakeProcess } from '../../../test/support/fake-control.ts'

const chain: readonly FakeProcess[] = [
  { name: 'c1', dependencies: ['c2'], user: 'zoe' },
  { name: 'c2', dependencies: ['c3', 'c4'], restart: 'no' },
  { name: 'c3', user: 'ann' },
  { name: 'c4' },
  { name: 'c5' },
]

describe('[CL53] init', () => {
  test('starts what is known, and lists it', async () => {
    await using tree = await aTree([{ name: 'web', status: 'stopped', pid: null }])
    tree.server.control.admin.warnings = ['config.json:3:1: something odd']
    const { exitCode, out, err } = await tree.coppice('init --timeout 5s')
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: 'config.json:3:1: something odd\n' })
    expect(out).toMatch(/^ID .*\n1 +web +1001 +0 +running /)
    expect(tree.server.control.admin.asked).toMatchObject([{ tag: 'init', request: { wait: true, timeout: 5000 } }])
  })

  test.each([
    ['init -c', { process_config_only: true, wait: true }],
    ['init --process-config-only --no-wait', { process_config_only: true, wait: false }],
    ['init -b', { wait: true }],
    ['init --no-wait --blocking', { wait: true }],
  ])('`%s` asks with %p', async (line, request) => {
    await using tree = await aTree()
    await tree.coppice(line)
    expect(tree.server.control.admin.asked.map((one) => 'request' in one && one.request)).toEqual([request])
  })
})

describe('[CL57] dgraph', () => {
  test.each(['dgraph', 'order'])("%s has pmon3's text", async (line) => {
    await using tree = await aTree(chain)
    expect(await tree.coppice(line)).toMatchObject({
      exitCode: 0,
      out: `Queue Order
\t0: c3
\t1: c4
\t2: c2
\t3: c1
\t4: c5
Dependency Graph Order
\t0: c3
\t1: c4
\t2: c2
\t3: c1
`,
    })
  })

  test('without dependencies there is only the queue, without processes only its title', async () => {
    await using two = await aTree([{ name: 'a' }, { name: 'b' }])
    expect((await two.coppice('dgraph')).out).toBe('Queue Order\n\t0: a\n\t1: b\n')
    expect((await two.coppice('dgraph -c')).out).toBe('Queue Order\n')
    await using one = await aTree([{ name: 'a', dependencies: ['a'] }])
    one.server.control.admin.graph = async () => ({ ok: true, value: { queue: ['a'], graph: ['a'], edges: [] } })
    expect((await one.coppice('dgraph')).out).toBe('Queue Order\n\t0: a\n')
  })

  test('-c is about the process file', async () => {
    await using tree = await aTree(chain)
    tree.server.control.admin.inFile = ['c3', 'c2']
    expect((await tree.coppice('dgraph --process-config-only')).out).toStartWith('Queue Order\n\t0: c3\n\t1: c2\nDep')
  })

  test('--json, --dot and --mermaid', async () => {
    await using tree = await aTree(chain.slice(2).concat({ name: 'b', dependencies: ['c3'] }))
    tree.server.control.admin.graph = async () => ({
      ok: true,
      value: {
        queue: ['c3', 'b'],
        graph: ['c3', 'b'],
        edges: [{ from: 'b', to: 'c3', parent: true, condition: 'ready' }],
      },
    })
    expect(JSON.parse((await tree.coppice('dgraph --json')).out)).toMatchObject({ queue: ['c3', 'b'] })
    expect((await tree.coppice('dgraph --dot')).out).toBe(`digraph coppice {
  "c3";
  "b";
  "b" -> "c3" [label="ready", style=bold];
}
`)
    expect((await tree.coppice('dgraph --mermaid')).out).toBe(`graph TD
  n0["c3"]
  n1["b"]
  n1 ==>|ready| n0
`)
    expect((await tree.coppice('dgraph --dot --mermaid')).exitCode).toBe(2)
  })

  test('a cycle is told: exit 2', async () => {
    await using tree = await aTree(chain)
    const failure = { code: 'bad-config', message: 'circular dependencies not allowed' } as const
    tree.server.control.admin.graph = async () => ({ ok: false, failure })
    expect(await tree.coppice('dgraph')).toMatchObject({ exitCode: 2, err: `coppice: ${failure.message}\n` })
  })
})

describe('[CL58] export', () => {
  test.each([
    ['export', '{\n  "processes": [\n    {\n'],
    ['export json', '{\n  "processes": [\n    {\n'],
    ['export yaml', 'processes:\n    - file: sleep\n'],
    ['export -f toml', '[[Processes]]\n  File = "sleep"\n'],
    ['export yaml --format yaml', 'processes:\n    - file: sleep\n'],
    ['export yaml --json', '{\n  "processes": [\n    {\n'],
  ])('`%s`', async (line, start) => {
    await using tree = await aTree(chain)
    const { exitCode, out } = await tree.coppice(line)
    expect({ exitCode, start: out.slice(0, start.length) }).toEqual({ exitCode: 0, start })
  })

  test.each([
    ['export', ['c1', 'c2', 'c3', 'c4', 'c5']],
    ['export -o name', ['c1', 'c2', 'c3', 'c4', 'c5']],
    ['export --order user', ['c3', 'c2', 'c4', 'c5', 'c1']],
    ['export -o dependencies', ['c3', 'c4', 'c5', 'c1', 'c2']],
    ['export -o no_auto_restart', ['c1', 'c3', 'c4', 'c5', 'c2']],
    ['export -o pid', ['c1', 'c2', 'c3', 'c4', 'c5']],
    ['export -o username', ['c3', 'c2', 'c4', 'c5', 'c1']],
  ])('`%s` gives %p', async (line, names) => {
    await using tree = await aTree(chain)
    const { processes } = JSON.parse((await tree.coppice(line)).out)
    expect(processes.map(({ name }: { name: string }) => name)).toEqual(names)
  })

  test.each([
    [
      'export xml',
      '"xml" is no FORMAT. There is json, yaml and toml.\n  `coppice export --help` tells how it is used.',
    ],
    ['export jsn', '"jsn" is no FORMAT. There is json, yaml and toml.\n  Did you mean "json"?'],
    ['export -o nmae', 'There is no field "nmae" to sort by.\n  Did you mean "name"?'],
    ['export json -f yaml', 'Two formats are asked for: json and yaml.'],
  ])('`%s` is exit 2', async (line, message) => {
    await using tree = await aTree(chain)
    expect(await tree.coppice(line)).toMatchObject({ exitCode: 2, out: '', err: `coppice: ${message}\n` })
  })
})

describe('[CL63] config and reload', () => {
  test('every setting with where it comes from', async () => {
    await using tree = await aTree()
    tree.server.control.admin.settings = { ...tree.server.control.admin.settings, warnings: ['config.yml:9: unknown'] }
    const { exitCode, out, err } = await tree.coppice('config')
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: 'config.yml:9: unknown\n' })
    expect(out).toBe(`key                       value             origin                     note
logs.directory            /var/log/coppice  default                    -
process_monitor_interval  250               /etc/coppice/config.yml:3  -
`)
    expect(JSON.parse((await tree.coppice('config --json')).out)).toMatchObject({
      file: '/etc/coppice/config.yml',
      settings: [{ key: 'logs.directory' }, { value: 250 }],
    })
  })

  test('reload has both files read again', async () => {
    await using tree = await aTree()
    expect(await tree.coppice('reload')).toMatchObject({ exitCode: 0, out: 'Read /etc/coppice/config.yml again.\n' })
    expect(tree.server.control.admin.asked).toMatchObject([{ tag: 'reload' }])
    expect(await tree.coppice('reload -q')).toMatchObject({ exitCode: 0, out: '', err: '' })
  })

  test('an `up` has neither', async () => {
    await using tree = await aTree()
    tree.server.control.administration = null
    for (const line of ['config', 'reload', 'init', 'exec ./api', 'group ls']) {
      expect(await tree.coppice(line)).toMatchObject({ exitCode: 1, out: '', err: expect.stringMatching(/^coppice: /) })
    }
  })
})

describe('apply', () => {
  const terminal = { terminal: { columns: 80 }, env: { NO_COLOR: '1' } }
  const plan = {
    added: ['new'],
    changed: [
      { name: 'web', restarts: true, fields: [{ field: 'args', from: '-p 80', to: '-p 81' }] },
      { name: 'api', restarts: false, fields: [{ field: 'stop_timeout', from: '', to: '5s' }] },
    ],
    removed: ['old'],
    unchanged: ['db'],
  }
  const planText = `+ new  added
~ web  changed, is restarted
    args: -p 80 → -p 81
~ api  changed, goes on
    stop_timeout: (none) → 5s
- old  removed
= db  unchanged
`

  /** A daemon, and a file that it is to be like. */
  async function aFile() {
    const tree = await aTree([{ name: 'web' }, { name: 'api' }, { name: 'old' }, { name: 'db' }])
    const directory = await aDirectory()
    writeFileSync(join(directory.path, 'a.yml'), 'processes: []\n')
    tree.server.control.admin.plan = plan
    return {
      ...tree,
      cwd: directory.path,
      asked: () => tree.server.control.admin.asked.map((one) => ('request' in one ? one.request : one)),
      async [Symbol.asyncDispose]() {
        await tree[Symbol.asyncDispose]()
        await directory[Symbol.asyncDispose]()
      },
    }
  }

  test('[CL64] prints the plan, then what it acted on; problems and warnings on stderr', async () => {
    await using file = await aFile()
    file.server.control.admin.warnings = ['a.yml:1:1: odd']
    const { exitCode, out, err, questions } = await file.coppice('apply a.yml', { cwd: file.cwd })
    expect({ exitCode, err, questions }).toEqual({ exitCode: 0, err: 'a.yml:1:1: odd\n', questions: [] })
    expect(out).toStartWith(`${planText}ID  Name`)
    expect(file.asked()).toEqual([
      { path: join(file.cwd, 'a.yml'), text: 'processes: []\n', cwd: file.cwd, wait: true },
    ])
  })

  test('[CL64] --dry-run only prints it', async () => {
    await using file = await aFile()
    expect(await file.coppice('apply a.yml --dry-run', { cwd: file.cwd, says: 'no', ...terminal })).toMatchObject({
      exitCode: 0,
      out: planText,
      questions: [],
    })
    expect(file.asked()).toMatchObject([{ dry_run: true }])
    const { out } = await file.coppice('apply a.yml --dry-run --json', { cwd: file.cwd })
    expect(JSON.parse(out)).toMatchObject({ outcome: 'planned', plan })
    expect(file.server.control.orders).toEqual([])
  })

  test('[CL64] nothing to do is said', async () => {
    await using file = await aFile()
    file.server.control.admin.plan = { added: [], changed: [], removed: [], unchanged: ['db'] }
    expect(await file.coppice('apply a.yml', { cwd: file.cwd, says: 'no', ...terminal })).toMatchObject({
      exitCode: 0,
      out: '= db  unchanged\nNothing changes.\n',
      questions: [],
    })
  })

  test('[CL64] what did not come up is exit 1', async () => {
    await using file = await aFile()
    file.server.control.admin.newcomers = 'fails'
    expect(await file.coppice('apply a.yml -q', { cwd: file.cwd })).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringMatching(/^coppice: new is failed: .*\n.*\n$/),
    })
  })

  test.each(['y', 'Yes', ' y '])('[CL65] on a terminal it asks, and %p is a yes', async (says) => {
    await using file = await aFile()
    const { exitCode, out, questions } = await file.coppice('apply a.yml', { cwd: file.cwd, says, ...terminal })
    expect({ exitCode, questions }).toEqual({ exitCode: 0, questions: [`${planText}Apply this? [y/N] `] })
    expect(out).toStartWith('╭')
    expect(file.asked()).toMatchObject([{ dry_run: true }, { wait: true }])
  })

  test.each(['', 'n', 'nay', 'yesterday'])('[CL65] %p is a no: exit 1, and nothing is changed', async (says) => {
    await using file = await aFile()
    expect(await file.coppice('apply a.yml', { cwd: file.cwd, says, ...terminal })).toMatchObject({
      exitCode: 1,
      out: '',
      err: 'coppice: Nothing was changed.\n',
    })
    expect(file.asked()).toMatchObject([{ dry_run: true }])
  })

  test('[CL65] --yes asks no question, nor is there one where nobody can answer', async () => {
    await using file = await aFile()
    expect(await file.coppice('apply a.yml -y', { cwd: file.cwd, says: 'no', ...terminal })).toMatchObject({
      exitCode: 0,
      questions: [],
    })
    await using other = await aFile()
    expect(await other.coppice('apply a.yml', { cwd: other.cwd, ...terminal })).toMatchObject({ exitCode: 0 })
  })

  test('[CL64] a file that is not there is exit 2, and so is one with problems', async () => {
    await using file = await aFile()
    const err = 'coppice: b.yml: There is no such file.\n'
    expect(await file.coppice('apply b.yml', { cwd: file.cwd })).toMatchObject({ exitCode: 2, out: '', err })
    const failure = { code: 'bad-config', message: 'a.yml:1:2: one\na.yml:2:1: two' } as const
    file.server.control.admin.apply = async () => ({ ok: false, failure })
    expect(await file.coppice('apply a.yml', { cwd: file.cwd })).toMatchObject({
      exitCode: 2,
      out: '',
      err: 'coppice: a.yml:1:2: one\na.yml:2:1: two\n',
    })
  })
})
