/** The bytes of a text in UTF-8. A lone surrogate becomes U+FFFD, as everywhere. */
export function utf8(text: string): number[] {
  const bytes: number[] = []
  for (const letter of text.replaceAll(/\p{Surrogate}/gu, '\ufffd')) {
    const point = letter.codePointAt(0) ?? 0
    if (point < 0x80) bytes.push(point)
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), tail(point))
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), tail(point >> 6), tail(point))
    else bytes.push(0xf0 | (point >> 18), tail(point >> 12), tail(point >> 6), tail(point))
  }
  return bytes
}

function tail(point: number): number {
  return 0x80 | (point & 0x3f)
}
