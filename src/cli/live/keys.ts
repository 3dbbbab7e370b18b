/** A key that means something somewhere; a letter stands for itself. */
export type Key = Named | { readonly letter: string }

type Named =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  /** Ctrl-C and Ctrl-D. */
  | 'interrupt'
  | 'redraw'

/** What terminals send, in the modes they may be in. */
const named: ReadonlyMap<string, Named> = new Map([
  ['\x1b[A', 'up'],
  ['\x1bOA', 'up'],
  ['\x1b[B', 'down'],
  ['\x1bOB', 'down'],
  ['\x1b[5~', 'page-up'],
  ['\x1b[6~', 'page-down'],
  ['\x1b[H', 'home'],
  ['\x1bOH', 'home'],
  ['\x1b[1~', 'home'],
  ['\x1b[7~', 'home'],
  ['\x1b[F', 'end'],
  ['\x1bOF', 'end'],
  ['\x1b[4~', 'end'],
  ['\x1b[8~', 'end'],
  ['\r', 'enter'],
  ['\n', 'enter'],
  ['\x1b', 'escape'],
  ['\x03', 'interrupt'],
  ['\x04', 'interrupt'],
  ['\x0c', 'redraw'],
])

// oxlint-disable-next-line no-control-regex -- control characters are what it is about.
const pieces = /\x1b\[[\d;?]*[ -/]*[@-~]|\x1bO[@-~]|[\s\S]/gu

/** The keys in what a terminal has sent; what is none of ours is left out. */
export function keysIn(text: string): Key[] {
  return (text.match(pieces) ?? []).flatMap((piece): Key[] => {
    const key = named.get(piece)
    if (key !== undefined) return [key]
    return /^[a-z?]$/i.test(piece) ? [{ letter: piece.toLowerCase() }] : []
  })
}
