import { failure, success, type Result } from '../../lib/result.ts'
import { answer, type Verb } from '../command.ts'
import { connect } from '../connect.ts'
import { ordered } from '../export-order.ts'
import type { exportOptions } from '../options.ts'
import { exportDocument } from '../render/export-document.ts'
import { printJson } from '../render/export-json.ts'
import { printToml } from '../render/export-toml.ts'
import { printYaml } from '../render/export-yaml.ts'

const printers = { json: printJson, yaml: printYaml, toml: printToml } as const

type Format = keyof typeof printers

/** [CL58] */
export const run: Verb<typeof exportOptions>['run'] = async ({ options, operands: [word] }, { system }) => {
  const format = formatOf(word, options.format)
  if (!format.ok) return format
  const client = await connect(options, system)
  if (!client.ok) return client
  const processes = await client.value.export()
  if (!processes.ok) return processes
  const sorted = ordered(processes.value, options.order ?? 'id')
  if (!sorted.ok) return sorted
  const print = printers[format.value]
  return success(answer(exportDocument(sorted.value), () => print(sorted.value)))
}

/** The one that stands as an operand, and the one of --format, are the same question. */
function formatOf(word: string | undefined, option: Format | null): Result<Format> {
  const operand = word === 'json' || word === 'yaml' || word === 'toml' ? word : null
  if (operand === null || option === null || operand === option) return success(option ?? operand ?? 'json')
  return failure('usage', `Two formats are asked for: ${operand} and ${option}.`)
}
