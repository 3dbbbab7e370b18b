import { success, type Failure, type Result } from '../../lib/result.ts'
import { answer, type Answer } from '../command.ts'
import { describeStep, perform, type Ground } from './perform.ts'
import type { Step } from './plan.ts'

/** Takes the steps of a plan, up to the first that fails, or only tells of them; either way a line for each: [IN7]. */
export function carryOut(
  steps: readonly Step[],
  { isDryRun, ground }: { readonly isDryRun: boolean; readonly ground: Ground },
): Result<Answer> {
  const lines: string[] = []
  const problems: Failure[] = []
  for (const step of steps) {
    const line = describeStep(step, ground)
    const done = isDryRun ? success('done' as const) : perform(step, ground)
    if (!done.ok) {
      problems.push(done.failure)
      break
    }
    lines.push(done.value === 'done' ? line : `${line}: nothing to do`)
  }
  const text = lines.map((line) => `${line}\n`).join('')
  return success({ ...answer(steps, () => text), exitCode: problems.length > 0 ? 1 : 0, problems })
}
