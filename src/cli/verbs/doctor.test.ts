import { expect, test } from 'bun:test'
import { coppice } from '../../../test/support/fake-system.ts'
import type { DoctorReport, Finding, Fix } from '../../wire/doctor.ts'

const removal: Fix = { tag: 'remove-socket', path: '/s' }
const ending: Fix = { tag: 'end-run', marker: 'm', pids: [50] }
const socket: Finding = {
  check: 'socket',
  verdict: 'problem',
  found: '/s is stale',
  remedy: 'Remove it.',
  fix: removal,
}
const orphan: Finding = {
  check: 'orphan',
  verdict: 'problem',
  found: 'nobody knows 50 (sleep)',
  remedy: 'End it.',
  fix: ending,
}
const lock: Finding = { check: 'lock', verdict: 'ok', found: '/l is held by nobody', remedy: null, fix: null }
const clock: Finding = { check: 'clock', verdict: 'warning', found: 'it was set back', remedy: null, fix: null }

/** A patient whose ills go when they are treated. */
function patient() {
  const treated: Fix[] = []
  const doctor = (fixes: readonly Fix[]): DoctorReport => {
    treated.push(...fixes)
    return {
      fixed: fixes.map((fix) => ({ fix, told: `${fix.tag} is done`, isDone: true })),
      findings: [lock, clock, ...[socket, orphan].filter(({ fix }) => fix !== null && !treated.includes(fix))],
    }
  }
  return { treated, doctor }
}

test('[DM64] doctor prints what it found and what it would do, and changes nothing', async () => {
  const { treated, doctor } = patient()
  const { exitCode, out, err } = await coppice('doctor', { doctor })
  expect([exitCode, err, treated]).toEqual([1, '', []])
  expect(out).toBe(
    [
      'ok       lock: /l is held by nobody',
      'warning  clock: it was set back',
      'problem  socket: /s is stale',
      '         Remove it. `coppice doctor --fix` does it.',
      'problem  orphan: nobody knows 50 (sleep)',
      '         End it. `coppice doctor --fix` does it.',
      '2 problems, 1 warning, 1 ok',
      '',
    ].join('\n'),
  )
})

test('[DM64] with nothing wrong, or only warnings, it ends with 0; --json prints all', async () => {
  const findings = [lock, clock]
  const { exitCode, out } = await coppice('doctor --json', { doctor: () => ({ fixed: [], findings }) })
  expect([exitCode, JSON.parse(out)]).toEqual([0, { fixed: [], findings }])
})

test('[DM65] --fix asks before it ends a process, and nothing else', async () => {
  const refused = patient()
  const no = await coppice('doctor --fix', { doctor: refused.doctor, says: 'no' })
  expect(no.exitCode).toBe(1)
  expect(refused.treated).toEqual([removal])
  expect(no.questions).toEqual(['nobody knows 50 (sleep). SIGTERM, then SIGKILL? [y/N] '])
  expect(no.out).toStartWith('fixed    remove-socket is done\nok ')
  const agreed = patient()
  const yes = await coppice('doctor --fix', { doctor: agreed.doctor, says: 'y' })
  expect(yes.exitCode).toBe(0)
  expect(agreed.treated).toEqual([removal, ending])
})

test('[DM65] where nobody is there to be asked, no process is ended, but with --yes', async () => {
  const alone = patient()
  expect((await coppice('doctor --fix', { doctor: alone.doctor })).exitCode).toBe(1)
  expect(alone.treated).toEqual([removal])
  const sure = patient()
  const { exitCode, questions } = await coppice('doctor --fix -y', { doctor: sure.doctor, says: 'no' })
  expect([exitCode, questions]).toEqual([0, []])
  expect(sure.treated).toEqual([removal, ending])
})
