import type { ExportView } from '../../wire/declare.ts'
import { exportDocument } from './export-document.ts'

/** As Go's `json.MarshalIndent` writes it, which guards what HTML would take for its own: [CL58]. */
export function printJson(processes: readonly ExportView[]): string {
  const text = JSON.stringify(exportDocument(processes), null, 2)
  return `${text.replaceAll(/[<>&\u2028\u2029]/g, escaped)}\n`
}

function escaped(letter: string): string {
  return `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
}
