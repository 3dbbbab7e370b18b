import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { assertNever } from '../../lib/assert.ts'
import { failure, success, type Result } from '../../lib/result.ts'
import { quoted } from '../render/units.ts'
import type { Step } from './plan.ts'

/** Where and how far steps are taken. */
export interface Ground {
  /** Every path is taken below this directory, and nothing outside of it is run or given away; null: the host itself. */
  readonly root: string | null
  /** Runs a command to its end. @returns what it said where it failed, else null */
  readonly run: (command: readonly string[]) => string | null
}

/** What a step did, or would do, in a line. */
export function describeStep(step: Step, { root }: Pick<Ground, 'root'>): string {
  const at = (path: string): string => quoted(under(root, path))
  switch (step.tag) {
    case 'copy':
      return `copy ${quoted(step.from)} to ${at(step.to)}`
    case 'directory':
      return `make the directory ${at(step.path)}, mode ${octal(step.mode)}${step.owner === null ? '' : `, of ${step.owner}`}`
    case 'write':
      return `write ${at(step.path)}${step.isKept ? ', unless it is there' : ''}`
    case 'run':
      return `run ${step.command.map(quoted).join(' ')}${root === null ? '' : ', not below another root'}`
    case 'remove':
      return `remove ${at(step.path)}`
    case 'say':
      return step.text
    default:
      return assertNever(step)
  }
}

/**
 * Takes one step. Taken again, it changes nothing.
 * @returns whether anything was to be done; `install-failed`
 */
export function perform(step: Step, { root, run }: Ground): Result<'done' | 'nothing'> {
  try {
    switch (step.tag) {
      case 'copy':
        return copy(step.from, under(root, step.to))
      case 'directory':
        return makeDirectory(step, { root, run })
      case 'write':
        return write(under(root, step.path), step)
      case 'run':
        return root === null ? runCommand(step, run) : success('nothing')
      case 'remove':
        return remove(under(root, step.path))
      case 'say':
        return success('done')
      default:
        return assertNever(step)
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return failed(step, root, error.message)
  }
}

function failed(step: Step, root: string | null, why: string): Result<never> {
  const message = `Could not ${describeStep(step, { root })}: ${why}.`
  return failure('install-failed', message, 'What was done before stays; do it again when this is mended.')
}

/** A program that runs cannot be written to, but it can be replaced. */
function copy(from: string, to: string): Result<'done'> {
  mkdirSync(dirname(to), { recursive: true })
  const beside = `${to}.new`
  copyFileSync(from, beside)
  chmodSync(beside, 0o755)
  renameSync(beside, to)
  return success('done')
}

function makeDirectory(step: Extract<Step, { tag: 'directory' }>, { root, run }: Ground): Result<'done'> {
  const path = under(root, step.path)
  mkdirSync(path, { recursive: true })
  chmodSync(path, step.mode)
  if (step.owner === null || root !== null) return success('done')
  const said = run(['chown', step.owner, path])
  return said === null ? success('done') : failed(step, root, said)
}

function write(path: string, { text, isKept }: Extract<Step, { tag: 'write' }>): Result<'done' | 'nothing'> {
  if (isKept && existsSync(path)) return success('nothing')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode: 0o644 })
  return success('done')
}

function runCommand(step: Extract<Step, { tag: 'run' }>, run: Ground['run']): Result<'done' | 'nothing'> {
  const said = run(step.command)
  if (said === null) return success('done')
  return step.mayFail ? success('nothing') : failed(step, null, said)
}

function remove(path: string): Result<'done' | 'nothing'> {
  if (!existsSync(path)) return success('nothing')
  rmSync(path)
  return success('done')
}

/** Runs commands on this host. */
export function runHere([program = '', ...args]: readonly string[]): string | null {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (error !== undefined) return error.message
  return status === 0 ? null : stderr.trim().replace(/\.$/, '') || `it ended with ${status ?? 'a signal'}`
}

function under(root: string | null, path: string): string {
  return root === null ? path : join(root, path)
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
