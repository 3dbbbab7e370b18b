/** A file of a tarball. */
export interface Packed {
  /** With `/`, relative; at most 100 bytes. */
  readonly path: string
  readonly bytes: Uint8Array
  readonly executable?: boolean
}

/**
 * The bytes of a `.tar.gz` of these files, in the order of their paths, owned by root, last changed at `time` (seconds
 * since 1970): the same files give the same bytes, wherever and whenever it is made. [RE1]
 */
export function tarball(files: readonly Packed[], time: number): Uint8Array {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const blocks = sorted.flatMap((file) => [header(file, time), file.bytes, padding(file.bytes.length)])
  // Two empty blocks are the end.
  return Bun.gzipSync(Buffer.concat([...blocks, new Uint8Array(1024)]), { level: 9, library: 'libdeflate' })
}

function padding(length: number): Uint8Array {
  return new Uint8Array((512 - (length % 512)) % 512)
}

// POSIX ustar: one block of 512 bytes, numbers as octal texts.
function header({ path, bytes, executable = false }: Packed, time: number): Uint8Array {
  const block = Buffer.alloc(512)
  if (Buffer.byteLength(path) > 100) throw new Error(`${path} is too long a path for a tarball`)
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`
  block.write(path, 0)
  block.write(octal(executable ? 0o755 : 0o644, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(bytes.length, 11), 124)
  block.write(octal(time, 11), 136)
  block.write('        ', 148) // the checksum is counted as if these were blanks
  block.write('0', 156) // an ordinary file
  block.write('ustar\u000000', 257)
  block.write('root', 265)
  block.write('root', 297)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}
