import { success, type Result } from '../../lib/result.ts'
import type { DoctorReport, Fix, Fixed } from '../../wire/doctor.ts'
import { findings } from './findings.ts'
import { apply } from './fix.ts'
import { gather } from './gather.ts'

/**
 * `coppice doctor`: puts right what it is told to, then looks at everything. It works without a daemon, and touches
 * nothing of one that runs. [DM64] [DM65]
 * @returns what `places` returns, where nothing says where this user's files belong
 */
export async function doctor(fixes: readonly Fix[]): Promise<Result<DoctorReport>> {
  const fixed: Fixed[] = []
  for (const fix of fixes) fixed.push(await apply(fix))
  const snapshot = await gather()
  return snapshot.ok ? success({ fixed, findings: findings(snapshot.value) }) : snapshot
}
