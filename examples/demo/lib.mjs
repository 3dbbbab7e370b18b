// What the programs of the demo share. Plain Node, no packages.
import { createServer } from 'node:http'
import { basename } from 'node:path'

/** Prints a line with the name of the program in front, so that the lines of all can share one terminal. */
export function say(text) {
  const name = basename(process.argv[1], '.mjs').padStart(8)
  console.log(process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[2m${name} │\x1b[0m ${text}` : `${name} │ ${text}`)
}

/**
 * Serves `routes`: { 'GET /health': (request) => text or object }, on this port of localhost. What a route throws is
 * answered with 502: here it is always the program below that did not answer.
 */
export function serve(port, routes) {
  const server = createServer(async (request, response) => {
    const route = routes[`${request.method} ${request.url}`]
    if (route === undefined) return answer(response, 404, 'there is no such page\n')
    try {
      answer(response, 200, await route(request))
    } catch (error) {
      answer(response, 502, `${error.message}\n`)
    }
  })
  server.listen(port, '127.0.0.1')
}

function answer(response, status, body) {
  const isText = typeof body === 'string'
  const type = !isText ? 'application/json' : body.startsWith('<') ? 'text/html' : 'text/plain'
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` })
  response.end(isText ? body : `${JSON.stringify(body)}\n`)
}

/** Asks another program of the demo; fails when it does not answer within a second, or not with 200. */
export async function ask(url, method = 'GET') {
  const response = await fetch(url, { method, signal: AbortSignal.timeout(1000) }).catch(() => {
    throw new Error(`${url} does not answer`)
  })
  if (!response.ok) throw new Error(`${url} answers ${response.status}`)
  return response.json()
}
