import { watch, type FSWatcher } from 'node:fs'
import { errnoOf } from '../errno.ts'

/** One look-out for one change; it costs nothing until that comes, and hears of no second one. */
export interface LookOut extends Disposable {
  /** Resolves when something happened there, when it is time to look anyway, or when it is over. */
  readonly over: Promise<void>
}

/** How often a follower looks by itself: where nothing tells of changes (NFS), or where the news was lost. */
export interface Pace {
  readonly watched: number
  readonly unwatched: number
}

export const usualPace: Pace = { watched: 1000, unwatched: 250 }

/** Looks out for a change of a file, or of what a directory holds. */
export function lookOut(path: string, { signal, pace }: { signal: AbortSignal; pace: Pace }): LookOut {
  const { promise, resolve } = Promise.withResolvers<void>()
  const watcher = watchOrNot(path, resolve)
  const timer = setTimeout(resolve, watcher === null ? pace.unwatched : pace.watched)
  const abort = (): void => resolve()
  signal.addEventListener('abort', abort)
  if (signal.aborted) resolve()
  return {
    over: promise,
    [Symbol.dispose]() {
      signal.removeEventListener('abort', abort)
      clearTimeout(timer)
      watcher?.close()
    },
  }
}

/** null: the path is not there, or this host watches no more. */
function watchOrNot(path: string, changed: () => void): FSWatcher | null {
  try {
    const watcher = watch(path, changed)
    watcher.on('error', changed)
    return watcher
  } catch (error) {
    if (errnoOf(error) === null) throw error
    return null
  }
}
