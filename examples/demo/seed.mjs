// Runs before each start of the store, to its end: writes the first value if there is none yet.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { say } from './lib.mjs'

const file = `${process.env.DATA_DIR}/store.json`
if (existsSync(file)) {
  say(`the store's last value is there: ${readFileSync(file, 'utf8')}`)
} else {
  writeFileSync(file, '{"count":0}')
  say('no value yet: wrote the first one')
}
