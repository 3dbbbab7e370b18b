import type { Head } from './http-head.ts'

/** The body of a response while it comes in. */
export interface Body {
  /** @returns whether that was all of it, or as much as we look at */
  take(bytes: Buffer): boolean
  /** How it ends, to know whether an end of the connection comes too early. */
  readonly framing: 'none' | 'length' | 'chunked' | 'close'
  readonly text: string
}

/** No more than this of a body is read. */
const longest = 1024 * 1024

/** A body as this head announces it, for a request with that method (RFC 9112, section 6.3). */
export function createBody({ status, headers }: Head, method: string): Body {
  const pieces: Buffer[] = []
  let room = longest
  const keep = (bytes: Buffer): void => {
    pieces.push(bytes.subarray(0, room))
    room -= Math.min(room, bytes.length)
  }
  const body = (framing: Body['framing'], take: Body['take']): Body => ({
    framing,
    take: (bytes) => take(bytes) || room === 0,
    get text() {
      return Buffer.concat(pieces).toString()
    },
  })

  if (method === 'HEAD' || status === 204 || status === 304) return body('none', () => true)
  if (headers.get('transfer-encoding')?.toLowerCase().includes('chunked')) return body('chunked', dechunker(keep))
  const length = headers.get('content-length')
  if (length === undefined) return body('close', (bytes) => (keep(bytes), false))
  return body('length', counter(Number.parseInt(length, 10) || 0, keep))
}

function counter(length: number, keep: (bytes: Buffer) => void): Body['take'] {
  let left = length
  return (bytes) => {
    keep(bytes.subarray(0, left))
    left -= Math.min(left, bytes.length)
    return left === 0
  }
}

// A chunk is its length in hexadecimal on a line, the bytes, a line break; the one of length 0 is the last.
function dechunker(keep: (bytes: Buffer) => void): Body['take'] {
  let held: Buffer = Buffer.alloc(0)
  let left = 0
  return (bytes) => {
    let rest = held.length === 0 ? bytes : Buffer.concat([held, bytes])
    for (;;) {
      keep(rest.subarray(0, left))
      const used = Math.min(left, rest.length)
      left -= used
      rest = rest.subarray(used)
      const end = left === 0 ? rest.indexOf('\n') : -1
      if (end < 0) {
        held = rest
        return held.length > longestLine
      }
      const line = rest.toString('latin1', 0, end).trim()
      rest = rest.subarray(end + 1)
      if (line === '') continue
      left = Number.parseInt(line, 16)
      // What is not a length cannot be read on either.
      if (!(left > 0)) return true
    }
  }
}

const longestLine = 4096
