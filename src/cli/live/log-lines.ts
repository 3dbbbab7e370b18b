/** A line that is longer loses its end: nobody reads further than a terminal is wide. */
const longestLine = 10_000

/** The whole lines of a log, some at a time, without their ends. */
export async function* linesIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = (lines.pop() ?? '').slice(0, longestLine)
    if (lines.length > 0) yield lines.map((line) => line.slice(0, longestLine))
  }
}
