import { dirname } from 'node:path'
import type { Caller } from '../api/control.ts'
import type { ProcessSpec } from '../core/spec.ts'
import { ownCredentials } from '../system/identity.ts'
import { refused, type Refusal } from '../wire/refusal.ts'

/** Whether the kernel says that it is root or the daemon's own user: those may have processes run as anybody. [DM12] */
export function isMaster(caller: Caller | null): boolean {
  return caller !== null && (caller.uid === 0 || caller.uid === ownCredentials().uid)
}

/**
 * Why this caller may not declare these: whoever may use the socket may have processes of their own, but they are started
 * by a daemon that may be root, and it opens their logs. [DM12]
 */
export function trespass(
  caller: Caller | null,
  specs: readonly ProcessSpec[],
  { logs }: { readonly logs: string },
): { readonly ok: false; readonly failure: Refusal } | null {
  if (isMaster(caller)) return null
  const user = caller?.user ?? 'nobody'
  for (const spec of specs) {
    const why = trespassOf(spec, { caller, logs })
    if (why !== null) {
      return refused(
        'forbidden',
        `${user} may not: "${spec.name}" ${why}.`,
        'Only root and the user of the daemon may.',
      )
    }
  }
  return null
}

function trespassOf(
  { identity, output, declared }: ProcessSpec,
  by: { caller: Caller | null; logs: string },
): string | null {
  const { caller, logs } = by
  const isOwn = caller !== null && (identity.user === caller.user || identity.user === String(caller.uid))
  if (!isOwn) return `runs as ${identity.user ?? "the daemon's user"}`
  if (identity.group !== null) return `has a group of its own, ${identity.group}`
  if (identity.nice !== null && identity.nice < 0) return `has a niceness of ${identity.nice}`
  if (declared?.entry['env_file'] !== undefined) return 'has an env_file, which the daemon would read'
  const outside = [output.stdout, output.stderr].find((sink) => sink.tag === 'file' && dirname(sink.path) !== logs)
  return outside?.tag === 'file' ? `logs to ${outside.path}, outside of ${logs}` : null
}
