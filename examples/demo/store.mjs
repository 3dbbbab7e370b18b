// Keeps a count in a file and hands it out over HTTP. It needs a second before it can answer, as a real one would.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { say, serve } from './lib.mjs'

const file = `${process.env.DATA_DIR}/store.json`

say('reading my data, that takes a second …')
setTimeout(open, 1000)

function open() {
  let { count } = JSON.parse(readFileSync(file, 'utf8'))
  serve(process.env.STORE_PORT, {
    'GET /health': () => 'ok\n',
    'GET /count': () => ({ count, store: process.pid }),
    'POST /count': () => {
      count += 1
      // First beside, then over it: whenever one is killed, there is a whole file.
      writeFileSync(`${file}.new`, JSON.stringify({ count }))
      renameSync(`${file}.new`, file)
      return { count, store: process.pid }
    },
  })
  say(`open, the count stands at ${count}`)
}
