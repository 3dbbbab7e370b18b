import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aDirectory } from '../../../test/support/control-server.ts'
import { coppice } from '../../../test/support/fake-system.ts'

const good = 'processes:\n  - name: web\n    command: sleep 1\n'
const bad = 'processes:\n  - name: web\n    command: sleep 1\n    parnet: db\n  - name: web\n    command: sleep 1\n'

async function aFile(text: string): Promise<AsyncDisposable & { readonly cwd: string }> {
  const directory = await aDirectory()
  writeFileSync(join(directory.path, 'tree.yml'), text)
  return { cwd: directory.path, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
}

test('[CL29] a good file is praised', async () => {
  await using file = await aFile(good)
  expect(await coppice('check tree.yml', file)).toMatchObject({
    exitCode: 0,
    out: 'tree.yml is fine: 1 process, in the dialect of coppice.\n',
    err: '',
  })
  expect(await coppice('check -q tree.yml', file)).toMatchObject({ exitCode: 0, out: '', err: '' })
})

test('[CL29] all problems of a bad file are told at once, with line and column', async () => {
  await using file = await aFile(bad)
  const { exitCode, out, err } = await coppice('check tree.yml', file)
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  expect(err).toMatch(
    /^tree\.yml:4:\d+: .*"parnet".*"parent".*\ntree\.yml:5:\d+: .*\ncoppice: tree\.yml has 2 problems\.\n$/,
  )
})

test('[CL29] --json tells the same on stdout', async () => {
  await using file = await aFile(bad)
  const { exitCode, out, err } = await coppice('check tree.yml --json', file)
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: '' })
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    problems: [
      { severity: 'error', file: 'tree.yml', line: 4, key: 'parnet', hint: expect.stringContaining('parent') },
      { severity: 'error', file: 'tree.yml', line: 5 },
    ],
  })
})

test('[CL29] --nocheck allows variables that are not set', async () => {
  await using file = await aFile('processes:\n  - name: web\n    command: sleep $NAP\n')
  expect((await coppice('check --nocheck tree.yml', file)).exitCode).toBe(0)
})

test.each(['nowhere.yml', '.'])('[CL29] `check %s` has nothing to check: exit 2', async (path) => {
  await using file = await aFile(good)
  const { exitCode, out, err } = await coppice(`check ${path}`, file)
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  expect(err).toStartWith(`coppice: ${path}: `)
})
