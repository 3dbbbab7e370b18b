import { nearMiss } from '../lib/near-miss.ts'
import { failure, success, type Result } from '../lib/result.ts'
import { parseDuration } from '../lib/time.ts'
import { namesIn } from '../wire/names.ts'
import type { Option } from './option.ts'

export type Value = string | number | boolean | readonly string[] | null

/** An option as it stands on the command line. */
export interface Given {
  readonly name: string
  /** With its dashes. */
  readonly rawName: string
  readonly value: string | undefined
  /** Whether the value was joined to it with `=`, or stuck to a short one. */
  readonly inlineValue: boolean | undefined
}

/** What a given option means: its name in the table, and its value. Fails with `usage`: [CL4]. */
export function valueOf(given: Given, options: ReadonlyMap<string, Option>): Result<{ name: string; value: Value }> {
  const spelled = given.name.replaceAll('_', '-')
  const negated = spelled.startsWith('no-') ? spelled.slice(3) : null
  const isNegated = negated !== null && options.get(negated)?.kind === 'switch'
  const name = isNegated ? negated : longName(spelled, options)
  const option = options.get(name)
  if (option === undefined) return unknownOption(given, options)
  const value = isNegated ? negation(given) : read(given, option)
  return value.ok ? success({ name, value: value.value }) : value
}

/** The name in the table of an option that may have others. */
function longName(name: string, options: ReadonlyMap<string, Option>): string {
  if (options.has(name)) return name
  for (const [long, { also }] of options) if (also?.includes(name) === true) return long
  return name
}

function negation({ rawName, inlineValue }: Given): Result<Value> {
  return inlineValue === true ? failure('usage', `${rawName} takes no value.`) : success(false)
}

function read(given: Given, option: Option): Result<Value> {
  const { rawName, value, inlineValue } = given
  if (option.kind === 'flag' || option.kind === 'switch') {
    return inlineValue === true ? failure('usage', `${rawName} takes no value.`) : success(true)
  }
  const mayBeDashed = inlineValue === true || ('dashed' in option && option.dashed === true)
  if (value === undefined || value === '' || (!mayBeDashed && /^-./.test(value))) {
    return failure('usage', `${rawName} needs a value: ${rawName} ${option.value}.`)
  }
  switch (option.kind) {
    case 'text':
      return success(value)
    case 'list':
      return success(namesIn(value))
    case 'texts':
      return success([value])
    case 'count':
      return count(rawName, value)
    case 'duration':
      return duration(rawName, value)
    case 'choice':
      return choice(rawName, value, option.choices)
  }
}

function count(rawName: string, text: string): Result<Value> {
  const whole = /^[1-9]\d{0,8}$/.test(text)
  return whole ? success(Number(text)) : failure('usage', `${rawName} is a number from 1 on, not "${text}".`)
}

function duration(rawName: string, text: string): Result<Value> {
  const span = parseDuration(text)
  if (span !== null && span >= 0) return success(span)
  const hint = /^\d+$/.test(text) ? `Did you mean ${text}s?` : 'Write it as 500ms, 30s, 5m or 1h30m.'
  return failure('usage', `${rawName}: "${text}" is no duration.`, hint)
}

function choice(rawName: string, text: string, choices: readonly string[]): Result<Value> {
  if (choices.includes(text)) return success(text)
  const near = nearMiss(text, choices)
  const hint = near === null ? undefined : `Did you mean "${near}"?`
  return failure('usage', `${rawName} is one of ${choices.join(', ')}, not "${text}".`, hint)
}

function unknownOption({ rawName, name }: Given, options: ReadonlyMap<string, Option>): Result<never> {
  const known = [...options].flatMap(([long, { kind }]) => (kind === 'switch' ? [long, `no-${long}`] : [long]))
  const near = rawName.startsWith('--') ? nearMiss(name, known) : null
  return failure('usage', `There is no option ${rawName} here.`, near === null ? undefined : `Did you mean --${near}?`)
}
