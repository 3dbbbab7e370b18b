import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadPlan } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import type { Plan } from '../core/spec.ts'
import { failure, success, type Result } from '../lib/result.ts'

/** Reads and checks a config file. All its problems come in one message, a line each; warnings go to standard error. */
export async function readPlan(file: string, options: { readonly nocheck?: boolean } = {}): Promise<Result<Plan>> {
  return warning(await loadFile(file, options))
}

/** A plan, and what is odd about it, a line each. */
export interface LoadedPlan {
  readonly plan: Plan
  readonly warnings: readonly string[]
}

/** Reads and checks a config file. All its problems come in one message, a line each. */
export async function loadFile(
  file: string,
  options: { readonly nocheck?: boolean } = {},
): Promise<Result<LoadedPlan>> {
  const text = readText(resolve(file))
  return text.ok ? parse({ path: file, text: text.value, nocheck: options.nocheck === true }) : text
}

/**
 * The plan of an object in our dialect, as a program writes it: `planOf({ processes: [{ name: 'api', command: './api' }] })`.
 * @returns `bad-config` with all problems, a line each
 */
export async function planOf(object: unknown): Promise<Result<Plan>> {
  return warning(await parse({ path: 'plan.json', text: JSON.stringify(object, null, 2), nocheck: false }))
}

function warning(loaded: Result<LoadedPlan>): Result<Plan> {
  if (!loaded.ok) return loaded
  for (const line of loaded.value.warnings) process.stderr.write(`${line}\n`)
  return success(loaded.value.plan)
}

async function parse(from: { path: string; text: string; nocheck: boolean }): Promise<Result<LoadedPlan>> {
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
  return success({ plan: plan.plan, warnings: plan.warnings.map(formatProblem) })
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
