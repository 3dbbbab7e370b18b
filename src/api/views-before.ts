import type { ProcessView } from '../wire/process.ts'
import type { Control } from './control.ts'

/**
 * Looks at processes that may be deleted, before they are: [AP42].
 * @returns gives the views of names as they are now; of what is gone and was looked at, as it was, but stopped
 */
export function viewsBefore(
  control: Control,
  mayGo: readonly string[],
): (names: readonly string[]) => readonly ProcessView[] {
  const before = new Map(control.views(mayGo).map((view) => [view.name, view]))
  return (names) => {
    const now = new Map(control.views(names).map((view) => [view.name, view]))
    return names.flatMap((name) => now.get(name) ?? asDeleted(before.get(name)))
  }
}

function asDeleted(view: ProcessView | undefined): readonly ProcessView[] {
  if (view === undefined) return []
  const gone = { pid: null, ready: false, cpu: 0, memory: 0, next_try: null } as const
  return [{ ...view, ...gone, status: 'stopped', reason: 'deleted' }]
}
