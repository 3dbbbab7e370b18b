// Runs once everything is ready, and says what there is to try.
import { ask } from './lib.mjs'

const { WEB_PORT, STORE_PORT } = process.env
const { store } = await ask(`http://127.0.0.1:${STORE_PORT}/count`)
const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[1m${text}\x1b[0m` : text)

const things = [
  [`curl localhost:${WEB_PORT}`, 'what web says, which asked api, which asked store'],
  ['bin/coppice ls --tree', 'who stands on whom'],
  [`kill -9 ${store}`, 'the store dies: watch what stands on it go down, and come back in order'],
  ['bin/coppice why web', 'and why it did'],
  [`kill -STOP ${store}`, 'the store hangs (its pid may be another by then): its monitor will notice'],
  ['bin/coppice stop api', 'api goes down with all that stands on it; `start api` brings it all back'],
  [`kill -HUP ${process.ppid}`, 'everything goes down, a snapshot is taken, everything comes back'],
]

const lines = things.map(([command, meaning]) => `    ${bold(command.padEnd(24))}${meaning}`)
console.log(['', `  ${bold('Everything is up.')} In a second terminal, in this directory, try:`, '', ...lines, '', `  ${bold('Ctrl-C')} here ends it all.`, ''].join('\n'))
