import type { GroupPolicy } from '../../core/spec.ts'
import type { DeclaredGroup } from '../store.ts'
import { object, orNull, text, truth, word } from './shape.ts'
import { budget } from './spec.ts'

/** Whether it is what a file has declared of a group; else what is wrong with it. */
export const wrongInGroup = object<DeclaredGroup>({
  file: text,
  policy: object<GroupPolicy>({
    strategy: word('one_for_one', 'one_for_all', 'rest_for_one'),
    budget: orNull(budget),
    stopTogether: truth,
  }),
})
