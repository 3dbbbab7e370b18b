import type { ConfigView } from '../../wire/declare.ts'
import type { Style } from './style.ts'
import { printTable, type Column } from './table.ts'
import { printable } from './text.ts'

const columns: readonly Column[] = [
  { header: 'key', narrow: 'stay' },
  { header: 'value', narrow: 'wrap' },
  { header: 'origin', narrow: 'wrap' },
  { header: 'note', narrow: 'wrap' },
]

/** Every setting with where it comes from: [CL63]. */
export function printConfig({ settings }: ConfigView, style: Style): string {
  return printTable(
    columns,
    settings.map(({ key, value, origin, note }) => [
      { text: key, colour: 'id' as const },
      { text: String(value) },
      { text: origin, colour: 'dim' as const },
      { text: note ?? '' },
    ]),
    style,
  )
}

/** Which files were read. */
export function printReload({ file, process_file }: ConfigView): string {
  const files = [file, process_file].filter((one) => one !== null).map(printable)
  return files.length === 0
    ? 'There is no file to read; all settings have their defaults.\n'
    : `Read ${files.join(' and ')} again.\n`
}
