import { success } from '../../lib/result.ts'
import type { Finding, Fix } from '../../wire/doctor.ts'
import type { Verb } from '../command.ts'
import type { doctorOptions } from '../options.ts'
import { printReport } from '../render/doctor.ts'
import type { System } from '../system.ts'

/** [DM64] [DM65] */
export const run: Verb<typeof doctorOptions>['run'] = async ({ options }, { system }) => {
  const looked = await system.doctor([])
  if (!looked.ok) return looked
  const fixes = options.fix ? await chosen(looked.value.findings, options.yes ? null : system) : []
  const after = fixes.length === 0 ? looked : await system.doctor(fixes)
  if (!after.ok) return after
  const report = after.value
  const isSound = report.findings.every(({ verdict }) => verdict !== 'problem')
  return success({
    data: report,
    text: (style) => printReport(report, style),
    exitCode: isSound ? 0 : 1,
    remarks: [],
    problems: [],
  })
}

/** @param asker who is asked before a process is ended; null: nobody */
async function chosen(findings: readonly Finding[], asker: Pick<System, 'ask'> | null): Promise<readonly Fix[]> {
  const fixes: Fix[] = []
  for (const { found, fix } of findings) {
    if (fix === null) continue
    if (fix.tag !== 'end-run' || asker === null || (await isAgreed(found, asker))) fixes.push(fix)
  }
  return fixes
}

async function isAgreed(found: string, { ask }: Pick<System, 'ask'>): Promise<boolean> {
  const answer = await ask(`${found}. SIGTERM, then SIGKILL? [y/N] `)
  return /^y(es)?$/i.test(answer?.trim() ?? '')
}
