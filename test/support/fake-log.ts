import type { LogQuery } from '../../src/wire/log.ts'

/** The logs as texts, and what tells that one has grown. */
interface Source {
  readonly logs: ReadonlyMap<string, string>
  readonly changed: EventTarget
  readonly followers: { logs: number }
}

/** What `Control.log` gives: the lines that are asked for, then what is added. */
export async function* readFakeLog(
  { logs, changed, followers }: Source,
  { name, query, signal }: { name: string; query: LogQuery; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const key = query.stream === 'stderr' ? `${name}:stderr` : name
  const archive = query.archives ? (logs.get(`${name}:archive`) ?? '') : ''
  let seen = (logs.get(key) ?? '').length
  yield new TextEncoder().encode(linesOf(archive + (logs.get(key) ?? ''), query.lines))
  if (!query.follow) return
  followers.logs += 1
  try {
    while (!signal.aborted) {
      const text = logs.get(key) ?? ''
      if (text.length > seen) {
        const added = text.slice(seen)
        seen = text.length
        yield new TextEncoder().encode(added)
      } else await nextChange(changed, signal)
    }
  } finally {
    followers.logs -= 1
  }
}

function linesOf(text: string, { tag, count }: LogQuery['lines']): string {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const shown = tag === 'from' ? lines.slice(Math.max(0, count - 1)) : lines.slice(Math.max(0, lines.length - count))
  return shown.join('')
}

function nextChange(changed: EventTarget, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      changed.removeEventListener('change', over)
      signal.removeEventListener('abort', over)
      resolve()
    }
    changed.addEventListener('change', over)
    signal.addEventListener('abort', over)
  })
}
