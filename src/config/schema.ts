import { fileKeys } from './file-keys.ts'
import { healthSchemas } from './health.ts'
import { hookSchema } from './hooks.ts'
import type { Schema } from './json-schema.ts'
import { processKeys } from './process-keys.ts'
import { table } from './table.ts'

/** The JSON Schema of our dialect, from the tables that read it: what editors and other tools check files with. [CD19] */
export function configSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'coppice',
    description: "A config file of coppice in its own dialect. pmon3's process files are a part of it.",
    ...table(fileKeys).schema,
    patternProperties: { '^x-': {} },
    anyOf: [{ required: ['processes'] }, { required: ['apps'] }],
    definitions: {
      process: table(processKeys).schema,
      defaults: { allOf: [{ $ref: '#/definitions/process' }], properties: { name: false } },
      ...healthSchemas(),
      hook: hookSchema(),
      duration: {
        type: ['string', 'integer'],
        pattern: '^((\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h|d))+$|^0$|\\$',
        maximum: 0,
        minimum: 0,
        examples: ['500ms', '2s', '1h30m'],
      },
      size: {
        type: 'string',
        pattern: '^\\s*\\d+(\\.\\d+)?\\s*([kmgtKMGT])?[iI]?[bB]?\\s*$|\\$',
        examples: ['512k', '10MB', '1G'],
      },
      variable: { type: 'string', pattern: '\\$' },
    },
  }
}
