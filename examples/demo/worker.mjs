// Stands on the api: raises the count once a second. Says that it is ready by writing a line to NOTIFY_FD.
import { writeSync } from 'node:fs'
import { ask, say } from './lib.mjs'

const api = `http://127.0.0.1:${process.env.API_PORT}`
let calls = 0

for (;;) {
  try {
    const { count } = await ask(`${api}/count`, 'POST')
    if (calls === 0) writeSync(Number(process.env.NOTIFY_FD), 'ready\n')
    if (calls % 10 === 0) say(`counted to ${count}`)
    calls += 1
  } catch (error) {
    say(`cannot count: ${error.message}`)
  }
  await new Promise((resolve) => setTimeout(resolve, 1000))
}
