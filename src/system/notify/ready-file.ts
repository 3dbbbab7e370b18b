import { closeSync, openSync, readSync, rmSync, watch, type FSWatcher } from 'node:fs'
import { errnoOf } from '../errno.ts'

/** The file behind NOTIFY_FD. */
export interface ReadyFile extends Disposable {
  /** The child's end: it appends. To be closed when the child has it. */
  readonly forChild: number
  /** Looks at once; for the moment before an exit is told. */
  look(): void
}

/** The watch may be late, or not work at all on some filesystems. */
const pollPeriod = 100

/**
 * Makes the file that a process reports to by NOTIFY_FD, and watches for its first newline. [NT1], [NT2]
 *
 * It is a regular file, so that a process may write to it whatever becomes of us.
 * @param onReady called once, and never from within this call
 */
export function makeReadyFile(path: string, onReady: () => void): ReadyFile {
  const forChild = openSync(path, 'ax', 0o600)
  return { forChild, ...followReadyFile({ path, descriptor: openSync(path, 'r'), onReady }) }
}

/**
 * As `makeReadyFile`, for a file that is there.
 * @param descriptor ours from now on
 */
export function followReadyFile({
  path,
  descriptor,
  onReady,
}: {
  readonly path: string
  readonly descriptor: number
  readonly onReady: () => void
}): Omit<ReadyFile, 'forChild'> {
  const head = Buffer.alloc(4096)
  let state: 'waiting' | 'told' | 'closed' = 'waiting'
  let offset = 0

  const watcher = watchOrNothing(path, look)
  const poll = setInterval(look, pollPeriod).unref()

  function look(): void {
    for (let length = 1; state === 'waiting' && length > 0; offset += length) {
      length = readSync(descriptor, head, 0, head.length, offset)
      if (!head.subarray(0, length).includes(10)) continue
      stopWatching()
      state = 'told'
      onReady()
    }
  }

  function stopWatching(): void {
    watcher?.close()
    clearInterval(poll)
  }

  return {
    look,
    [Symbol.dispose]() {
      if (state === 'closed') return
      stopWatching()
      state = 'closed'
      closeSync(descriptor)
      rmSync(path, { force: true })
    },
  }
}

/** Without it, there is still the poll. */
function watchOrNothing(path: string, look: () => void): FSWatcher | null {
  try {
    const watcher = watch(path, { persistent: false }, look)
    watcher.on('error', () => watcher.close())
    return watcher
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return null
  }
}
