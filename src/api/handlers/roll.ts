import { listOf } from '../../lib/text.ts'
import type { ActAnswer } from '../../wire/routes.ts'
import { ok, refusalOf, type Answer } from '../answer.ts'
import type { Order } from '../control.ts'
import { interrupted } from '../interrupted.ts'
import type { Request } from '../request.ts'
import { waitFor } from '../wait.ts'

/**
 * Acts on so many at a time, on the next batch only when the one before has come up: [AP44]. Where one has not, or
 * nobody waits any more, the rest is left alone.
 */
export async function roll(
  { control, gone }: Pick<Request, 'control' | 'gone'>,
  { order, timeout, size }: { readonly order: Order; readonly timeout: number | null; readonly size: number },
): Promise<Answer> {
  const deadline = timeout === null ? null : performance.now() + timeout
  const { verb, names } = order
  const there = (some: readonly string[]): Set<string> => new Set(control.views(some).map(({ name }) => name))
  const atFirst = there(names)
  for (let from = 0; from < names.length; from += size) {
    const left = names.slice(from + size)
    // Somebody may have deleted some of them meanwhile.
    const turn = names.slice(from, from + size)
    const now = there(turn)
    const batch = turn.filter((name) => now.has(name) || !atFirst.has(name))
    if (batch.length === 0) continue
    const acted = control.act({ ...order, names: batch })
    if (!acted.ok) return refusalOf(from === 0 ? acted.failure : withLeft(acted.failure, names.slice(from)))
    const rest = deadline === null ? null : Math.max(0, deadline - performance.now())
    const outcome = await waitFor({ control, begun: [{ verb, names: batch }], timeout: rest, gone })
    if (typeof outcome === 'object') {
      const answer = { processes: control.views(names.slice(0, from + size)), left }
      return interrupted(gone, { begun: outcome.begun, answer, recorded: recordedBut(left) })
    }
    if (outcome !== 'done') {
      const answer: ActAnswer = { outcome, processes: control.views(names.slice(0, from + size)) }
      return ok(left.length === 0 ? answer : { ...answer, left })
    }
  }
  return ok({ outcome: 'done', processes: control.views(names) } satisfies ActAnswer)
}

function withLeft<F extends { readonly message: string }>(failure: F, left: readonly string[]): F {
  return { ...failure, message: `${failure.message} Left alone: ${listOf(left)}.` }
}

function recordedBut(left: readonly string[]): string {
  return `the restart was recorded${left.length === 0 ? '' : `, but not for ${listOf(left)}`}`
}
