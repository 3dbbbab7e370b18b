import type { ProcessView } from '../../wire/process.ts'

export interface Leaf {
  readonly process: ProcessView
  /** What is drawn before its name: `│  └─ `. */
  readonly branch: string
}

/** Every process after its parent, siblings by id. One whose parent is not among them stands at the root. */
export function inTreeOrder(processes: readonly ProcessView[]): Leaf[] {
  const names = new Set(processes.map(({ name }) => name))
  const children = Map.groupBy(processes, ({ parent }) => (parent !== null && names.has(parent) ? parent : null))
  const below = (parent: ProcessView, stem: string): Leaf[] => {
    const own = children.get(parent.name) ?? []
    return own.flatMap((process, at) => {
      const isLast = at === own.length - 1
      const branch = `${stem}${isLast ? '└─ ' : '├─ '}`
      return [{ process, branch }, ...below(process, `${stem}${isLast ? '   ' : '│  '}`)]
    })
  }
  return (children.get(null) ?? []).flatMap((process) => [{ process, branch: '' }, ...below(process, '')])
}
