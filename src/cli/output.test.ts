import { expect, test } from 'bun:test'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aControlServer, aDirectory } from '../../test/support/control-server.ts'

const main = join(import.meta.dir, '../main.ts')
const many = Array.from({ length: 3000 }, (_, n) => ({ name: `process-${n}` }))

/** The command line as a process of its own, under a shell: `$0` is coppice. */
function shell(script: string, socketPath: string): Bun.Subprocess<'ignore', 'pipe', 'pipe'> {
  return Bun.spawn(['bash', '-c', script.replaceAll('coppice ', `'${process.execPath}' '${main}' `)], {
    env: { ...process.env, COPPICE_SOCKET: socketPath },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

test('[CL18] a reader that goes away is no error', async () => {
  await using server = await aControlServer(many)
  const child = shell('coppice ls | head -1; echo "${PIPESTATUS[0]}"', server.socketPath)
  expect(await child.stdout.text()).toMatch(/^ID .*\n0\n$/)
  expect(await child.stderr.text()).toBe('')
})

test('[CL18] everything arrives, also through a slow and through a non-blocking pipe', async () => {
  await using server = await aControlServer(many)
  const expected = `${JSON.stringify(server.control.list(), null, 2)}\n`
  const nonBlocking = 'import os, subprocess, sys; r, w = os.pipe(); os.set_blocking(w, False)'
  for (const script of [
    'coppice ls --json | (sleep 0.2; cat)',
    `python3 -c '${nonBlocking}; subprocess.Popen(sys.argv[1:], stdout=w); os.close(w); sys.stdout.write(os.fdopen(r).read())' coppice ls --json`,
  ]) {
    expect(await shell(script, server.socketPath).stdout.text()).toBe(expected)
  }
})

test('[CL18] what is appended to a file is appended', async () => {
  await using server = await aControlServer([{ name: 'web' }])
  await using directory = await aDirectory()
  const path = join(directory.path, 'out')
  writeFileSync(path, 'before\n')
  await shell(`coppice ls >> ${path}; coppice ls --json >> ${path}`, server.socketPath).exited
  expect(readFileSync(path, 'utf8')).toMatch(/^before\nID .*\n1 +web .*\n\[\n[^]*\]\n$/)
})

test('[CL18] output that cannot be written is a failure', async () => {
  await using server = await aControlServer([{ name: 'web' }])
  const child = shell('coppice ls > /dev/full', server.socketPath)
  expect(await child.exited).toBe(1)
  expect(await child.stderr.text()).toStartWith('coppice: The output could not be written: ENOSPC')
})

test('[CL12] a terminal is seen, with its width and colours', async () => {
  await using server = await aControlServer([{ name: 'web' }])
  const shown = await onTerminal(['ls'], { socketPath: server.socketPath, columns: 60, last: '╯' })
  expect(shown).toContain('│ \x1b[1;36mID\x1b[0m ║')
  const [top = ''] = shown.split('\r\n')
  expect(top).toMatch(/^╭[─╥]{50,58}╮$/)
})

test('[CL11] stdout and stderr are looked at apart', async () => {
  await using server = await aControlServer([{ name: 'web' }])
  await using directory = await aDirectory()
  const file = openSync(join(directory.path, 'out'), 'w')
  const shown = await onTerminal(['desc', 'web,nope'], {
    socketPath: server.socketPath,
    columns: 60,
    last: 'nope',
    stdout: file,
  })
  closeSync(file)
  expect(shown).toStartWith('\x1b[1;31mcoppice:\x1b[0m There is no process "nope".\r\n')
})

test('[CL65] a person at a terminal is asked, and answers with a line', async () => {
  await using server = await aControlServer()
  server.control.admin.plan = { added: ['new'], changed: [], removed: [], unchanged: [] }
  await using directory = await aDirectory()
  writeFileSync(join(directory.path, 'a.yml'), 'processes: []\n')
  for (const [says, last] of [
    ['no\r', 'Nothing was changed.'],
    ['y\r', '╯'],
  ] as const) {
    const args = ['apply', join(directory.path, 'a.yml')]
    const shown = await onTerminal(args, { socketPath: server.socketPath, columns: 80, last, says })
    expect(shown).toStartWith('+ new  added\r\nApply this? [y/N] ')
  }
  expect(server.control.list()).toMatchObject([{ name: 'new' }])
})

interface Sitting {
  readonly socketPath: string
  readonly columns: number
  readonly last: string
  readonly stdout?: number
  /** What is typed once a question stands there. */
  readonly says?: string
}

/** What the command line writes to a terminal of so many columns, up to the line that has `last`. */
async function onTerminal(
  args: readonly string[],
  { socketPath, columns, last, stdout, says }: Sitting,
): Promise<string> {
  const decoder = new TextDecoder()
  const { promise: whole, resolve } = Promise.withResolvers<string>()
  let shown = ''
  await using terminal = new Bun.Terminal({
    cols: columns,
    rows: 24,
    data: (asking, bytes) => {
      shown += decoder.decode(bytes, { stream: true })
      if (says !== undefined && shown.endsWith('? [y/N] ')) asking.write(says)
      if (shown.includes(last) && shown.endsWith('\n')) resolve(shown)
    },
  })
  const env = { ...process.env, COPPICE_SOCKET: socketPath, NO_COLOR: '', TERM: 'xterm' }
  const command = [process.execPath, main, ...args]
  await using _child =
    stdout === undefined
      ? Bun.spawn(command, { env, terminal })
      : Bun.spawn(['sh', '-c', 'exec "$0" "$@" >&3', ...command], { env, terminal, stdio: [null, null, null, stdout] })
  return await whole
}
