import { closeSync, openSync, readSync, rmSync, watch } from 'node:fs'

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
  const descriptor = openSync(path, 'r')
  const head = Buffer.alloc(4096)
  let state: 'waiting' | 'told' | 'closed' = 'waiting'
  let offset = 0

  const watcher = watch(path, { persistent: false }, look)
  watcher.on('error', () => watcher.close()) // then there is still the poll
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
    watcher.close()
    clearInterval(poll)
  }

  return {
    forChild,
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
