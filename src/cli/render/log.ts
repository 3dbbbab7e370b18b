/** SGR parameters of colours that stand apart from each other and are legible on any theme. */
const palette = ['36', '33', '35', '32', '34', '96', '93', '95'] as const

/** What stands before each line of the nth process: `web | `, in a column as wide as the longest name. */
export function prefixesOf(names: readonly string[], { colour }: { readonly colour: boolean }): readonly string[] {
  const width = Math.max(0, ...names.map((name) => name.length))
  return names.map((name, nth) => {
    const text = `${name.padEnd(width)} |`
    return colour ? `\x1b[${palette[nth % palette.length] ?? '0'}m${text}\x1b[0m ` : `${text} `
  })
}

/** Cuts the bytes of one process into whole lines, each with its prefix: [LR11]. */
export interface Prefixer {
  /** The lines that are complete by now; without bytes where there are none. */
  take(bytes: Uint8Array): Uint8Array
  /** What is left of a line without an end, as a line. */
  end(): Uint8Array
}

const newline = 10

/**
 * @param longest of a line that does not end, no more than so many bytes are kept; then it is broken
 */
export function prefixer(prefix: string, longest = 1 << 20): Prefixer {
  const before = new TextEncoder().encode(prefix)
  let rest: Uint8Array = new Uint8Array()

  const wholeLine = (line: Uint8Array): readonly Uint8Array[] => [before, line, Uint8Array.of(newline)]

  return {
    take(bytes) {
      const text = rest.length === 0 ? bytes : joined([rest, bytes])
      const pieces: Uint8Array[] = []
      let start = 0
      for (let end = text.indexOf(newline); end >= 0; end = text.indexOf(newline, start)) {
        pieces.push(before, text.subarray(start, end + 1))
        start = end + 1
      }
      rest = text.slice(start)
      if (rest.length > longest) {
        pieces.push(...wholeLine(rest))
        rest = new Uint8Array()
      }
      return joined(pieces)
    },
    end() {
      const last = rest.length === 0 ? new Uint8Array() : joined(wholeLine(rest))
      rest = new Uint8Array()
      return last
    },
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces)
}
