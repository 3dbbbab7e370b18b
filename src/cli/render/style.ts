/** How something is printed: boxes and colours for a terminal, plain columns for a pipe. */
export interface Style {
  readonly boxed: boolean
  readonly colour: boolean
  /** Columns of the terminal; null: as wide as it gets. */
  readonly width: number | null
  /** Whose clock times are shown by; `utc` where it is the local one too, and quicker. */
  readonly clock: 'local' | 'utc'
}

/** As in a pipe, where clock times do not matter. */
export const plainStyle: Style = { boxed: false, colour: false, width: null, clock: 'utc' }

/** SGR parameters: what the colours mean to us, in the sixteen that every theme keeps legible. */
export const colours = {
  bold: '1',
  header: '1;36',
  id: '1;33',
  good: '1;32',
  warning: '1;33',
  bad: '1;31',
  alarming: '1;91',
  dim: '90',
} as const

export type Colour = keyof typeof colours

export function paint(text: string, colour: Colour, style: Style): string {
  return style.colour && text !== '' ? `\x1b[${colours[colour]}m${text}\x1b[0m` : text
}
