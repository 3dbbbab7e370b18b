/** The end of every switch over a union: a type error when a case is missing, a loud stop when the types lied. */
export function assertNever(value: never): never {
  throw new Error(`not a case: ${JSON.stringify(value)}`)
}
