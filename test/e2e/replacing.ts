// A supervisor whose program is replaced again and again while it is asked and commanded.
import type { Answer } from './binary.ts'

interface Supervisor {
  cli(...args: readonly string[]): Promise<Answer>
}

interface Report {
  /** How many replacements succeeded, and how many other calls were made meanwhile. */
  readonly replaced: number
  readonly calls: number
  /** What did not succeed. */
  readonly refused: readonly string[]
}

/** Replaces the program so many times, while each of these calls is made again and again. */
export async function underLoad(
  supervisor: Supervisor,
  { times, calls }: { readonly times: number; readonly calls: readonly (readonly string[])[] },
): Promise<Report> {
  const refused: string[] = []
  let [made, replaced, isOver] = [0, 0, false]
  const loads = calls.map(async (args) => {
    while (!isOver) {
      note(args, await supervisor.cli(...args))
      made++
    }
  })
  for (let n = 0; n < times; n++) {
    await Bun.sleep(50 + 150 * Math.random())
    if (note(['daemon', 'reload-binary'], await supervisor.cli('daemon', 'reload-binary'))) replaced++
  }
  isOver = true
  await Promise.all(loads)
  return { replaced, calls: made, refused }

  function note(args: readonly string[], { code, stderr }: Answer): boolean {
    if (code !== 0) refused.push(`${args.join(' ')}: ${code}: ${stderr}`)
    return code === 0
  }
}
