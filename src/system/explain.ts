import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { failure, type Failure } from '../lib/result.ts'
import { errnoOf, errnoText } from './errno.ts'

/**
 * Says what an errno of the spawn is about: the kernel gives one number for the working directory, the program and the
 * interpreter of its first line. To be asked while still acting as the user it failed for. [PR8]
 */
export function explainSpawn(code: string, { file, cwd }: { readonly file: string; readonly cwd: string }): Failure {
  const directory = problemWithDirectory(cwd)
  if (directory !== null) return say(directory, `${cwd} (the working directory)`)
  if (code === 'EACCES' && problemWithDirectory(file) === null) return say(code, `${file} (a directory)`)
  if (code !== 'ENOENT' || !existsSync(file)) return say(code, file)
  const interpreter = interpreterOf(file)
  return say(
    code,
    interpreter === null ? `the loader of ${file}` : `${resolve(cwd, interpreter)} (the interpreter of ${file})`,
  )
}

/** A sentence of the errno's text and a path: `no such file or directory: /x/y`. */
export function say(code: string, path: string): Failure {
  return failure(code, `${errnoText(code)}: ${path}`).failure
}

/** The errno's name of what stands between us and being in a directory, or null. */
function problemWithDirectory(path: string): string | null {
  try {
    if (!statSync(path).isDirectory()) return 'ENOTDIR'
    accessSync(path, constants.X_OK)
    return null
  } catch (error) {
    const code = errnoOf(error)
    if (code === null) throw error
    return code
  }
}

/** What follows `#!` in the first line; null where there is none, or where it cannot be read. */
function interpreterOf(file: string): string | null {
  const head = Buffer.alloc(256)
  try {
    const descriptor = openSync(file, 'r')
    try {
      const text = head.toString('latin1', 0, readSync(descriptor, head, 0, head.length, 0))
      return /^#!\s*(\S+)/.exec(text)?.[1] ?? null
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return null
  }
}
