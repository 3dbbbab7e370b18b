import type { Environment } from '../core/spec.ts'
import type { Account } from './identity.ts'
import { markerVariable } from './marker.ts'

/** What whoever started coppice said to coppice, and to nobody else. */
const forUs: ReadonlySet<string> = new Set([
  markerVariable,
  'COPPICE_GUARD',
  'COPPICE_INSTANCE',
  'NOTIFY_FD',
  'NOTIFY_SOCKET',
  'WATCHDOG_USEC',
  'WATCHDOG_PID',
  'LISTEN_FDS',
  'LISTEN_FDNAMES',
  'LISTEN_PID',
])

/**
 * The environment of a child: [PR5], [PR6].
 * @param account whom it runs as, when the spec names a user
 * @param added what coppice says to the child; it wins over everything
 */
export function environmentOf(
  env: Environment,
  { account, added }: { readonly account: Account | null; readonly added: Readonly<Record<string, string>> },
): Record<string, string> {
  return { ...(account === null ? knownOf(env) : assemble(env, account.variables)), ...added }
}

/** A restart is no time to copy our own environment again: it does not change. */
const known = new WeakMap<Environment, Readonly<Record<string, string>>>()

function knownOf(env: Environment): Readonly<Record<string, string>> {
  const assembled = known.get(env) ?? assemble(env, new Map())
  known.set(env, assembled)
  return assembled
}

function assemble({ inherit, set }: Environment, ofUser: ReadonlyMap<string, string>): Record<string, string> {
  const variables = new Map<string, string>()
  if (inherit) {
    for (const [name, value] of Object.entries(process.env)) {
      if (value !== undefined && !forUs.has(name)) variables.set(name, value)
    }
  }
  for (const [name, value] of [...ofUser, ...set]) variables.set(name, value)
  return Object.fromEntries(variables)
}
