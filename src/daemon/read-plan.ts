import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadPlan } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import type { Plan } from '../core/spec.ts'
import { failure, success, type Result } from '../lib/result.ts'

/** Reads and checks a config file. All its problems come in one message, a line each; warnings go to standard error. */
export async function readPlan(file: string, options: { readonly nocheck?: boolean } = {}): Promise<Result<Plan>> {
  const text = readText(resolve(file))
  return text.ok ? parse({ path: file, text: text.value, nocheck: options.nocheck === true }) : text
}

/**
 * The plan of an object in our dialect, as a program writes it: `planOf({ processes: [{ name: 'api', command: './api' }] })`.
 * @returns `bad-config` with all problems, a line each
 */
export async function planOf(object: unknown): Promise<Result<Plan>> {
  return parse({ path: 'plan.json', text: JSON.stringify(object, null, 2), nocheck: false })
}

async function parse(from: { path: string; text: string; nocheck: boolean }): Promise<Result<Plan>> {
  const { path, text, nocheck } = from
  const plan = await loadPlan({
    path,
    text,
    env: process.env,
    cwd: process.cwd(),
    readFile: readText,
    options: { nocheck },
  })
  if (!plan.ok) return failure('bad-config', plan.problems.map(formatProblem).join('\n'))
  for (const warning of plan.warnings) process.stderr.write(`${formatProblem(warning)}\n`)
  return success(plan.plan)
}

/** The text of a file. Fails with `config-unreadable`. */
export function readText(path: string): Result<string> {
  try {
    return success(readFileSync(path, 'utf8'))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const text = error.code === 'ENOENT' ? 'no such file' : error.code === 'EISDIR' ? 'is a directory' : error.message
    return failure('config-unreadable', `${path}: ${text}`, 'Give the path of a procmon, pmon3 or coppice file.')
  }
}
