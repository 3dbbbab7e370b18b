import { failure, success, type Result } from '../lib/result.ts'
import { errnoName, errnoText } from './errno.ts'
import { ownCredentials, type Account } from './identity.ts'
import { setThreadGids, setThreadGroups, setThreadUids } from './libc.ts'

/**
 * Does something synchronous as somebody else: this thread alone changes its identity, and a child that it forks
 * meanwhile inherits it. (The runtime's own `uid` and `gid` options lose the user's supplementary groups.)
 *
 * The saved uid stays ours, so that the way back is open; an `execve` of the child closes it.
 */
export function actAs<T>({ name, credentials }: Account, act: () => T): Result<T> {
  if (credentials === null) return success(act())
  const own = ownCredentials()
  const realUid = process.getuid?.() ?? own.uid
  const realGid = process.getgid?.() ?? own.gid
  const steps: readonly Step[] = [
    // Groups first: without the uid there is no right to set them.
    { go: () => setThreadGroups(credentials.groups), back: () => setThreadGroups(own.groups) },
    {
      go: () => setThreadGids(credentials.gid, credentials.gid, credentials.gid),
      back: () => setThreadGids(realGid, own.gid, own.gid),
    },
    {
      go: () => setThreadUids(credentials.uid, credentials.uid, own.uid),
      back: () => setThreadUids(realUid, own.uid, own.uid),
    },
  ]
  const taken: Step[] = []
  try {
    for (const step of steps) {
      const result = step.go()
      if (result < 0) return refusal(name, errnoName(result))
      taken.unshift(step)
    }
    return success(act())
  } finally {
    // A supervisor that stays somebody else would start everything after this as the wrong user.
    if (taken.some((step) => step.back() < 0)) process.abort()
  }
}

interface Step {
  /** Both return a negated errno when they are refused. */
  readonly go: () => number
  readonly back: () => number
}

function refusal(name: string, code: string): Result<never> {
  return failure(code, `coppice may not run anything as ${name}: ${errnoText(code)}`)
}
