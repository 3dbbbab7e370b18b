import type { Node, Position } from './tree.ts'

/** What the parser of one format gives: the tree (null: the text says nothing), or what it could not read. */
export type Parsed =
  { readonly ok: true; readonly root: Node | null } | { readonly ok: false; readonly errors: readonly SyntaxProblem[] }

export interface SyntaxProblem {
  readonly at: Position
  readonly message: string
}

/** Deeper than any config is, and far from the end of the stack. */
export const deepest = 100

/** A tree that cannot be built though its text is well-formed: nested too deeply, or with too many aliases. */
export class Unbuildable extends Error {
  readonly at: Position

  constructor(message: string, at: Position) {
    super(message)
    this.at = at
  }
}
