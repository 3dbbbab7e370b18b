import { lstatSync } from 'node:fs'
import { request } from 'node:http'
import { errnoOf } from '../../system/errno.ts'
import type { ProcessView } from '../../wire/process.ts'
import { addressOf, type EndpointId, type SupervisorView } from '../../wire/routes.ts'
import type { SocketFact } from './snapshot.ts'

/** Whoever works answers at once. */
const patience = 5000

/** Whether somebody answers at a control socket, and what. */
export async function socketFact(path: string): Promise<SocketFact> {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found === undefined) return { path, tag: 'missing' }
    if (!found.isSocket()) return { path, tag: 'no-socket' }
    const [supervisor, processes] = await Promise.all([ask(path, 'supervisor'), ask(path, 'list')])
    if (isSupervisor(supervisor) && isList(processes)) return { path, tag: 'answers', supervisor, processes }
    return { path, tag: 'silent', why: 'what answers there is no coppice' }
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ECONNREFUSED') return { path, tag: 'refuses' }
    if (code === 'EACCES') return { path, tag: 'forbidden' }
    if (code === 'ENOENT') return { path, tag: 'missing' } // It has just gone.
    if (!(error instanceof Error)) throw error
    return { path, tag: 'silent', why: error.message }
  }
}

function ask(socketPath: string, id: EndpointId): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const asked = request({ socketPath, ...addressOf(id), agent: false, timeout: patience }, (answer) => {
    let text = ''
    answer.setEncoding('utf8')
    answer.on('data', (part: string) => (text += part))
    answer.on('error', reject)
    answer.on('end', () => resolve(parsed(text)))
  })
  asked.on('timeout', () => asked.destroy(new Error(`it does not answer within ${patience / 1000} s`)))
  asked.on('error', reject)
  asked.end()
  return promise
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return null
  }
}

function isSupervisor(value: unknown): value is SupervisorView {
  return typeof value === 'object' && value !== null && 'version' in value && 'pid' in value && 'mode' in value
}

function isList(value: unknown): value is ProcessView[] {
  return Array.isArray(value) && value.every((one: unknown) => typeof one === 'object' && one !== null && 'id' in one)
}
