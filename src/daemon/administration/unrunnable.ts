import { statSync, type Stats } from 'node:fs'
import type { ProcessSpec } from '../../core/spec.ts'
import { environmentOf } from '../../system/environment.ts'
import { errnoOf } from '../../system/errno.ts'
import { say } from '../../system/explain.ts'
import { ownCredentials, resolveAccount } from '../../system/identity.ts'
import { findProgram } from '../../system/lookup.ts'

/**
 * Why this could never be started as it is written: no such user, no such program, or one that nobody may execute. What
 * only its user is kept from shows at the start itself. [DM23]
 * @returns a sentence, or null
 */
export function unrunnable({ command, cwd, env, identity }: ProcessSpec): string | null {
  const account = resolveAccount(identity)
  if (!account.ok) return `user: ${account.failure.message}`
  if ((account.value?.credentials ?? null) !== null && ownCredentials().uid !== 0)
    return `user: only a daemon of root may run a process as ${account.value?.name ?? 'another'}`
  if (command === null) return null
  const [word] = command
  const path = environmentOf(env, { account: account.value, added: {} })['PATH']
  const program = findProgram(word, { cwd, path })
  if ('searched' in program) return `${say('ENOENT', word).message} (not found on PATH ${program.searched})`
  const stat = statOf(program.found)
  if (stat === 'hidden') return null
  if (stat === undefined) return say('ENOENT', program.found).message
  if (stat.isDirectory()) return `${say('EACCES', program.found).message} (a directory)`
  return (stat.mode & 0o111) === 0 ? `${say('EACCES', program.found).message} (it is not executable)` : null
}

/** `hidden`: not for us to see; perhaps for the user it is to run as. */
function statOf(file: string): Stats | 'hidden' | undefined {
  try {
    return statSync(file)
  } catch (error) {
    const code = errnoOf(error)
    if (code === null) throw error
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : 'hidden'
  }
}
