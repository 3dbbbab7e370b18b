import { statSync, type Stats } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { errnoOf } from './errno.ts'

/** Where a bare name is looked up when the child's environment has no PATH. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Finds the file that a command's first word means, as `execvp` would inside the child: a word with a slash is a path,
 * from the child's working directory; a bare name is looked up on the child's own PATH. [PR7]
 * @returns the absolute path, or the directories that were searched in vain
 */
export function findProgram(
  word: string,
  { cwd, path = defaultPath }: { readonly cwd: string; readonly path: string | undefined },
): { readonly found: string } | { readonly searched: string } {
  if (word.includes('/')) return { found: isAbsolute(word) ? word : resolve(cwd, word) }
  if (word === '') return { searched: path }
  // An empty element means the working directory.
  const files = path.split(':').map((directory) => join(resolve(cwd, directory), word))
  const found = files.find(isProgram) ?? files.find(isFile)
  return found === undefined ? { searched: path } : { found }
}

/** Not `access`: that asks for coppice's user, and the child may be another's. `execve` has the last word anyway. */
function isProgram(file: string): boolean {
  const stat = statOf(file)
  return stat !== undefined && stat.isFile() && (stat.mode & 0o111) !== 0
}

function isFile(file: string): boolean {
  return statOf(file)?.isFile() ?? false
}

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false })
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return undefined // a directory of PATH that is a file, or not for us to see
  }
}
