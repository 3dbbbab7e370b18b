import type { PlacesQuery } from '../wire/places.ts'

/** What the places and the settings of a supervisor depend on: our environment, our user, our directory. */
export function here(): Pick<PlacesQuery, 'env' | 'uid' | 'cwd'> {
  return { env: process.env, uid: process.getuid?.() ?? 0, cwd: process.cwd() }
}
