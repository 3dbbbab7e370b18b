import { nearMiss } from '../lib/near-miss.ts'
import { failure, success, type Result } from '../lib/result.ts'
import { namesIn } from '../wire/names.ts'
import type { Operands } from './command.ts'

/** What is no option of a command line: before `--`, and after it. */
interface Given {
  readonly before: readonly string[]
  readonly after: readonly string[]
}

/**
 * What a verb gets as its operands: [CL2], [CL50], [CL52].
 * @returns `usage` where there are too many or too few
 */
export function operandsOf(expected: Operands, { before, after }: Given): Result<readonly string[]> {
  const given = [...before, ...after]
  const [first, second] = given
  switch (expected.tag) {
    case 'none':
      return first === undefined ? success([]) : tooMuch(first)
    case 'file':
      if (first === undefined) return failure('usage', 'Which file?')
      return second === undefined ? success(given) : tooMuch(second)
    case 'command':
      return given.length > 2 ? tooMuch(given[2] ?? '') : success(given)
    case 'processes':
      return namesOf(given, expected.optional === true ? null : 'Which process? Give its name or its id.')
    case 'groups':
      return namesOf(given, whichGroup)
    case 'new-group':
      if (first === undefined) return failure('usage', 'Which name shall it have?')
      return second === undefined ? success(given) : tooMuch(second)
    case 'members':
      return membersOf(given)
    case 'program':
      return programOf({ before, after })
    case 'word':
      if (second !== undefined) return tooMuch(second)
      return wordOf(first, expected)
  }
}

const whichGroup = 'Which group? Give its name or its id.'

/** @param question what to ask where there is none; null: none is fine */
function namesOf(given: readonly string[], question: string | null): Result<readonly string[]> {
  const names = [...new Set(given.flatMap(namesIn))]
  return names.length > 0 || question === null ? success(names) : failure('usage', question)
}

/** Two operands: the groups, and all processes as one. */
function membersOf([groups = '', ...processes]: readonly string[]): Result<readonly string[]> {
  if (namesIn(groups).length === 0) return failure('usage', whichGroup)
  const names = processes.flatMap(namesIn)
  if (names.length === 0) return failure('usage', 'Which process? Groups come first, then processes.')
  return success([namesIn(groups).join(','), names.join(',')])
}

/** The program, and its arguments, which are not looked at. */
function programOf({ before, after }: Given): Result<readonly string[]> {
  const [program, ...others] = [...before.slice(0, 1), ...(before.length === 0 ? after : [])]
  const [second] = before.slice(1)
  if (program === undefined) return failure('usage', 'Which program?')
  if (second === undefined) return success([program, ...(before.length === 0 ? others : after)])
  return failure('usage', `"${second}" is one argument too many.`, 'Arguments of the program come after --.')
}

function wordOf(
  word: string | undefined,
  { value, words, optional }: Extract<Operands, { tag: 'word' }>,
): Result<readonly string[]> {
  if (word === undefined) return optional === true ? success([]) : failure('usage', `Which ${value}? ${oneOf(words)}`)
  if (words.includes(word)) return success([word])
  const near = nearMiss(word, words)
  return failure(
    'usage',
    `"${word}" is no ${value}. ${oneOf(words)}`,
    near === null ? undefined : `Did you mean "${near}"?`,
  )
}

function oneOf(words: readonly string[]): string {
  return `There is ${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}.`
}

function tooMuch(operand: string): Result<never> {
  return failure('usage', `"${operand}" is one argument too many.`)
}
