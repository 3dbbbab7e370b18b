// `npm test`: every check and every test, cheapest first, and at the end one line `N passed, N failed, N skipped`.
// Goes on after a failure, so that one run tells all. A check (typecheck, lint, …) counts only when it fails.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const none: Totals = { passed: 0, failed: 0, skipped: 0 }
const reports = mkdtempSync(join(tmpdir(), 'coppice-test-'))

const results: Totals[] = []
for (const name of ['typecheck', 'lint', 'format:check']) results.push(check(name))
if (existsSync('scripts/generate.ts')) results.push(check('generate', '--check'))
results.push(tests('test:unit'))
const built = check('build')
results.push(built)
// Without a binary every e2e test would fail for the one reason that was already told.
if (built.failed === 0 && hasTests('test/e2e')) results.push(tests('test:e2e'))

rmSync(reports, { recursive: true })
const total = results.reduce(plus, none)
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
// A run without a test proves nothing: that is a failure as well.
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1

function check(script: string, ...args: readonly string[]): Totals {
  return runScript(script, args) === 0 ? none : { ...none, failed: 1 }
}

// Counts from the JUnit report; a run that fails without a failed test (a crash, a file that does not load) counts as one.
function tests(script: string): Totals {
  const report = join(reports, `${script.replace(':', '-')}.xml`)
  const exitCode = runScript(script, ['--reporter=junit', `--reporter-outfile=${report}`])
  const counted = existsSync(report) ? readTotals(readFileSync(report, 'utf8')) : none
  return exitCode !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted
}

function runScript(script: string, args: readonly string[]): number {
  const started = performance.now()
  console.log(`\n── ${script}`)
  const { exitCode } = Bun.spawnSync(['npm', 'run', '--silent', script, '--', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`── ${script} ${exitCode === 0 ? 'passed' : `FAILED with exit code ${exitCode}`} in ${seconds} s`)
  return exitCode
}

function readTotals(report: string): Totals {
  const head = /<testsuites [^>]*>/.exec(report)?.[0] ?? ''
  const count = (name: string): number => Number(new RegExp(` ${name}="(\\d+)"`).exec(head)?.[1] ?? 0)
  const failed = count('failures') + count('errors')
  return { passed: count('tests') - failed - count('skipped'), failed, skipped: count('skipped') }
}

function hasTests(folder: string): boolean {
  return [...new Bun.Glob(`${folder}/**/*.test.ts`).scanSync('.')].length > 0
}

function plus(a: Totals, b: Totals): Totals {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}
