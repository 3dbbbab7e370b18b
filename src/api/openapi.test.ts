import { expect, test } from 'bun:test'
import { aControlServer } from '../../test/support/control-server.ts'
import { addressOf, endpoints, type EndpointId } from '../wire/routes.ts'
import { openApi } from './openapi.ts'
import { operations } from './operations.ts'
import { errorAnswer } from './schemas/answers.ts'
import { parse } from './schemas/parse.ts'
import type { JsonSchema } from './schemas/schema.ts'

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

// Made anew for each test: a matcher of the runtime's may write into what it looks at.
const aDocument = (): Document => JSON.parse(JSON.stringify(openApi('1.2.3')))

test('[AP53] the document is served, and tells of every endpoint under its path and method', async () => {
  const document = aDocument()
  await using server = await aControlServer()
  expect((await server.ask('GET', '/v1/openapi.json')).body).toEqual(document)
  expect(document.openapi).toBe('3.1.0')
  for (const { id, method, path } of endpoints)
    expect(document.paths[path]?.[method.toLowerCase()]).toMatchObject({
      operationId: id,
    })
})

test('[AP53] every reference in it leads somewhere, and every named schema is used', () => {
  const document = aDocument()
  const used = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
    ([, name]) => name,
  )
  expect(new Set(used)).toEqual(new Set(Object.keys(document.components.schemas)))
  expect(document.components.schemas['ProcessView']?.properties).toHaveProperty('restart_count', { type: 'integer' })
})

test('[AP53] bodies, queries and errors are in it', () => {
  const document = aDocument()
  expect(document.paths['/v1/processes/{names}/restart']?.['post']).toMatchObject({
    parameters: [{ name: 'names', in: 'path', required: true }],
    requestBody: {
      required: false,
      content: { 'application/json': { schema: { properties: { rolling: { type: 'integer', minimum: 1 } } } } },
    },
    responses: {
      200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/ActAnswer' } } } },
      202: { description: 'Recorded; nobody waited for it.' },
      404: { description: 'unknown-process, unknown-group' },
      507: { description: 'store-failed' },
    },
  })
  expect(document.paths['/v1/processes/{names}/log']?.['get']).toMatchObject({
    parameters: [
      { name: 'names' },
      { name: 'lines', in: 'query' },
      { name: 'all' },
      { name: 'follow' },
      { name: 'stream' },
      { name: 'after' },
    ],
  })
})

const questions: { readonly [Id in EndpointId]?: { names?: string[]; body?: unknown; query?: string } } = {
  describe: { names: ['web'] },
  why: { names: ['web', 'api'] },
  start: { names: ['web'] },
  stop: { names: ['web'] },
  restart: { names: ['*'], body: { rolling: 1 } },
  reset: { names: ['api'] },
  wait: { body: { begun: [] } },
  exec: { body: { process: { command: 'true' }, cwd: '/' } },
  apply: { body: { path: '/a', text: '', cwd: '/' } },
  'group-create': { body: { name: 'new' } },
  'group-describe': { names: ['front'] },
  'group-assign': { names: ['front'], body: { processes: ['api'] } },
  'group-remove': { names: ['front'], body: { processes: ['api'] } },
  'group-delete': { names: ['back'] },
  events: { query: '?follow=0' },
  delete: { names: ['web'] },
}

test('[AP53] every answer is as the document says', async () => {
  await using server = await aControlServer([
    { name: 'web', groups: ['front', 'back'], exit: { signal: 'TERM' } },
    { name: 'api' },
  ])
  server.control.happens({ process: 'web', exit: { code: 1 } })
  const answered = endpoints.filter(({ id }) => id !== 'log' && id !== 'metrics' && id !== 'reload-binary')
  for (const { id } of answered) {
    const { names = [], body, query = '' } = questions[id] ?? {}
    const { method, path } = addressOf(id, names)
    const answer = await server.ask(method, `${path}${query}`, body)
    expect({ id, statuses: operations[id].statuses }).toEqual({ id, statuses: expect.arrayContaining([answer.status]) })
    const parsed = parse(operations[id].gives['application/json'] ?? {}, answer.body, id)
    expect(parsed.ok ? 'fine' : parsed.failure.message).toBe('fine')
  }
})

test('[AP53] errors too', async () => {
  await using server = await aControlServer()
  for (const path of ['/v1/processes/x', '/nowhere', '/v1/events?since=x']) {
    const parsed = parse(errorAnswer, (await server.ask('GET', path)).body, path)
    expect(parsed.ok ? 'fine' : parsed.failure.message).toBe('fine')
  }
})
