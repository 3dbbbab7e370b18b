import type { Census, Tribe } from '../census.ts'
import type { Datagram } from '../libc.ts'
import { readStat } from '../procfs.ts'

/**
 * Whether a datagram may speak for a run: [NT6]. The kernel says who sent it. A sender that is there must be a member.
 * One that has already ended can only be judged by its user; the socket's name is known to members alone.
 * @param uids the users that a vanished sender may have been
 */
export function isHeard(
  { pid, uid }: Datagram,
  { tribe, census, uids }: { readonly tribe: Tribe; readonly census: Census; readonly uids: readonly number[] },
): boolean {
  if (pid <= 0) return false
  return readStat(pid) === null ? uids.includes(uid) : census.isMember(pid, tribe)
}
