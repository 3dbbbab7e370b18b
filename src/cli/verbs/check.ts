import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { checkConfig, formatProblem, type Report } from '../../config/check.ts'
import { failure, success, type Failure, type Result } from '../../lib/result.ts'
import type { Verb } from '../command.ts'
import type { checkOptions } from '../options.ts'

/** [CL29]. The problems are told on stderr, or, with `--json`, on stdout. */
export const run: Verb<typeof checkOptions>['run'] = async ({ options, operands: [path = ''] }, { system }) => {
  const { env, cwd } = system
  const readFile = (name: string): Result<string> => read(name, resolve(cwd, name))
  const text = readFile(path)
  if (!text.ok) return text
  const report = await checkConfig({
    path,
    text: text.value,
    env,
    cwd,
    readFile,
    options: { nocheck: options.nocheck },
  })
  const remarks = report.problems.filter(({ severity }) => severity === 'error' || !options.quiet).map(formatProblem)
  return success({
    data: report,
    text: () => praise(path, report),
    exitCode: report.ok ? 0 : 2,
    remarks: options.json ? [] : remarks,
    problems: report.ok || options.json ? [] : [verdict(path, report)],
  })
}

function read(name: string, path: string): Result<string> {
  try {
    return success(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const why = code === 'ENOENT' ? 'There is no such file' : code === 'EISDIR' ? 'It is a directory' : message
    return failure('bad-file', `${name}: ${why}.`)
  }
}

function praise(path: string, { found }: Report): string {
  if (found === null) return ''
  const processes = found.processes === 1 ? '1 process' : `${found.processes} processes`
  return `${path} is fine: ${processes}, in the dialect of ${found.dialect}.\n`
}

function verdict(path: string, { problems }: Report): Failure {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  return { code: 'bad-file', message: `${path} has ${errors === 1 ? 'a problem' : `${errors} problems`}.` }
}
