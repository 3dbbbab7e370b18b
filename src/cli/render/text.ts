/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  return Bun.stringWidth(text)
}

/** What a process, a probe or a file put into a text must not move the cursor: control characters become visible. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (control) => {
    const code = control.codePointAt(0) ?? 0
    return control === '\n' ? '⏎' : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)))
}

/** Shortens a text to so many columns; what is missing is an ellipsis. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  const [head] = split(text, Math.max(0, width - 1))
  return `${head}…`
}

/** Breaks a text into lines of at most so many columns, between words where it can. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (widthOf(joined) <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (widthOf(line) > width) {
      const [head, tail] = split(line, width)
      lines.push(head)
      line = tail
    }
  }
  return [...lines, line]
}

/** Splits after as many characters as fit, but at least one. */
function split(text: string, width: number): [string, string] {
  let end = 0
  let used = 0
  for (const character of text) {
    used += widthOf(character)
    if (used > width && end > 0) break
    end += character.length
  }
  return [text.slice(0, end), text.slice(end)]
}
