import { closeSync, fchmodSync } from 'node:fs'
import type { Millis } from '../../lib/time.ts'
import { openPipe } from '../libc.ts'
import type { Stream } from '../output.ts'

/** As much of what a hook writes is kept; the rest is read and thrown away. */
const kept = 4096
/** How long whoever survives SIGKILL may keep us from the end of the pipe. */
const patience: Millis = 200

/** What a command writes: the beginning of it. */
export interface Capture extends AsyncDisposable {
  /** For its stdout and stderr alike. To be closed, by `handedOver`, when the command has it. */
  readonly stream: Stream
  handedOver(): void
  /** Waits until all was read, where nobody can write any more; not for ever where somebody still might. */
  read(): Promise<void>
  text(): string
}

/**
 * A pipe that is always read, so that nobody who writes to it waits or breaks. A pipe and not a socket: `/dev/stderr` of
 * the command can be opened, also by another user. Where there is none, the output is thrown away.
 */
export function captureOutput(): Capture {
  const pipe = openPipe()
  if (pipe === null) {
    const nothing = async (): Promise<void> => undefined
    return {
      stream: 'ignore',
      handedOver: () => undefined,
      read: nothing,
      text: () => '',
      [Symbol.asyncDispose]: nothing,
    }
  }
  fchmodSync(pipe.writeEnd, 0o622)
  const reader = Bun.file(pipe.readEnd).stream().getReader()
  const chunks: Uint8Array[] = []
  let [length, isHanded] = [0, false]
  const over = drain()

  async function drain(): Promise<void> {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const chunk: Uint8Array = part.value
      if (length < kept) chunks.push(chunk.slice(0, kept - length))
      length += chunk.length
    }
  }

  function handedOver(): void {
    if (!isHanded) closeSync(pipe?.writeEnd ?? -1)
    isHanded = true
  }

  return {
    stream: pipe.writeEnd,
    handedOver,
    read: () => Promise.race([over, Bun.sleep(patience)]),
    text: () => `${Buffer.concat(chunks).toString('utf8')}${length > kept ? '…' : ''}`,
    async [Symbol.asyncDispose]() {
      handedOver()
      await reader.cancel()
      await over
      closeSync(pipe.readEnd)
    },
  }
}
