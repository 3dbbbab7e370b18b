import { readFileSync } from 'node:fs'
import type { Identity } from '../core/spec.ts'
import { failure, success, type Result } from '../lib/result.ts'
import { isErrno } from './errno.ts'

/** User and groups of a process, in the kernel's numbers. */
export interface Credentials {
  readonly uid: number
  readonly gid: number
  /** Supplementary groups. */
  readonly groups: readonly number[]
}

/** Whom a process runs as. */
export interface Account {
  /** As the spec names them: `alice`, `alice:www`, `:www`. */
  readonly name: string
  /** What differs from coppice's own; null: nothing does. */
  readonly credentials: Credentials | null
  /** HOME, USER, LOGNAME and SHELL of the user; none when only a group was named. [PR6] */
  readonly variables: ReadonlyMap<string, string>
}

interface User {
  readonly name: string
  readonly uid: number
  /** Its primary group; null for a bare number, which has none. */
  readonly gid: number | null
  readonly home: string
  readonly shell: string
}

/**
 * Looks a spec's user and group up in /etc/passwd and /etc/group; either may be a number that stands in neither.
 * @returns null when the spec names none; fails with `unknown-user` or `unknown-group`
 */
export function resolveAccount({ user, group }: Pick<Identity, 'user' | 'group'>): Result<Account | null> {
  if (user === null && group === null) return success(null)
  const found = user === null ? null : (findUser(user) ?? numbered(user))
  if (user !== null && found === null) return failure('unknown-user', `there is no user ${user} on this host`)
  const gid = group === null ? (found?.gid ?? null) : findGroup(group)
  if (gid === null && group !== null) return failure('unknown-group', `there is no group ${group} on this host`)
  if (gid === null) return failure('unknown-group', `user ${user} is not in /etc/passwd: its group must be named too`)
  const own = ownCredentials()
  const uid = found?.uid ?? own.uid
  // Without a user the supplementary groups stay coppice's own; a user has all of its own, and none of coppice's.
  const groups = found === null ? own.groups : [...new Set([gid, ...groupsOf(found.name)])]
  return success({
    name: [user ?? '', ...(group === null ? [] : [group])].join(':'),
    credentials: uid === own.uid && gid === own.gid ? null : { uid, gid, groups },
    variables: variablesOf(found),
  })
}

/** Whom coppice itself runs as. */
export function ownCredentials(): Credentials {
  return { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, groups: process.getgroups?.() ?? [] }
}

/** The name of a user by its number; the number itself where it has none. */
export function userName(uid: number): string {
  return findUser(String(uid))?.name ?? String(uid)
}

/** The number of a user; null: nobody has that name. */
export function userId(nameOrUid: string): number | null {
  return (findUser(nameOrUid) ?? numbered(nameOrUid))?.uid ?? null
}

/** The number of a group; null: none has that name. */
export function groupId(nameOrGid: string): number | null {
  return findGroup(nameOrGid)
}

function findUser(nameOrUid: string): User | null {
  for (const [name = '', , uid, gid, , home = '/', shell = '/bin/sh'] of linesOf('/etc/passwd')) {
    if (name === nameOrUid || uid === nameOrUid) return { name, uid: Number(uid), gid: Number(gid), home, shell }
  }
  return null
}

/** A user that is only a number has no group of its own, unless it is the one we run as. */
function numbered(text: string): User | null {
  if (!/^\d+$/.test(text)) return null
  const uid = Number(text)
  const own = ownCredentials()
  return { name: text, uid, gid: uid === own.uid ? own.gid : null, home: '/', shell: '/bin/sh' }
}

function findGroup(nameOrGid: string): number | null {
  for (const [name, , gid] of linesOf('/etc/group')) {
    if (name === nameOrGid || gid === nameOrGid) return Number(gid)
  }
  return /^\d+$/.test(nameOrGid) ? Number(nameOrGid) : null
}

function groupsOf(user: string): readonly number[] {
  const rows = [...linesOf('/etc/group')]
  return rows.flatMap(([, , gid, members = '']) => (members.split(',').includes(user) ? [Number(gid)] : []))
}

function variablesOf(user: User | null): ReadonlyMap<string, string> {
  if (user === null) return new Map()
  const { name, home, shell } = user
  return new Map([['HOME', home], ['USER', name], ['LOGNAME', name], ['SHELL', shell]]) // prettier-ignore
}

function linesOf(path: string): readonly (readonly string[])[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n')
    return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(':'))
  } catch (error) {
    // A container from scratch has neither file: then there are only numbers.
    if (!isErrno(error, 'ENOENT')) throw error
    return []
  }
}
