import type { Check } from '../core/check.ts'
import { allOf, composing } from './compose.ts'
import type { Schema } from './json-schema.ts'
import { probeKinds } from './probes.ts'
import type { Reader } from './reader.ts'
import { duration } from './readers.ts'
import { list } from './shapes.ts'
import { key, table, type Keys, type Values } from './table.ts'

/** One way to write a check as a table. */
export interface Form {
  readonly keys: Keys
  readonly build: (values: Values<Keys>) => Check | null
}

/** Every way, by the key that tells it from the others: a kind of probe, or `all`, `any` or `not` of other checks. */
export function formsWith(extras: Keys, nested: Reader<Check>): ReadonlyMap<string, Form> {
  const timeout = { timeout: key(duration({ longerThanZero: true }), 'How long one attempt may take; 1s if not said.') }
  const probes = probeKinds().map(({ name, keys, build }): [string, Form] => [
    name,
    {
      keys: { ...keys, ...timeout, ...composing, ...extras },
      build: (values) => allOf(build(values, Number(values['timeout'] ?? 1000))),
    },
  ])
  const compositions: [string, Form][] = [
    composition('all', list(nested), { doc: 'Passes when all of these do.', make: (of) => ({ tag: 'all', of }) }),
    composition('any', list(nested), {
      doc: 'Passes when at least one of these does.',
      make: (of) => ({ tag: 'any', of }),
    }),
    composition('not', nested, { doc: 'Passes when this fails.', make: (of) => ({ tag: 'not', of }) }),
  ]
  return new Map([
    ...probes,
    ...compositions.map(([name, { keys, build }]): [string, Form] => [name, { keys: { ...keys, ...extras }, build }]),
  ])
}

function composition<T>(
  name: string,
  reader: Reader<T>,
  { doc, make }: { doc: string; make: (of: T) => Check },
): [string, Form] {
  // Read by the key of that name just above, or not at all.
  const build = (values: Values<Keys>): Check | null => (values[name] === undefined ? null : make(values[name] as T))
  return [name, { keys: { [name]: key(reader, doc), ...composing }, build }]
}

/** One table with the keys of all forms: shorter than one for each, and the loader tells what does not go together. */
export function formsSchema(forms: ReadonlyMap<string, Form>): Schema {
  return { ...table(allKeys(forms)).schema, oneOf: [...forms.keys()].map((kind) => ({ required: [kind] })) }
}

/** The keys of all forms together. */
export function allKeys(forms: ReadonlyMap<string, Form>): Keys {
  return Object.assign({}, ...[...forms.values()].map(({ keys }) => keys))
}
