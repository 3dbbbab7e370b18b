// What the README tells to type, typed: with small programs in the place of those that it names.
import { expect, test } from 'bun:test'
import { chmodSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'

import { binary, runCoppice } from '../binary.ts'
import { aDaemon, type Daemon } from '../daemon-harness.ts'
import { program, sleepers, statuses } from './stage.ts'

const readme = readFileSync(join(import.meta.dir, '../../../README.md'), 'utf8')

/** The lines of the block of commands below this heading, without their comments. */
function commandsBelow(heading: string): string[] {
  const [, after = ''] = readme.split(heading)
  const [, block = ''] = /```sh\n(.*?)```/s.exec(after) ?? []
  return block
    .split('\n')
    .flatMap((line) => line.replace(/ +# .*/, '').split('; '))
    .filter((line) => line !== '')
}

/** As in a shell of somebody who stands in the directory of the test. */
async function typed(daemon: Daemon, line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = Bun.spawn(['sh', '-c', line.startsWith('coppice logf') ? `exec ${line}` : line], {
    cwd: daemon.dir,
    env: { PATH: `${dirname(binary)}:${process.env['PATH'] ?? ''}`, HOME: daemon.dir, COPPICE_HOME: daemon.home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // What follows for ever is left when it has shown something.
  const shown = new Response(
    child.stdout.pipeThrough(onFirst(() => line.startsWith('coppice logf') && child.kill('SIGINT'))),
  )
  const [stdout, stderr] = await Promise.all([shown.text(), new Response(child.stderr).text()])
  return { code: await child.exited, stdout, stderr }
}

function onFirst(act: () => void): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform(chunk, controller) {
      act()
      controller.enqueue(chunk)
    },
  })
}

async function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer().once('error', () => resolve(false))
  server.listen(port, 'localhost', () => server.close(() => resolve(true)))
  return promise
}

test.skipIf(!(await isFree(9000)))(
  '[CL7] the commands of the README for a daemon do what they say',
  async () => {
    await using daemon = await aDaemon()
    await sleepers(daemon, 'redis')
    program(daemon, 'api', 'echo "serving on $PORT"; exec sleep 100000')
    const serve = `Bun.serve({hostname:'localhost',port:9000,fetch:()=>new Response('ok')});console.log('working on',process.argv.slice(2).join('|'))`
    daemon.write('worker.js', serve)
    program(daemon, 'worker', `exec '${process.execPath}' '${daemon.dir}/worker.js' "$@"`)
    chmodSync(daemon.dir, 0o755)
    const also = ['redis', 'added'].map((name) => `  - name: ${name}\n    command: sleep 100000\n`)
    daemon.write('processes.yml', `processes:\n${also.join('')}`)
    const commands = commandsBelow('### Processes that come and go: `daemon`')
    expect(commands).toHaveLength(13)
    const told = new Map<string, string>()
    for (const line of commands) {
      const { code, stdout, stderr } = await typed(daemon, line)
      expect([line, code, stderr]).toEqual([line, line.startsWith('coppice logf') ? 130 : 0, ''])
      told.set(line, stdout)
    }
    expect(told.get('coppice log api')).toBe('serving on 8080\n')
    expect(told.get('coppice logf api worker')).toMatch(/api +\| serving on 8080|worker \| working on --queue\|a b/)
    expect(told.get('coppice apply processes.yml')).toContain('added')
    expect(told.get('coppice topn')).toContain('worker')
    expect((await typed(daemon, 'coppice log api')).stdout).toEndWith('serving on 8081\n')
    expect(await statuses(daemon)).toEqual(['redis running', 'api running', 'worker running', 'added running'])
    expect((await daemon.view('worker')).groups).toEqual(['front'])
  },
  30_000,
)

test('[CL5] every command that the README names is there', async () => {
  const code = [...readme.matchAll(/```sh\n(.*?)```|`([^`\n]+)`/gs)]
    .map(([, block, span]) => block ?? span ?? '')
    .join('\n')
  const named = new Set([...code.matchAll(/(?:^|; |&& )(?:sudo )?coppice ([a-z]+)/gm)].map(([, name]) => name ?? ''))
  expect(named.size).toBeGreaterThan(15)
  for (const name of named) {
    const help = await runCoppice([name, '--help'], { cwd: '/' })
    expect([name, help.code, help.stderr]).toEqual([name, 0, ''])
  }
})
