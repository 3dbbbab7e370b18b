import { endpoints, type Endpoint, type EndpointId } from '../wire/routes.ts'
import { namesIn } from '../wire/names.ts'
import { refusal, type Answer } from './answer.ts'

export interface Destination {
  readonly endpoint: EndpointId
  /** What stands for `{names}` in the path; empty where the path takes none. */
  readonly names: readonly string[]
  readonly query: URLSearchParams
}

/** Finds whom a request is for, or the answer that says why it is for nobody: [AP6], [AP12]. */
export function destinationOf(method: string, url: string): Destination | Answer {
  const [path = '', ...rest] = url.split('?')
  // A plus is a plus, as in the path: names may have it, and `lines=+5` means something.
  const query = new URLSearchParams(rest.join('?').replaceAll('+', '%2B'))
  const fitting = endpoints.filter((endpoint) => fits(endpoint, path))
  if (fitting.length === 0) return refusal('not-found', `There is nothing at ${path}.`)
  const endpoint = fitting.find((one) => one.method === method)
  if (endpoint === undefined) return wrongMethod(method, path, fitting)
  if (!endpoint.path.includes('{names}')) return { endpoint: endpoint.id, names: [], query }
  const names = decodedNames(path.split('/')[namesAt] ?? '')
  if (names === null) return refusal('bad-request', `The path ${path} is not percent-encoded as it should be.`)
  if (names.length === 0) return refusal('bad-request', `The path ${path} names nothing.`)
  return { endpoint: endpoint.id, names, query }
}

const namesAt = '/v1/processes/{names}'.split('/').length - 1

function fits(endpoint: Endpoint, path: string): boolean {
  const [expected, found] = [endpoint.path.split('/'), path.split('/')]
  return expected.length === found.length && expected.every((part, at) => part === found[at] || part === '{names}')
}

function wrongMethod(method: string, path: string, fitting: readonly Endpoint[]): Answer {
  const allow = [...new Set(fitting.map((endpoint) => endpoint.method))]
  const message = `${path} takes ${allow.join(' or ')}, not ${method}.`
  return { ...refusal('wrong-method', message), allow }
}

function decodedNames(part: string): string[] | null {
  try {
    return namesIn(decodeURIComponent(part))
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}
