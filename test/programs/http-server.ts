// http-server PORT [SECONDS]: answers `GET /health` with 200, once SECONDS (0) have passed; until then nothing listens.
// `GET /fail` has it answer 503 from then on, `GET /heal` 200 again, `GET /hang` not at all. `GET /asked` tells how often
// /health was asked.
import { appendFileSync } from 'node:fs'

const [port = '0', seconds = '0'] = process.argv.slice(2)
let mood: 'well' | 'sick' | 'mute' = 'well'
let asked = 0

mark('start')
process.on('SIGTERM', () => {
  mark('term')
  mark('exit')
  process.exit(0)
})
await Bun.sleep(Number(seconds) * 1000)
mark('ready')
Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  fetch(request) {
    switch (new URL(request.url).pathname) {
      case '/health':
        asked++
        if (mood === 'mute') return new Promise(() => undefined)
        return new Response(`${mood}\n`, { status: mood === 'well' ? 200 : 503 })
      case '/fail':
        return become('sick')
      case '/heal':
        return become('well')
      case '/hang':
        return become('mute')
      case '/asked':
        return new Response(String(asked))
      default:
        return new Response('no such page\n', { status: 404 })
    }
  },
})

function become(next: typeof mood): Response {
  mood = next
  return new Response(`${mood}\n`)
}

function mark(what: string): void {
  const { MARKS, MARK } = process.env
  if (MARKS !== undefined) appendFileSync(MARKS, `${Date.now()} ${process.pid} ${MARK ?? 'http-server'} ${what}\n`)
}
