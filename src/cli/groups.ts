import type { Client } from '../client/client.ts'
import { success, type Result } from '../lib/result.ts'
import type { GroupView } from '../wire/declare.ts'
import type { OneOrMany } from '../wire/process.ts'
import { answer, type Answer } from './command.ts'
import { printGroupDescriptions } from './render/groups.ts'

/** The targets that stand for all members of these groups. */
export function membersOf(groups: readonly string[]): string[] {
  return groups.map((group) => `group:${group}`)
}

/** Shows groups, each with its processes. */
export async function describeGroups(client: Client, found: Result<OneOrMany<GroupView>>): Promise<Result<Answer>> {
  if (!found.ok) return found
  const processes = await client.list()
  if (!processes.ok) return processes
  const groups = [found.value].flat()
  return success(answer(found.value, (style) => printGroupDescriptions({ groups, processes: processes.value }, style)))
}
