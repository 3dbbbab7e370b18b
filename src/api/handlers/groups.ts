import { oneOrMany } from '../../wire/process.ts'
import type { GroupView } from '../../wire/declare.ts'
import { ok, refusalOf, type Answer } from '../answer.ts'
import type { Answered, Groups } from '../control.ts'
import { administered } from '../not-here.ts'
import type { Handler, Request } from '../request.ts'
import { parse } from '../schemas/parse.ts'
import { groupRequest, membersRequest, nothing } from '../schemas/requests.ts'
import { namesOf } from '../targets.ts'

export const groups: Handler = administered((_request, { groups }) => ok(groups.list()))

export const groupCreate: Handler = administered(({ body, caller }, { groups }) => {
  const asked = parse(groupRequest, body, 'The body')
  if (!asked.ok) return refusalOf(asked.failure)
  const created = groups.create(asked.value.name, caller)
  return created.ok ? { tag: 'json', status: 201, body: created.value } : refusalOf(created.failure)
})

export const groupDescribe: Handler = administered(({ asked }, { groups }) =>
  answered(
    asked,
    withGroups(asked, groups, (names) => viewsOf(groups, names)),
  ),
)

/** Answers with the groups as they were. */
export const groupDelete: Handler = administered(({ asked, body, caller }, { groups }) => {
  const empty = parse(nothing, body, 'The body')
  if (!empty.ok) return refusalOf(empty.failure)
  const deleted = withGroups(asked, groups, (names) => {
    const before = viewsOf(groups, names)
    for (const name of names) {
      const gone = groups.delete(name, caller)
      if (!gone.ok) return gone
    }
    return before
  })
  return answered(asked, deleted)
})

export const groupAssign: Handler = members('assign')

export const groupRemove: Handler = members('remove')

function members(verb: 'assign' | 'remove'): Handler {
  return administered(({ control, asked, body, caller }, { groups }) => {
    const meant = parse(membersRequest, body, 'The body')
    if (!meant.ok) return refusalOf(meant.failure)
    const processes = namesOf(meant.value.processes, (target) => control.resolve(target))
    if (!processes.ok) return refusalOf(processes.failure)
    return answered(
      asked,
      withGroups(asked, groups, (names) => groups[verb](names, processes.value, caller)),
    )
  })
}

type Views = Answered<readonly GroupView[]>

/** Goes on with the names of the groups that are meant, if all are known. */
function withGroups(asked: Request['asked'], groups: Groups, next: (names: readonly string[]) => Views): Views {
  const names = namesOf(asked, (target) => {
    const found = groups.find(target)
    return found.ok ? { ok: true, value: [found.value.name] } : found
  })
  return names.ok ? next(names.value) : names
}

function viewsOf(groups: Groups, names: readonly string[]): Views {
  const views: GroupView[] = []
  for (const name of names) {
    const found = groups.find(name)
    if (!found.ok) return found
    views.push(found.value)
  }
  return { ok: true, value: views }
}

function answered(asked: Request['asked'], views: Views): Answer {
  return views.ok ? ok(oneOrMany(asked, views.value)) : refusalOf(views.failure)
}
