import { endpoints, type Endpoint } from '../wire/routes.ts'
import { statusOf } from './answer.ts'
import { operations, type Operation } from './operations.ts'
import * as answers from './schemas/answers.ts'
import type { JsonSchema } from './schemas/schema.ts'

/** A part of the document, or a schema in it whose well-known parts are references. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** The OpenAPI 3.1 document of the control socket: [AP53]. */
export function openApi(version: string): Json {
  const paths = Map.groupBy(endpoints, ({ path }) => path)
  return {
    openapi: '3.1.0',
    info: {
      title: 'coppice',
      version,
      description:
        'The control socket: HTTP/1.1 on a unix socket, as in `curl --unix-socket PATH http://x/v1/processes`.',
    },
    servers: [{ url: 'http://coppice' }],
    paths: Object.fromEntries(
      [...paths].map(([path, some]) => [
        path,
        Object.fromEntries(some.map((endpoint) => [endpoint.method.toLowerCase(), operationOf(endpoint)])),
      ]),
    ),
    components: {
      schemas: Object.fromEntries([...named].map(([schema, name]) => [name, withReferences(schema, schema)])),
    },
  }
}

/** The schemas that are told once, under the names of the types in `wire`. */
const named: ReadonlyMap<JsonSchema, string> = new Map(
  Object.entries(answers).map(([key, schema]) => [schema, `${key.charAt(0).toUpperCase()}${key.slice(1)}`]),
)

function operationOf({ id, method, path }: Endpoint): Json {
  const operation = operations[id]
  const { summary, body } = operation
  return {
    operationId: id,
    summary,
    parameters: parametersOf(operation, path),
    requestBody:
      body === undefined || method !== 'POST'
        ? undefined
        : {
            required: (body.required ?? []).length > 0,
            content: { 'application/json': { schema: withReferences(body) } },
          },
    responses: responsesOf(operation),
  }
}

function parametersOf({ query = {}, headers = {} }: Operation, path: string): Json {
  const names = {
    name: 'names',
    in: 'path',
    required: true,
    description: 'One target, or several parted by commas.',
    schema: { type: 'string' },
  }
  const queries = Object.entries(query.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    description: schema.description,
    schema: withReferences(schema),
  }))
  const texts = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }))
  return [...(path.includes('{names}') ? [names] : []), ...queries, ...texts]
}

function responsesOf({ gives, statuses, errors }: Operation): Json {
  const content = Object.fromEntries(
    Object.entries(gives).map(([type, schema]) => [type, { schema: withReferences(schema) }]),
  )
  const byStatus = Map.groupBy(['bad-request', ...errors, 'shutting-down', 'replaced', 'internal'] as const, statusOf)
  const refusals = [...byStatus].map(([status, codes]) => [
    String(status),
    {
      description: [...new Set(codes)].join(', '),
      content: { 'application/json': { schema: withReferences(answers.errorAnswer) } },
    },
  ])
  const successes = statuses.map((status) => [String(status), { description: descriptions.get(status) ?? '', content }])
  return Object.fromEntries([...successes, ...refusals])
}

const descriptions: ReadonlyMap<number, string> = new Map([
  [200, 'Answered.'],
  [201, 'Made.'],
  [202, 'Recorded; nobody waited for it.'],
])

/** The schema with references in place of those that have a name, but for itself. */
function withReferences(schema: JsonSchema, itself: JsonSchema | null = null): Json {
  const name = named.get(schema)
  if (name !== undefined && schema !== itself) return { $ref: `#/components/schemas/${name}` }
  const { properties, additionalProperties: more, items, anyOf, ...rest } = schema
  return {
    ...rest,
    properties: properties && mapped(properties),
    additionalProperties: typeof more === 'object' ? withReferences(more) : more,
    items: items && withReferences(items),
    anyOf: anyOf?.map((one) => withReferences(one)),
  }
}

function mapped(properties: Readonly<Record<string, JsonSchema>>): Json {
  return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, withReferences(schema)]))
}
