import type { Failure } from '../lib/result.ts'

/** 0 done, 1 failed, 2 wrong usage or a bad file, 3 no supervisor, 4 unknown process or group, 5 timed out: [CL10]. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5

const codes: ReadonlyMap<string, ExitCode> = new Map([
  ['usage', 2],
  ['bad-request', 2],
  ['bad-file', 2],
  ['bad-config', 2],
  ['several-supervisors', 2],
  ['socket-path-too-long', 2],
  ['no-home', 2],
  ['no-supervisor', 3],
  ['unknown-process', 4],
  ['unknown-group', 4],
  ['timed-out', 5],
  ['silent', 5],
])

export function exitCodeOf({ code }: Failure): ExitCode {
  return codes.get(code) ?? 1
}
