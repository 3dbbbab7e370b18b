// Stands on the api: a page for a browser, a few lines for curl.
import { ask, say, serve } from './lib.mjs'

const api = `http://127.0.0.1:${process.env.API_PORT}`
const started = Date.now()

serve(process.env.WEB_PORT, {
  'GET /health': () => 'ok\n',
  'GET /': async (request) => {
    const { count, store, api: apiPid } = await ask(`${api}/count`)
    const text = [
      `The worker has counted to ${count}.`,
      ``,
      `store (pid ${store}) ← api (pid ${apiPid}) ← web (pid ${process.pid}), which has been up for ${age()}.`,
      `Kill one of them, and ask again.`,
    ].join('\n')
    return request.headers.accept?.includes('text/html') ? page(text) : `${text}\n`
  },
})
say('listening')

function age() {
  return `${((Date.now() - started) / 1000).toFixed(0)} s`
}

function page(text) {
  return `<!doctype html><meta http-equiv="refresh" content="1"><title>coppice demo</title>
<pre style="font: 1.2em/1.6 monospace; margin: 3em">${text}</pre>`
}
