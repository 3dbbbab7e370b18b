import { constants, type BigIntStats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { isErrno } from '../errno.ts'

/** A log file that is open for reading; it stays the same file whatever happens to its name. */
export interface LiveFile extends AsyncDisposable {
  /** Tells it from every other file of this host. */
  readonly identity: string
  /** Its size in bytes, now. */
  size(): Promise<number>
  /** At most so many bytes from there on; none at its end. A new array each time. */
  read(position: number, length: number): Promise<Uint8Array>
}

/** As much as is read, and handed on, at once. */
export const blockSize = 64 * 1024

/**
 * Opens a log; null where there is none. What is no file (a FIFO, a device, a directory) counts as none: it keeps
 * nothing that could be read again. Throws the host's error for anything else, such as EACCES.
 */
export async function openLiveFile(path: string): Promise<LiveFile | null> {
  const handle = await openIfThere(path)
  if (handle === null) return null
  const found = await handle.stat({ bigint: true })
  if (!found.isFile()) {
    await handle.close()
    return null
  }
  return {
    identity: identityOf(found),
    size: async () => (await handle.stat()).size,
    async read(position, length) {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, position)
      return buffer.subarray(0, bytesRead)
    },
    [Symbol.asyncDispose]: () => handle.close(),
  }
}

/** What the host knows of a path; null where nothing is there. */
export async function statIfThere(path: string): Promise<BigIntStats | null> {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null
    throw error
  }
}

export function identityOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}:${ino}`
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    // A FIFO that nobody writes to would hold us up.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null
    throw error
  }
}
