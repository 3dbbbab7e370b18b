import type { Condition, Edge } from '../core/spec.ts'
import { parsed, type Reader } from './reader.ts'
import { byShape, oneOf, oneOrMore } from './shapes.ts'
import { complete, key } from './table.ts'
import type { Place } from './tree.ts'

/** A name that must be that of another process (or of several instances), and where it was written. */
export interface Reference {
  readonly to: string
  readonly place: Place
}

/** A dependency as it is written: `to` may still be a name that several instances share. */
export interface Dependency extends Reference {
  readonly condition: Condition
  readonly onExit: Edge['onExit']
}

const nameText = parsed('the name of a process', (found) => (found === '' ? null : found), {
  type: 'string',
  minLength: 1,
})

export function reference(): Reader<Reference> {
  return {
    schema: nameText.schema,
    read(node, reading) {
      const to = nameText.read(node, reading)
      return to === undefined ? undefined : { to, place: node }
    },
  }
}

export function references(): Reader<readonly Reference[]> {
  return oneOrMore(reference())
}

const keys = {
  name: key(reference(), 'The process it depends on.'),
  condition: key(
    oneOf('ready', 'started', 'completed', 'completed_successfully'),
    'What it waits for; `ready` if not said.',
  ),
  on_exit: key(oneOf('ignore', 'restart', 'stop'), 'What it does when the other one goes down; `ignore` if not said.'),
}

/** What a process waits for: names, or tables with a condition. [CD11] */
export function dependencies(): Reader<readonly Dependency[]> {
  const long = complete(keys, 'name')
  const short = reference()
  return oneOrMore(
    byShape<Dependency>('the name of a process, or a table with `name`', {
      scalar: {
        schema: short.schema,
        read(node, reading) {
          const found = short.read(node, reading)
          return found && { ...found, condition: 'ready', onExit: 'ignore' }
        },
      },
      table: {
        schema: long.schema,
        read(node, reading) {
          const values = long.read(node, reading)
          return (
            values?.name && {
              ...values.name,
              condition: values.condition ?? 'ready',
              onExit: values.on_exit ?? 'ignore',
            }
          )
        },
      },
    }),
  )
}
