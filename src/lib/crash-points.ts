/**
 * Where a test build can be told to die (test/e2e/crash/): before and after everything that outlives the supervisor, or
 * that others see. A place says `globalThis.crashPoint?.('…')`; the build of the shipped binary drops these calls.
 */
export const crashPoints = [
  // The start of a daemon, in its order. Passed once for each lock.
  'start: locked',
  'start: id made',
  'start: store opened',
  'start: before taking a run back',
  'start: run taken back',
  'start: orphan ended',
  'start: declared',
  'start: socket bound',
  'start: socket open',
  'start: begun',
  // A file that is finished under another name gets its own: new databases, good copies, copies before a migration.
  'file: finished',
  'file: renamed',
  'migration: copied',
  'migration: done',
  // One commit to the store. `process`: after each that is written.
  'commit: before',
  'commit: begun',
  'commit: removed',
  'commit: groups',
  'commit: process',
  'commit: journal',
  'commit: done',
  // One step of the core.
  'step: recorded',
  'step: obeyed',
  'spawn: promised',
  'spawn: before',
  'spawn: launched',
  'spawn: done',
  'signal: before',
  'signal: half',
  'signal: after',
  'exit: seen',
  'exit: told',
  'gone: seen',
  'log: before delete',
  'log: deleted',
  // The answer to a request.
  'reply: before',
  'reply: after',
  // The end of a daemon that was told to end.
  'end: before',
  'end: marked',
  'end: closed',
] as const

export type CrashPoint = (typeof crashPoints)[number]

declare global {
  var crashPoint: ((point: CrashPoint) => void) | undefined
}
