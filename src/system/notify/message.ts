import type { Notification } from '../ports.ts'

/**
 * Reads a datagram of systemd's notification protocol: lines `NAME=value`. What we have no use for is left out. [NT4]
 */
export function parseNotifications(text: string): readonly Notification[] {
  return text.split('\n').flatMap((line) => {
    const at = line.indexOf('=')
    return at === -1 ? [] : (notificationOf(line.slice(0, at), line.slice(at + 1)) ?? [])
  })
}

function notificationOf(name: string, value: string): Notification | null {
  switch (name) {
    case 'READY':
      return value === '1' ? { tag: 'ready' } : null
    case 'STOPPING':
      return value === '1' ? { tag: 'stopping' } : null
    case 'WATCHDOG':
      return value === '1' ? { tag: 'watchdog' } : null
    case 'STATUS':
      return { tag: 'status', text: value }
    case 'MAINPID':
      return /^[1-9]\d{0,9}$/.test(value) ? { tag: 'main-pid', pid: Number(value) } : null
    default:
      return null
  }
}
