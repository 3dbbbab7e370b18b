import { expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { guarded, ownGuard } from './guard.ts'

/** Runs a guard over a shell script that stands for the daemon, to its end. */
async function guard(script: string, logFormat: 'text' | 'json' | null = null) {
  const dir = mkdtempSync(join(tmpdir(), 'coppice-guard-'))
  try {
    const path = join(dir, 'daemon')
    writeFileSync(path, `echo start >> ${dir}/starts\n${script}`)
    const child = Bun.spawn([...guarded(['sh', path, dir], { logFormat })], { stdio: ['ignore', 'pipe', 'pipe'] })
    const said = `${await new Response(child.stdout).text()}${await new Response(child.stderr).text()}`
    const starts = readFileSync(join(dir, 'starts'), 'utf8').trim().split('\n').length
    return { code: await child.exited, starts, lines: said.trimEnd().split('\n') }
  } finally {
    rmSync(dir, { recursive: true })
  }
}

test('[DM60] what ends with 0, 1 or 2 is left alone', async () => {
  for (const code of [0, 1, 2]) expect(await guard(`exit ${code}`)).toMatchObject({ code, starts: 1, lines: [''] })
})

test('[DM60] what dies by a signal or of a bug is started again, until it ends as it should', async () => {
  const script = 'n=$(wc -l < $1/starts); case $n in 1) kill -9 $$ ;; 2) exit 70 ;; esac; exit 0'
  const { code, starts, lines } = await guard(script)
  expect([code, starts]).toEqual([0, 3])
  expect(lines).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d\.000 WARN  coppice guard: the daemon was killed by SIGKILL, and is started/),
    expect.stringContaining('the daemon ended with 70, and is started again'),
  ])
})

test('[DM60] what dies five times in a minute is given up, in the words of its log', async () => {
  const { code, starts, lines } = await guard('kill -9 $$', 'json')
  expect([code, starts]).toEqual([137, 5])
  const last: unknown = JSON.parse(lines.at(-1) ?? '')
  expect(last).toMatchObject({ level: 'error', msg: expect.stringContaining('for the 5. time in 60 s') })
}, 15_000)

test('[DM60] its daemon knows it, as long as it is its parent', () => {
  expect(ownGuard({ COPPICE_GUARD: String(process.ppid) })).toBe(process.ppid)
  expect(ownGuard({ COPPICE_GUARD: '1000000' })).toBeNull()
  expect(ownGuard({})).toBeNull()
})
