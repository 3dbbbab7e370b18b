// Called for by SIGHUP, when everything is down: nobody writes, so that a plain copy is a whole one.
import { copyFileSync, readFileSync } from 'node:fs'
import { say } from './lib.mjs'

const file = `${process.env.DATA_DIR}/store.json`
const copy = `${process.env.DATA_DIR}/snapshot.json`
copyFileSync(file, copy)
say(`all is quiet; copied ${readFileSync(copy, 'utf8')} to ${copy}`)
