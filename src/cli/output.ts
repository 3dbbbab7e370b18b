import { fstatSync, readSync, writeSync } from 'node:fs'
import { failure, success, type Result } from '../lib/result.ts'
import type { System, Terminal } from './system.ts'

type Streams = Pick<System, 'out' | 'err' | 'terminal' | 'ask' | 'screen'>

/**
 * The streams of this process: [CL18]. Not `process.stdout`, whose loading takes longer than all else that `coppice ls`
 * does, and not `Bun.write`, which resizes a file that is open for appending.
 */
export const streams: Streams = {
  out: (text) => write(1, text),
  err: async (text) => void (await write(2, text)),
  async terminal(stream) {
    const fd = stream === 'out' ? 1 : 2
    return looksLikeTerminal(fd) ? askTerminal(fd) : null
  },
  async ask(question) {
    const { isatty } = await import('node:tty')
    if (!isatty(0) || !isatty(2)) return null
    await write(2, question)
    return lineFrom(0)
  },
  screen: async () => (await import('./live/screen.ts')).openScreen(),
}

/** Waits for a line, which ends where the input does. */
function lineFrom(fd: 0): string {
  const chunk = new Uint8Array(1024)
  const decoder = new TextDecoder()
  let line = ''
  while (!line.includes('\n')) {
    const length = readSync(fd, chunk)
    if (length === 0) break
    line += decoder.decode(chunk.subarray(0, length), { stream: true })
  }
  return line.split('\n', 1)[0] ?? ''
}

async function write(fd: 1 | 2, text: string | Uint8Array): Promise<Result<'written' | 'unread'>> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(fd, bytes, written)
    return success('written')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    if (code === 'EAGAIN') return writePatiently(fd, bytes.subarray(written))
    // Whoever read has read enough, as in `coppice ls | head -1`.
    return code === 'EPIPE' ? success('unread') : failure('no-output', `The output could not be written: ${message}.`)
  }
}

/** For a pipe that somebody has set to be non-blocking and that is full. */
async function writePatiently(fd: 1 | 2, bytes: Uint8Array): Promise<Result<'written'>> {
  const writer = (fd === 1 ? Bun.stdout : Bun.stderr).writer()
  void writer.write(bytes)
  await writer.end()
  return success('written')
}

/** Whether it is worth the time to ask. /dev/null, the usual other character device, has major number 1. */
function looksLikeTerminal(fd: number): boolean {
  const found = fstatSync(fd)
  return found.isCharacterDevice() && found.rdev >> 8 !== 1
}

async function askTerminal(fd: 1 | 2): Promise<Terminal | null> {
  const { isatty } = await import('node:tty')
  if (!isatty(fd)) return null
  const { columns } = fd === 1 ? process.stdout : process.stderr
  return { columns: columns > 0 ? columns : null }
}
