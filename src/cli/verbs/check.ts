import { resolve } from 'node:path'
import { checkConfig, formatProblem, type Report } from '../../config/check.ts'
import { success, type Failure, type Result } from '../../lib/result.ts'
import type { Verb } from '../command.ts'
import type { checkOptions } from '../options.ts'
import { readFile } from '../read-file.ts'

/** [CL29]. The problems are told on stderr, or, with `--json`, on stdout. */
export const run: Verb<typeof checkOptions>['run'] = async ({ options, operands: [path = ''] }, { system }) => {
  const { env, cwd } = system
  const read = (name: string): Result<string> => readFile(name, resolve(cwd, name))
  const text = read(path)
  if (!text.ok) return text
  const report = await checkConfig({
    path,
    text: text.value,
    env,
    cwd,
    readFile: read,
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

function praise(path: string, { found }: Report): string {
  if (found === null) return ''
  const processes = found.processes === 1 ? '1 process' : `${found.processes} processes`
  return `${path} is fine: ${processes}, in the dialect of ${found.dialect}.\n`
}

function verdict(path: string, { problems }: Report): Failure {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  return { code: 'bad-file', message: `${path} has ${errors === 1 ? 'a problem' : `${errors} problems`}.` }
}
