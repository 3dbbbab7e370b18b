import { failure, success, type Result } from '../lib/result.ts'
import type { Millis } from '../lib/time.ts'
import { askProgram } from '../system/ask-program.ts'
import { whyNotExecutable } from '../system/replace.ts'
import { stateFormat } from '../wire/state-format.ts'
import type { Command } from './own-program.ts'

/** How long a program may take to say its version. */
const patience: Millis = 2000

/**
 * Finds out whether a program can take our place: it is there, says which coppice it is, and can read the state that we
 * leave to it. [DM41]
 * @returns its version, or why not
 */
export async function checkProgram(command: Command): Promise<Result<string>> {
  const [file] = command
  const problem = whyNotExecutable(file)
  if (problem !== null) return { ok: false, failure: problem }
  const asked = await askProgram([...command, 'version', '--json'], { timeout: patience })
  if (!asked.ok) return failure('no-coppice', `${file} does not say its version: ${asked.failure.message}`)
  const said = parse(asked.value)
  if (said === null)
    return failure('no-coppice', `${file} is no coppice that could take over: \`version\` says otherwise`)
  if (said.state < stateFormat) {
    const than = `it reads version ${said.state} of the state, and this one writes version ${stateFormat}`
    return failure('too-old', `${file} is too old, coppice ${said.version}: ${than}`)
  }
  return success(said.version)
}

function parse(text: string): { readonly version: string; readonly state: number } | null {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || !('version' in value) || !('state' in value)) return null
  const { version, state } = value
  return typeof version === 'string' && typeof state === 'number' ? { version, state } : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
