// How go-yaml v3 writes a text: plain where that reads back as the same text, else in quotes (its resolve.go, encode.go
// and emitterc.go). Other programs read our exports, so that what they get is decided here and not by a library of ours.

/** One scalar of a block. @param indent of the lines of a text that has several */
export function writeScalar(value: unknown, indent: number): string {
  if (typeof value !== 'string') return JSON.stringify(value ?? null)
  const shape = shapeOf(value)
  if (value.includes('\n') && shape.mayBeBlock) return literal(value, indent)
  if (value.includes('\n') || !isText(value)) return doubleQuoted(value)
  if (shape.mayBePlain) return value
  return shape.mayBeSingle ? `'${value.replaceAll("'", "''")}'` : doubleQuoted(value)
}

/** Whether it would be read as a text if it stood there without quotes, by YAML 1.2 and by older readers. */
function isText(text: string): boolean {
  if (words.has(text)) return false
  if (/^\.\d+(?:[eE][-+]?\d+)?$/.test(text)) return false
  if (!/^[-+\d]/.test(text)) return true
  if (isTimestamp(text)) return false
  const plain = text.replaceAll('_', '')
  const isNumber =
    /^[-+]?(?:0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+|\d+|(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?)$/.test(plain)
  const isBase60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/.test(text)
  return !isNumber && !isBase60
}

const words: ReadonlySet<string> = new Set(
  [
    ['', '~', 'null', 'Null', 'NULL', 'true', 'True', 'TRUE', 'false', 'False', 'FALSE'],
    ['.nan', '.NaN', '.NAN', '.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF', '-.inf', '-.Inf', '-.INF'],
    ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON', 'n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'],
  ].flat(),
)

function isTimestamp(text: string): boolean {
  const time = String.raw`\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?`
  const shape = new RegExp(String.raw`^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt]${time}(?:Z|[-+]\d\d:\d\d)| ${time})?$`)
  const [, year, month, day] = shape.exec(text) ?? []
  if (year === undefined) return false
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

interface Shape {
  readonly mayBePlain: boolean
  readonly mayBeSingle: boolean
  readonly mayBeBlock: boolean
}

function shapeOf(text: string): Shape {
  const isSpecial = Array.from(text).some((letter) => letter !== '\t' && !isPrintable(letter))
  const endsWithSpace = text.endsWith(' ')
  // A space before a break would be lost, one behind it would be taken for an indent.
  const spaceBeforeBreak = text.includes(' \n')
  const breakBeforeSpace = text.includes('\n ')
  const isOdd = spaceBeforeBreak || text.includes('\t') || isSpecial || breakBeforeSpace
  return {
    mayBePlain: !isOdd && !text.includes('\n') && !hasIndicator(text) && !text.startsWith(' ') && !endsWithSpace,
    mayBeSingle: !isOdd,
    // A first line that begins with a space would need a hint of how far the others are indented.
    mayBeBlock: !/^[ \n]/.test(text) && !endsWithSpace && !spaceBeforeBreak && !isSpecial,
  }
}

/** Whether something of it means something to YAML where it stands. */
function hasIndicator(text: string): boolean {
  return (
    /^(?:---|\.\.\.)/.test(text) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[?:-](?:[ \t\n]|$)/.test(text) ||
    /.:(?:[ \t\n]|$)/.test(text) ||
    /[ \t\n]#/.test(text)
  )
}

/** go-yaml counts nothing beyond the Basic Multilingual Plane as printable; breaks of lines other than `\n` are not to us. */
function isPrintable(letter: string): boolean {
  const code = letter.codePointAt(0) ?? 0
  if (code < 0x7f) return code >= 0x20 || code === 0x0a
  if (code === 0x2028 || code === 0x2029) return false
  return code >= 0xa0 && code < 0xfffe && code !== 0xfeff && !(code >= 0xd800 && code < 0xe000)
}

function literal(text: string, indent: number): string {
  const body = text.replace(/\n+$/, '')
  const ends = text.length - body.length
  const chomp = ends === 0 ? '-' : ends === 1 && body !== '' ? '' : '+'
  const margin = ' '.repeat(indent)
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${margin}${line}`))
  return `|${chomp}\n${lines.join('\n')}${'\n'.repeat(Math.max(0, ends - 1))}`
}

const short: ReadonlyMap<string, string> = new Map([
  ['\0', String.raw`\0`],
  ['\u0007', String.raw`\a`],
  ['\b', String.raw`\b`],
  ['\t', String.raw`\t`],
  ['\n', String.raw`\n`],
  ['\v', String.raw`\v`],
  ['\f', String.raw`\f`],
  ['\r', String.raw`\r`],
  ['\u001b', String.raw`\e`],
  ['"', String.raw`\"`],
  ['\\', String.raw`\\`],
  ['\u0085', String.raw`\N`],
  ['\u2028', String.raw`\L`],
  ['\u2029', String.raw`\P`],
])

function doubleQuoted(text: string): string {
  const letters = Array.from(text).map((letter) => {
    const known = short.get(letter)
    if (known !== undefined) return known
    return isPrintable(letter) ? letter : escaped(letter.codePointAt(0) ?? 0)
  })
  return `"${letters.join('')}"`
}

function escaped(code: number): string {
  const [mark, width] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8]
  return `\\${mark}${code.toString(16).toUpperCase().padStart(Number(width), '0')}`
}
