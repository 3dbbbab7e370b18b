import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import type { Screen } from '../system.ts'

/** A screen of its own beside what stands on the terminal, without a cursor; and back. */
const enter = '\x1b[?1049h\x1b[?25l'
const leave = '\x1b[?25h\x1b[?1049l'

/** Whoever ends us by one of these shall find the terminal as it was. */
const endings = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const

/** Takes the terminal that is at stdin and stdout: [CL95], [CL99]; null if it is not there. */
export function openScreen(): Screen | null {
  if (!isatty(0) || !isatty(1)) return null
  const { stdin, stdout } = process
  let isOpen = true
  let resized = (): void => {}

  function close(): void {
    if (!isOpen) return
    isOpen = false
    for (const signal of endings) process.off(signal, end)
    process.off('exit', close)
    process.off('SIGWINCH', onResize)
    stdin.setRawMode(false)
    stdin.pause()
    show(leave)
  }

  function end(signal: NodeJS.Signals): void {
    close()
    process.kill(process.pid, signal) // Now it does what it would have done.
  }

  function onResize(): void {
    resized()
  }

  stdin.setRawMode(true)
  show(enter)
  for (const signal of endings) process.on(signal, end)
  process.on('exit', close)
  process.on('SIGWINCH', onResize)

  return {
    size() {
      const [columns, rows] = stdout.getWindowSize()
      return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 }
    },
    draw(lines) {
      if (isOpen) show(`\x1b[H${lines.map((line) => `\x1b[K${line}`).join('\r\n')}`)
    },
    listen(listener) {
      resized = listener.resized
      stdin.setEncoding('utf8')
      stdin.on('data', (text) => listener.typed(String(text)))
      // Nobody can type any more: as good as Ctrl-C.
      stdin.on('end', () => listener.typed('\x03'))
      stdin.resume()
    },
    pause: (span, signal) => over(AbortSignal.any([AbortSignal.timeout(span), signal])),
    [Symbol.dispose]: close,
  }
}

/** A terminal that is gone is no reason to fail: the end is near anyway. */
function show(text: string): void {
  const bytes = new TextEncoder().encode(text)
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(1, bytes, written)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
  }
}

function over(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
