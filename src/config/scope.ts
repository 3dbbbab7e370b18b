import { didYouMean, type Reading } from './reader.ts'
import type { Setting } from './settings.ts'
import { fillIn } from './variables.ts'

/** Looks a variable up; undefined: it is not set. */
export type Lookup = (name: string) => string | undefined

/** What lies nearer hides what lies further out. */
export function within(outer: Lookup, inner: ReadonlyMap<string, string>): Lookup {
  return (name) => inner.get(name) ?? outer(name)
}

/** How our dialect fills in variables: one that is not set is a problem. [CD6] [CD7] */
export function strictly(
  lookup: Lookup,
  {
    problems,
    names,
    nocheck,
  }: { readonly problems: Reading['problems']; readonly names: () => readonly string[]; readonly nocheck: boolean },
): NonNullable<Reading['fill']> {
  return (text, place) => {
    let failed = false
    const missing = (written: string, name: string | null): string => {
      if (nocheck) return written
      failed = true
      const near =
        name === null
          ? null
          : didYouMean(
              `$${name}`,
              names().map((known) => `$${known}`),
            )
      if (name === null) problems.error(place, `"${written}" begins no variable`, 'write `$$` for a plain `$`')
      else
        problems.error(
          place,
          `the variable ${name} is not set`,
          near ?? `write \`\${${name}:-}\` for nothing in its place, or \`$$\` for a plain \`$\``,
        )
      return written
    }
    const filled = fillIn(text, { lookup, missing, digits: false })
    return failed ? null : filled
  }
}

/**
 * Fills in variables from the first to the last: each may speak of those before it and of what lies further out, by its
 * own name too (`PATH: /opt/bin:$PATH`).
 * @returns them together with those of `before`
 */
export function settle(
  settings: readonly Setting[],
  {
    before,
    fill,
  }: {
    readonly before: ReadonlyMap<string, string>
    readonly fill: (settled: ReadonlyMap<string, string>) => Reading['fill']
  },
): ReadonlyMap<string, string> {
  const settled = new Map(before)
  for (const { name, text, place, literal } of settings) {
    const filler = literal ? null : fill(settled)
    settled.set(name, filler === null ? text : (filler(text, place) ?? text))
  }
  return settled
}
