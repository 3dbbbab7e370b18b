import { readFileSync, realpathSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { findProgram } from '../system/lookup.ts'

export type Command = readonly [string, ...string[]]

/** Whether this program is compiled into one file; else it is run from its sources. */
const isCompiled = Bun.main.startsWith('/$bunfs/')

/**
 * The program that runs, by the path that it was started from: where that is a symbolic link, it may lead to another one
 * by the time it is run again. To be asked at the start: the file itself may be replaced.
 */
export function ownProgram(): Command {
  return isCompiled ? [startedFrom()] : [process.execPath, Bun.main]
}

function startedFrom(): string {
  const [word = ''] = commandLine()
  const asked = findProgram(word, { cwd: process.cwd(), path: process.env['PATH'] })
  const isIt = 'found' in asked && isAbsolute(asked.found) && resolved(asked.found) === process.execPath
  return isIt ? asked.found : process.execPath
}

function commandLine(): readonly string[] {
  try {
    return readFileSync('/proc/self/cmdline', 'utf8').split('\0')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return [] // no /proc
  }
}

function resolved(path: string): string | null {
  try {
    return realpathSync(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return null
  }
}
