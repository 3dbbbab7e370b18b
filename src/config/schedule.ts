import { Cron } from 'croner'

import type { Schedule } from '../core/spec.ts'
import type { Schema } from './json-schema.ts'
import { parsed, readText, wrong, wrongText, type Reader, type Reading } from './reader.ts'
import { duration } from './readers.ts'
import { byShape, text } from './shapes.ts'
import { key, table } from './table.ts'
import type { Node } from './tree.ts'
import { parseSpan } from './values.ts'

const cronWords = 'a cron expression such as "0 3 * * *" or @daily'

const keys = {
  every: key(duration({ longerThanZero: true }), 'The period, counted from when the tree came up.'),
  cron: key(
    text(cronWords),
    'Five fields (minute, hour, day, month, weekday), six with seconds first, or @daily and its like.',
  ),
  time_zone: key(
    parsed('a time zone such as Europe/Berlin', (name) => (isTimeZone(name) ? name : null)),
    'For `cron`; that of the host if not said.',
  ),
}

const shortSchema: Schema = { type: 'string' }

/** When a process is run: `every: 10m`, or `cron` with a time zone; a text is either. [CD17] */
export function scheduleReader(): Reader<Schedule> {
  const long = table(keys)
  return byShape<Schedule>('a period such as 10m, a cron expression, or a table', {
    scalar: {
      schema: shortSchema,
      read(node, reading) {
        const written = readText(node, reading, 'a period such as 10m, or a cron expression')
        if (written === undefined) return undefined
        const period = parseSpan(written)
        if (period !== null && period > 0) return { tag: 'every', period }
        return cron(node, reading, { expression: written, timeZone: null })
      },
    },
    table: {
      schema: long.schema,
      read(node, reading) {
        const { every, cron: expression, time_zone: timeZone = null } = long.read(node, reading) ?? {}
        if (node.tag !== 'table') return undefined
        if (node.members.has('every') === node.members.has('cron')) {
          return wrong(node, reading, '`every` or `cron`, one of the two')
        }
        if (node.members.has('every') && node.members.has('time_zone')) {
          return wrong(node, reading, '`every` without a time zone')
        }
        if (every !== undefined) return { tag: 'every', period: every }
        return expression === undefined
          ? undefined
          : cron(node.members.get('cron')?.value ?? node, reading, { expression, timeZone })
      },
    },
  })
}

function cron(
  node: Node,
  reading: Reading,
  when: { expression: string; timeZone: string | null },
): Schedule | undefined {
  const problem = cronProblem(when)
  return problem === null
    ? { tag: 'cron', ...when }
    : wrongText(when.expression, node, { reading, expectation: cronWords, hint: problem })
}

/** Why an expression is no good, or null. One that never comes true, as on 31 February, is no good either. */
function cronProblem({ expression, timeZone }: { expression: string; timeZone: string | null }): string | null {
  // croner would also take a date; but a schedule comes again.
  if (!/\s|^@/.test(expression.trim())) return 'five fields are needed'
  try {
    const next = new Cron(expression, { paused: true, ...(timeZone === null ? {} : { timezone: timeZone }) }).nextRun(
      new Date(0),
    )
    return next === null ? 'it never comes true' : null
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return error.message.replace(/^Cron\w+: /, '')
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}
