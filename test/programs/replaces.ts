// replaces PATH: listens at PATH, starts a child that ends with 7, and puts itself anew in its own place, three times.
// Answers at PATH with its pid, the number of its image, and how the child of the image before ended. Ends with its
// standard input.
import { createServer } from 'node:net'
import { listeningSockets } from '../../src/system/listening.ts'
import { peekZombie, reap } from '../../src/system/libc.ts'
import { replaceProgram, takeHeritage } from '../../src/system/replace.ts'

interface Left {
  readonly image: number
  readonly child: number
}

const [path = ''] = process.argv.slice(2)
const heritage = takeHeritage()
const left: Left | null = heritage === null ? null : JSON.parse(heritage.text)
const descriptor = heritage?.take('listener') ?? listeningSockets?.open(path) ?? -1
const child = left === null ? null : await endOf(left.child)

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy())
  socket.end(JSON.stringify({ pid: process.pid, image: left?.image ?? 0, child }))
})
server.listen({ fd: listeningSockets?.duplicate(descriptor) ?? -1 })

if ((left?.image ?? 0) < 3) {
  await Bun.sleep(50)
  await new Promise((answered) => server.close(answered))
  const next = Bun.spawn(['sh', '-c', 'sleep 0.02; exit 7'], { stdio: ['ignore', 'ignore', 'ignore'] })
  // Nobody hears it in this image: no turn of the loop comes any more.
  const text = JSON.stringify({ image: (left?.image ?? 0) + 1, child: next.pid } satisfies Left)
  const command = [process.execPath, import.meta.path, path] as const
  throw new Error(replaceProgram({ command, env: {}, descriptors: new Map([['listener', descriptor]]), text }).message)
}
await new Response(Bun.stdin.stream()).text()
process.exit(0)

async function endOf(pid: number): Promise<unknown> {
  while (peekZombie(pid) === 0) await Bun.sleep(2)
  return reap(pid)
}
