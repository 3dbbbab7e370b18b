// Bad input never gets through, never crashes it, and is always told with file and line, within a second.
import { expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { samples } from './broken/good.ts'
import { seededDice } from '../../src/lib/dice.ts'
import { breakOne, type Broken } from './broken/mutate.ts'
import { lateness } from './facts.ts'
import { runCoppice, type Answer } from './binary.ts'

const count = 200
const atOnce = 2
const seed = Number(process.env['BROKEN_SEED'] ?? 20_26)

test('[RN2] what is not broken has no problem', async () => {
  using dir = temporary()
  for (const { name, text } of samples) {
    writeFileSync(join(dir.path, name), text)
    const { code, stdout, stderr } = await runCoppice(['check', name], { cwd: dir.path })
    expect({ name, code, said: code === 0 ? '' : `${stdout}${stderr}` }).toEqual({ name, code: 0, said: '' })
  }
})

test(`[RN2] ${count} broken files: each ends in 2 with a problem that names file and line`, async () => {
  using dir = temporary()
  const dice = seededDice(seed)
  const broken = Array.from({ length: count }, () => breakOne(samples, dice))
  const complaints: string[] = []
  const left = broken.entries()
  const worker = async (): Promise<void> => {
    for (const [index, one] of left) {
      const cwd = join(dir.path, String(index))
      mkdirSync(cwd)
      writeFileSync(join(cwd, one.name), one.text)
      const ask = async (verb: string): Promise<string | null> => {
        const answer = await runCoppice([verb, one.name], { cwd, env: { COPPICE_HOME: cwd } })
        const complaint = complaintAbout(one, answer)
        return complaint === null ? null : `${index}, ${verb}, ${one.what}: ${complaint}`
      }
      // `up` for every fourth, and never for one that `check` lets through: it would run for ever.
      const complaint = (await ask('check')) ?? (index % 4 === 0 ? await ask('up') : null)
      if (complaint !== null) complaints.push(complaint)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  expect(complaints).toEqual([])
})

function complaintAbout({ name, line, text }: Broken, { code, stdout, stderr, ms }: Answer): string | null {
  const said = `${stdout}${stderr}`
  if (code !== 2) return `it ended with ${code}: ${said}`
  if (ms > 1000 + lateness()) return `it took ${ms} ms`
  const lines = said.split('\n').flatMap((sentence) => {
    const place = new RegExp(`(?:^|[ /])${name.replaceAll('.', '\\.')}:(\\d+):(\\d+): \\S`).exec(sentence)
    return place === null ? [] : [Number(place[1])]
  })
  if (lines.length === 0) return `no problem names file and line: ${said}`
  if (lines.some((found) => found < 1 || found > text.split('\n').length)) return `there is no such line: ${said}`
  if (line !== null && !lines.includes(line)) return `no problem names line ${line}: ${said}`
  return null
}

function temporary(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'coppice-broken-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
