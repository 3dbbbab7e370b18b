/**
 * coppice as a library: load a config or write one as an object, compose monitors, run the tree, hear what happens,
 * stop it. The counterpart of procmon's Go package. It runs on Bun; `examples/library.ts` shows all of it.
 */
export { all, any, bucket, dir, exec, file, grpc, http, not, portFree, redis, retry, tcp } from './core/compose.ts'
export { custom, startTree, withMonitor, withReadiness, type RunningTree, type TreeEvent } from './daemon/embed.ts'
export { planOf, readPlan } from './daemon/read-plan.ts'
export type { Check, Probe, Verdict } from './core/check.ts'
export type { Monitor, Plan, ProcessSpec } from './core/spec.ts'
export type { Failure, Result } from './lib/result.ts'
export type { ProcessView, WhyLink } from './wire/process.ts'
