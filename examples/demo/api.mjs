// Stands on the store: whoever wants to read or raise the count asks here.
import { ask, say, serve } from './lib.mjs'

const store = `http://127.0.0.1:${process.env.STORE_PORT}`

serve(process.env.API_PORT, {
  'GET /health': async () => (await ask(`${store}/count`)) && 'ok\n',
  'GET /count': async () => ({ ...(await ask(`${store}/count`)), api: process.pid }),
  'POST /count': async () => ({ ...(await ask(`${store}/count`, 'POST')), api: process.pid }),
})
say('listening')
