/** The first lines of a response. */
export interface Head {
  readonly status: number
  /** Names in lower case; the values of a name that comes twice are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>
}

/** Finds the end of the head in what has come so far: how many bytes it takes with its empty line, or null. */
export function headLength(bytes: Buffer): number | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end >= 0) return end + 4
  // Some small servers write bare line feeds, and every browser takes them.
  const bare = bytes.indexOf('\n\n')
  return bare >= 0 ? bare + 2 : null
}

/** Reads a complete head; null when it is not HTTP/1. */
export function parseHead(text: string): Head | null {
  const [first = '', ...lines] = text.trimEnd().split(/\r?\n/)
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1]
  if (status === undefined) return null
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return { status: Number(status), headers }
}
