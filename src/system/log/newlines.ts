const newline = 10

export function endsLine(bytes: Uint8Array): boolean {
  return bytes.at(-1) === newline
}

export function newlinesIn(bytes: Uint8Array): number {
  let count = 0
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count++
  return count
}

/** Where the text after the `nth` newline begins, counted from 1; null: there are not so many. */
export function afterNewline(bytes: Uint8Array, nth: number): number | null {
  let at = -1
  for (let count = 0; count < nth; count++) {
    at = bytes.indexOf(newline, at + 1)
    if (at < 0) return null
  }
  return at + 1
}

/** The same counted from the end: where the text after the `nth` last newline begins. */
export function afterLastNewline(bytes: Uint8Array, nth: number): number | null {
  if (nth === 0) return bytes.length
  let at = bytes.length
  for (let count = 0; count < nth; count++) {
    at = at === 0 ? -1 : bytes.lastIndexOf(newline, at - 1)
    if (at < 0) return null
  }
  return at + 1
}

/** Leaves out everything up to and including the `count`th newline. */
export async function* withoutLines(chunks: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count
  for await (const chunk of chunks) {
    const start = left === 0 ? 0 : afterNewline(chunk, left)
    if (start === null) {
      left -= newlinesIn(chunk)
      continue
    }
    left = 0
    if (start < chunk.length) yield chunk.subarray(start)
  }
}
