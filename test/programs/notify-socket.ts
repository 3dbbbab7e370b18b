// notify-socket SECONDS [MESSAGE…]: sends the messages (READY=1) to $NOTIFY_SOCKET, as systemd's sd_notify does, after SECONDS.
// Neither Bun nor Node know datagram sockets of the unix kind, so it calls the C library.
import { appendFileSync } from 'node:fs'
import { dlopen, ptr } from 'bun:ffi'

const [seconds = '0', ...messages] = process.argv.slice(2)
const { symbols: libc } = openLibc()

mark('start')
await Bun.sleep(Number(seconds) * 1000)
for (const message of messages.length > 0 ? messages : ['READY=1']) {
  mark(`sent ${message}`)
  send(message)
}
// It lives until a signal ends it.
setInterval(() => undefined, 1 << 30)

function send(message: string): void {
  const path = process.env['NOTIFY_SOCKET'] ?? ''
  const address = new Uint8Array(110)
  const name = new TextEncoder().encode(path.replace(/^@/, '\0'))
  address.set([1, 0]) // AF_UNIX, in the byte order of every machine we build for
  address.set(name, 2)
  const socket = libc.socket(1, 2 | 0o2000000, 0) // AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC
  const body = new TextEncoder().encode(message)
  const length = 2 + name.length + (path.startsWith('@') ? 0 : 1)
  const sent = Number(libc.sendto(socket, ptr(body), body.length, 0, ptr(address), length))
  if (sent !== body.length) throw new Error(`could not send to ${path}`)
  libc.close(socket)
}

function mark(what: string): void {
  const { MARKS, MARK } = process.env
  if (MARKS !== undefined) appendFileSync(MARKS, `${Date.now()} ${process.pid} ${MARK ?? 'notify-socket'} ${what}\n`)
}

function openLibc() {
  const names = ['libc.so.6', 'libc.so', 'libSystem.dylib']
  for (const name of names) {
    try {
      return dlopen(name, {
        socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
        sendto: { args: ['i32', 'ptr', 'u64', 'i32', 'ptr', 'u32'], returns: 'i64' },
        close: { args: ['i32'], returns: 'i32' },
      })
    } catch {
      // Not the name of the C library here.
    }
  }
  throw new Error(`none of ${names.join(', ')} is here`)
}
