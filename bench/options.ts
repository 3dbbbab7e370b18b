import { parseArgs } from 'node:util'

export interface Options {
  /** Which measurements: letters. */
  readonly only: ReadonlySet<string>
  readonly peers: boolean
  /** Fewer rounds: to see whether it works. */
  readonly quick: boolean
}

export const usage = `npm run bench -- [--only a,b,c,d,e] [--peers] [--quick]
  a  from the death of a program to the main of its replacement, beside a loop in C
  b  \`coppice ls\` with 100 processes, as a whole program
  c  resident memory with 0, 100 and 1,000 processes
  d  starting and stopping 100 and 1,000 processes
  e  processor time of an idle supervisor with 1,000 processes
  --peers  a and d for supervisord, runit, s6 and pm2 too (fetched where they are missing)
  --quick  few rounds: to see that it works, not for the figures`

/** null: the arguments make no sense. */
export function readOptions(args: readonly string[]): Options | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { only: { type: 'string' }, peers: { type: 'boolean' }, quick: { type: 'boolean' } },
    })
    const only = (values.only ?? 'a,b,c,d,e').split(',')
    if (only.some((letter) => !/^[a-e]$/.test(letter))) return null
    return { only: new Set(only), peers: values.peers === true, quick: values.quick === true }
  } catch (error) {
    if (error instanceof TypeError) return null // That is how parseArgs says it.
    throw error
  }
}
