import type { DoctorReport, Finding, Fixed, Verdict } from '../../wire/doctor.ts'
import { paint, type Colour, type Style } from './style.ts'
import { padded, printable } from './text.ts'

const colours: Readonly<Record<Verdict, Colour>> = { ok: 'good', warning: 'warning', problem: 'bad' }
const width = Math.max(...Object.keys(colours).map(({ length }) => length))

/** A line for each finding, what to do about it on a line below, and how many there are of each: [DM64]. */
export function printReport({ fixed, findings }: DoctorReport, style: Style): string {
  return [
    ...fixed.map((one) => fixedLine(one, style)),
    ...findings.map((one) => findingLines(one, style)),
    sumLine(findings),
  ].join('')
}

function fixedLine({ told, isDone }: Fixed, style: Style): string {
  const word = padded(isDone ? 'fixed' : 'failed', width)
  return `${paint(word, isDone ? 'good' : 'bad', style)}  ${printable(told)}\n`
}

function findingLines({ check, verdict, found, remedy, fix }: Finding, style: Style): string {
  const head = `${paint(padded(verdict, width), colours[verdict], style)}  ${paint(check, 'bold', style)}: `
  const advice = fix === null ? remedy : `${remedy ?? ''} \`coppice doctor --fix\` does it.`.trim()
  const lines = found.split('\n').map(printable)
  const indent = ' '.repeat(width + 2)
  return `${head}${lines.join(`\n${indent}`)}\n${advice === null ? '' : `${indent}${printable(advice)}\n`}`
}

function sumLine(findings: readonly Finding[]): string {
  const count = (verdict: Verdict): number => findings.filter((one) => one.verdict === verdict).length
  const [problems, warnings] = [count('problem'), count('warning')]
  const many = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`
  return `${many(problems, 'problem')}, ${many(warnings, 'warning')}, ${count('ok')} ok\n`
}
