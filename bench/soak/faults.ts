// What happens to the tree: random kills of its processes, random commands.
import { childrenOf, isAlive, kill } from '../facts.ts'
import type { Dice } from './dice.ts'
import type { Answer, Supervisor } from './supervisor.ts'

/** How often what was done, for the summary. */
export interface Tally {
  kills: number
  commands: number
  /** Exit codes of the CLI. */
  readonly codes: Map<number, number>
}

const signals = ['SIGKILL', 'SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGSEGV', 'SIGINT'] as const

/** Signals a random child of the supervisor, or a child of one: only what descends from the supervisor that we started. */
export function killSomeone({ child }: Supervisor, dice: Dice, tally: Tally): void {
  const children = childrenOf(child.pid).filter(isAlive)
  if (children.length === 0) return
  const victim = dice.pick(children)
  const family = childrenIfAlive(victim)
  const target = family.length > 0 && dice.below(3) === 0 ? dice.pick(family) : victim
  if (kill(target, dice.pick(signals))) tally.kills += 1
}

const verbs = ['restart', 'restart', 'restart', 'stop', 'start', 'start'] as const
const questions = [['ls'], ['ls', '--json'], ['ls', '--tree']] as const

/** @returns what is wrong with the answer; null if nothing is */
export async function commandSomething(supervisor: Supervisor, dice: Dice, tally: Tally): Promise<string | null> {
  const args = randomCommand(supervisor, dice)
  const answer = await supervisor.cli(...args)
  tally.commands += 1
  tally.codes.set(answer.code, (tally.codes.get(answer.code) ?? 0) + 1)
  return complaint(args, answer)
}

function randomCommand({ residents }: Supervisor, dice: Dice): readonly string[] {
  const { name } = dice.pick(residents)
  const dozen = dice.below(12)
  if (dozen === 0) return dice.pick(questions)
  if (dozen === 1) return [dice.pick(['desc', 'why']), name]
  const verb = dice.pick(verbs)
  const force = verb !== 'start' && dice.below(4) === 0 ? ['--force'] : []
  const wait = dice.below(2) === 0 ? ['--no-wait'] : ['--timeout', '10s']
  const names = dice.below(5) === 0 ? [name, dice.pick(residents).name] : [name]
  return [verb, ...names, ...force, ...wait]
}

/** Done, failed (somebody else wanted something else meanwhile), or timed out: anything else is wrong. */
function complaint(args: readonly string[], { code, stderr, ms }: Answer): string | null {
  const said = stderr.trim().split('\n', 1)[0]
  if (code === 0 || (code === 1 && said !== '') || code === 5) return null
  return `coppice ${args.join(' ')} ended with ${code} after ${ms.toFixed(0)} ms: ${said}`
}

function childrenIfAlive(pid: number): number[] {
  try {
    return childrenOf(pid)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return []
    throw error
  }
}
