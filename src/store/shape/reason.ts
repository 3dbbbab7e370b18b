import type { Exit } from '../../core/exit.ts'
import type { Actor, Reason } from '../../core/reason.ts'
import type { Fields, Shape } from './shape.ts'
import { either, lazy, list, number, object, optional, orNull, text, union, word } from './shape.ts'
import { condition, signal } from './spec.ts'

export const exit = union<Exit>({ code: { code: number }, signal: { signal: text }, unknown: {} })

const by = object<Actor>({ verb: text, user: orNull(text) })

/** When it was, and what it goes back to. */
const told: Fields<Pick<Reason, 'at' | 'because'>> = { at: number, because: optional(lazy(() => reason)) }
const holder = word<'group' | 'tree'>('group', 'tree')
const found = { dependency: text, condition, found: text, ...told }

export const reason: Shape<Reason> = union<Reason>({
  'not-called': told,
  asked: { by, ...told },
  declared: told,
  'called-for': { by: text, ...told },
  spawned: told,
  'became-ready': { detail: text, ...told },
  'assumed-ready': { after: number, ...told },
  'not-ready-yet': { last: orNull(text), ...told },
  'no-longer-ready': { last: text, ...told },
  exited: { process: text, exit, lived: number, ...told },
  'spawn-failed': { code: text, text, ...told },
  'start-timeout': { after: number, last: orNull(text), ...told },
  'check-failed': { process: text, monitor: text, detail: text, ...told },
  'watchdog-silent': { process: text, after: number, ...told },
  'prologue-failed': { check: text, detail: text, ...told },
  'prerun-failed': { prerun: text, ...told },
  'prerun-running': { prerun: text, ...told },
  'no-such-oneshot': { process: text, ...told },
  'waits-for': found,
  'never-satisfied': found,
  'waits-for-dependents': { names: list(text), count: number, ...told },
  'dependency-went-down': { dependency: text, ...told },
  delay: { nth: number, delay: number, ...told },
  'start-limit': { starts: number, interval: number, ...told },
  'not-restarted': { policy: text, ...told },
  'restart-prevented': { code: number, ...told },
  flapping: { restarts: number, ...told },
  'tree-stopped': { process: text, ...told },
  'limit-exit': { process: text, ...told },
  'budget-spent': { of: holder, name: text, restarts: number, period: number, ...told },
  'failed-below': { of: holder, name: text, ...told },
  'member-fell': { group: text, process: text, ...told },
  'waits-for-group': { group: text, until: word('gone', 'restarted'), ...told },
  'stopped-together': { group: text, process: text, ...told },
  'survived-kill': told,
  shutdown: { by, ...told },
  'nothing-left-to-run': told,
  'significant-exit': { process: text, exit, ...told },
  special: { process: text, by: either(word('schedule', 'operator'), signal), ...told },
})
