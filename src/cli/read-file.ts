import { readFileSync } from 'node:fs'
import { failure, success, type Result } from '../lib/result.ts'

/** The text of a file that a command line names. @param name as it was named; `bad-file` */
export function readFile(name: string, path: string): Result<string> {
  try {
    return success(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const why = code === 'ENOENT' ? 'There is no such file' : code === 'EISDIR' ? 'It is a directory' : message
    return failure('bad-file', `${name}: ${why}.`)
  }
}
