import { createReadStream } from 'node:fs'
import { pipeline, type Duplex } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { blockSize } from './live-file.ts'

/**
 * The content of a compressed file, decompressed as it is read. Throws where it cannot be read or is damaged, after
 * what could be read of it.
 */
export async function* unpack(path: string, packing: 'gzip' | 'zstd'): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path, { highWaterMark: blockSize })
  const decoder: Duplex = packing === 'gzip' ? createGunzip() : createZstdDecompress()
  // Whoever ends first, also because nobody reads any more, ends the other; the error of either is the decoder's.
  pipeline(source, decoder, () => {})
  for await (const chunk of decoder) yield chunk as Uint8Array
}
