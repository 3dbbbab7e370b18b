/** A JSON Schema, or a part of one. */
export interface Schema {
  readonly [keyword: string]: Json
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** A variable may stand wherever a value may, and only the loader knows what it will be. */
export const variable: Schema = { $ref: '#/definitions/variable' }

/** What any of these accepts; what is a choice itself is dissolved into this one. */
export function anyOf(...schemas: readonly Schema[]): Schema {
  const all = schemas.flatMap((schema) => choicesOf(schema))
  const distinct = [...new Map(all.map((schema) => [JSON.stringify(schema), schema])).values()]
  const [only] = distinct
  return distinct.length === 1 && only !== undefined ? only : { anyOf: distinct }
}

function choicesOf(schema: Schema): readonly Schema[] {
  const choices = schema['anyOf']
  return isList(choices) && Object.keys(schema).length === 1 ? choices.filter(isSchema) : [schema]
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json)
}

function isSchema(json: Json): json is Schema {
  return typeof json === 'object' && json !== null && !isList(json)
}
