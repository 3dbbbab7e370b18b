// From time to time nothing is done to the tree any more, and then it must grow back: every process up, once.
import { isAlive, livingWith, sessionOf, until } from '../facts.ts'
import type { Supervisor, View } from './supervisor.ts'
import { flaky, marker } from './tree.ts'

/** How long the whole tree may take to be up again. */
const within = 15_000

/** Orders everything up, and waits until it is. @returns what is wrong */
export async function growBack(supervisor: Supervisor): Promise<string[]> {
  const names = supervisor.residents.filter(({ schedule }) => schedule === undefined).map(({ name }) => name)
  const { code, stderr } = await supervisor.cli('start', ...names, '--no-wait')
  if (code !== 0) return [`start of everything ended with ${code}: ${stderr.trim()}`]
  let last: readonly View[] = []
  try {
    await until('everything is up', async () => (last = await supervisor.ls()).every((view) => isWell(view, names)), {
      within,
      every: 100,
    })
  } catch (error) {
    const ill = last.filter((view) => !isWell(view, names)).map((view) => JSON.stringify(view))
    return [`${error instanceof Error ? error.message : String(error)}: ${ill.join(' ')}`]
  }
  return last.filter(({ name }) => names.includes(name) && !flaky.includes(name)).flatMap(copies)
}

function isWell({ name, status, ready, pid }: View, names: readonly string[]): boolean {
  if (!names.includes(name)) return true
  if (flaky.includes(name)) return ['running', 'init', 'restarting', 'queued'].includes(status)
  return status === 'running' && ready && pid !== null && isAlive(pid)
}

/** Whoever lives with the name of a resident must be in the session of the one main process that is told of. */
function copies({ name, pid }: View): string[] {
  const strangers = livingWith(`${marker}=${name}`).filter((member) => ![pid, null].includes(sessionOf(member)))
  return strangers.length === 0
    ? []
    : [`${name} is told to be ${pid}, and these are of another run: ${strangers.join(' ')}`]
}
