import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aControlServer } from '../../../test/support/control-server.ts'
import { coppice } from '../../../test/support/fake-system.ts'
import { commands } from '../commands.ts'
import { scriptFor } from '../verbs/completion.ts'
import { branchesOf, type Branch } from './completion.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'coppice-completion-'))
  for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(join(directory, shell), scriptFor(shell, commands))
  // What a running coppice would answer.
  const stub = join(directory, 'coppice')
  writeFileSync(
    stub,
    `#!/bin/sh
case "$*" in
  "completion --names processes") printf 'web\\ndb\\nweb-worker\\n' ;;
  "completion --names groups") printf 'front\\nback\\n' ;;
  *) echo "asked for $*" >&2; exit 9 ;;
esac
`,
  )
  chmodSync(stub, 0o755)
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** What bash offers when TAB is pressed behind these words; bash has parted them at `=` and `:` by then. */
function offered(...words: readonly string[]): string[] {
  const script = `source ${directory}/bash
COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_coppice
printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = Bun.spawnSync(['bash', '--norc', '-c', script, 'bash', 'coppice', ...words], {
    env: { PATH: `${directory}:${process.env['PATH'] ?? ''}` },
    cwd: directory,
  })
  expect(stderr.toString()).toBe('')
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
}

const has = (shell: string): boolean => Bun.which(shell) !== null

describe('[CL91] completion in bash', () => {
  test.each([
    ['commands and their aliases', ['sto'], ['stop']],
    ['commands of commands', ['group', 'a'], ['assign']],
    ['under an alias', ['groups', 'des'], ['desc']],
    ['options of this command', ['ls', '--t'], ['--tree']],
    ['what is on by default, to switch it off', ['stop', '--no'], ['--no-wait']],
    ['values of an option', ['up', '--log-format', 'j'], ['json']],
    ['values behind an equals sign', ['up', '--log-format', '=', ''], ['text', 'json']],
    ['the first letter behind an equals sign', ['up', '--log-format', '=', 't'], ['text']],
    ['files', ['check', 'fi'], ['fish']],
    ['words', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['commands for help', ['help', 'dgr'], ['dgraph']],
    ['nothing where nothing is known', ['stop', '--timeout', ''], []],
    ['nothing for what is no command', ['nonsense', ''], []],
  ])('%s', (_what, words, expected) => {
    expect(offered(...words)).toEqual(expected)
  })
})

describe('[CL92] names come from the coppice that runs', () => {
  test.each([
    ['processes', ['stop', 'w'], ['web', 'web-worker']],
    ['the last of several', ['stop', 'web,d'], ['web,db']],
    ['several words', ['restart', '-f', 'web', 'd'], ['db']],
    ['groups', ['group', 'stop', ''], ['front', 'back']],
    ['the processes of a group', ['stop', 'group', ':'], ['front', 'back']],
    ['and as its name is written', ['stop', 'group', ':', 'fr'], ['front']],
    ['first groups', ['group', 'assign', 'f'], ['front']],
    ['then processes', ['group', 'assign', 'front', 'd'], ['db']],
  ])('%s', (_what, words, expected) => {
    expect(offered(...words)).toEqual(expected)
  })

  test('`completion --names` tells them, and nothing where nobody answers', async () => {
    await using server = await aControlServer([{ name: 'web' }, { name: 'db' }])
    const env = { COPPICE_SOCKET: server.socketPath }
    expect(await coppice('completion --names processes', { env })).toMatchObject({ exitCode: 0, out: 'web\ndb\n' })
    const nobody = { COPPICE_SOCKET: '/nowhere/coppice.sock' }
    expect(await coppice('completion --names processes', { env: nobody })).toMatchObject({
      exitCode: 0,
      out: '',
      err: '',
    })
  })

  test('what a shell would take apart or run is left out', async () => {
    await using server = await aControlServer([{ name: 'web' }, { name: '$(reboot)' }, { name: 'a b' }])
    const env = { COPPICE_SOCKET: server.socketPath }
    expect((await coppice('completion --names processes', { env })).out).toBe('web\n')
  })
})

describe('[CL90] the scripts', () => {
  test.each(['bash', 'zsh', 'fish'])('for %s is printed without a supervisor', async (shell) => {
    const { exitCode, out, err } = await coppice(`completion ${shell}`)
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toBe(scriptFor(shell, commands))
  })

  test('without a shell it asks for which', async () => {
    expect(await coppice('completion')).toMatchObject({ exitCode: 2, out: '' })
    expect(await coppice('completion tcsh')).toMatchObject({ exitCode: 2, out: '' })
  })

  test.each(['bash', 'zsh', 'fish'])('for %s knows every command and every option', (shell) => {
    const script = scriptFor(shell, commands)
    const mentions = (long: string): boolean => script.includes(shell === 'fish' ? `-l ${long.slice(2)} ` : long)
    const look = ({ names, switches, below }: Branch): void => {
      for (const name of names) expect(script).toContain(name)
      if (below.length === 0) {
        for (const { names: long } of switches) expect([long[0], mentions(long[0] ?? '')]).toEqual([long[0], true])
      }
      below.forEach(look)
    }
    branchesOf(commands).forEach(look)
  })

  for (const shell of ['bash', 'zsh', 'fish']) {
    test.skipIf(!has(shell))(`${shell} finds no fault in its own`, () => {
      const { exitCode, stderr } = Bun.spawnSync([shell, '-n', join(directory, shell)])
      expect([exitCode, stderr.toString()]).toEqual([0, ''])
    })
  }
})
