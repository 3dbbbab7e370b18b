// notify-later MESSAGE: says MESSAGE to its NOTIFY_SOCKET at each SIGUSR2. Then it lives.
import { sendDatagram } from '../../src/system/libc.ts'

process.on('SIGUSR2', () => sendDatagram(process.env['NOTIFY_SOCKET'] ?? '', process.argv[2] ?? ''))
console.log('up')
setInterval(() => undefined, 1 << 30)
