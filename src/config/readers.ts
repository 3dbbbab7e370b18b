import { parseSignal, type SignalName } from '../lib/signals.ts'
import type { Millis } from '../lib/time.ts'
import { anyOf, variable } from './json-schema.ts'
import { parsed, readText, wrongText, type Reader } from './reader.ts'
import { isProcessName, isRegex, parseMode, parseSize, parseSpan, parseWhole } from './values.ts'

/** A truth value. A text may say it too: a variable can be nothing else. */
export function flag(): Reader<boolean> {
  return parsed(
    'true or false',
    (text) => (text === 'true' ? true : text === 'false' ? false : null),
    anyOf({ type: 'boolean' }, variable),
  )
}

export function whole({ min, max }: { readonly min: number; readonly max: number }): Reader<number> {
  const schema = anyOf({ type: 'integer', minimum: min, maximum: max }, variable)
  return parsed(`a whole number from ${min} to ${max}`, (text) => parseWhole(text, { min, max }), schema)
}

/** A number that need not be whole. */
export function amount({ min, max }: { readonly min: number; readonly max: number }): Reader<number> {
  const expectation = max === Number.POSITIVE_INFINITY ? `a number, at least ${min}` : `a number from ${min} to ${max}`
  const schema = anyOf({ type: 'number', minimum: min, ...(Number.isFinite(max) ? { maximum: max } : {}) }, variable)
  return parsed(expectation, (text) => inRange(Number(text.trim() || Number.NaN), { min, max }), schema)
}

function inRange(number: number, { min, max }: { min: number; max: number }): number | null {
  return Number.isFinite(number) && number >= min && number <= max ? number : null
}

const durationSchema = { $ref: '#/definitions/duration' }

/** A span of time, as Go writes it and with days. `longerThanZero`: 0 would make no sense. */
export function duration(options: { readonly longerThanZero?: boolean } = {}): Reader<Millis> {
  const expectation = `a duration${options.longerThanZero ? ' longer than 0' : ''} such as 500ms, 2s or 1h30m`
  return {
    schema: durationSchema,
    read(node, reading) {
      const text = readText(node, reading, expectation)
      if (text === undefined) return undefined
      const span = parseSpan(text)
      if (span !== null && (span > 0 || !options.longerThanZero)) return span
      const lacksUnit = /^\s*\d+(?:\.\d+)?\s*$/.test(text) && span === null
      const hint = lacksUnit ? `write the unit: "${text.trim()}s" or "${text.trim()}ms"` : null
      return wrongText(text, node, { reading, expectation, hint })
    },
  }
}

/** Bytes. */
export function size(): Reader<number> {
  return parsed(
    'a size such as 512k, 10MB or 1G',
    parseSize,
    anyOf({ type: 'integer', minimum: 0 }, { $ref: '#/definitions/size' }),
  )
}

/** File permissions: octal digits, with or without quotes. */
export function mode(max = 0o7777): Reader<number> {
  const expectation = `octal digits such as ${max === 0o777 ? '022' : '0755'}`
  return parsed(expectation, (text) => inRange(parseMode(text) ?? Number.NaN, { min: 0, max }))
}

/** A signal, with or without SIG, or its number. */
export function signal(allowed: readonly SignalName[] | null = null): Reader<SignalName> {
  const among = allowed === null ? 'a signal such as SIGTERM' : `one of the signals ${allowed.join(', ')}`
  return parsed(among, (text) => {
    const name = parseSignal(text)
    return name !== null && (allowed === null || allowed.includes(name)) ? name : null
  })
}

export function regex(): Reader<string> {
  return parsed('a regular expression', (text) => (isRegex(text) ? text : null))
}

const nameRule = 'a name of letters, digits and ._@+-, not beginning with . or -, and not all digits'

/** What a process is called. */
export function processName(): Reader<string> {
  return parsed(
    nameRule,
    (text) => (isProcessName(text) ? text : null),
    anyOf({ type: 'string', pattern: '^[A-Za-z0-9_@+][A-Za-z0-9._@+-]*$' }, variable),
  )
}
