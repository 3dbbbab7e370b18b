import type { ApplyPlan, Changed } from '../../wire/declare.ts'
import { paint, type Style } from './style.ts'
import { printable } from './text.ts'

export function isEmptyPlan({ added, changed, removed }: ApplyPlan): boolean {
  return added.length + changed.length + removed.length === 0
}

/** What `apply` does, a line for each process, with the fields that change: [CL64]. */
export function printPlan(plan: ApplyPlan, style: Style): string {
  return [
    ...plan.added.map((name) => `${paint(`+ ${printable(name)}`, 'good', style)}  added\n`),
    ...plan.changed.map((changed) => printChanged(changed, style)),
    ...plan.removed.map((name) => `${paint(`- ${printable(name)}`, 'bad', style)}  removed\n`),
    ...plan.unchanged.map((name) => `${paint(`= ${printable(name)}`, 'dim', style)}  unchanged\n`),
    isEmptyPlan(plan) ? 'Nothing changes.\n' : '',
  ].join('')
}

function printChanged({ name, fields, restarts }: Changed, style: Style): string {
  const head = `${paint(`~ ${printable(name)}`, 'warning', style)}  changed, ${restarts ? 'is restarted' : 'goes on'}\n`
  const lines = fields.map(({ field, from, to }) => `    ${field}: ${value(from)} → ${value(to)}\n`)
  return `${head}${lines.join('')}`
}

function value(text: string): string {
  return text === '' ? '(none)' : printable(text)
}
