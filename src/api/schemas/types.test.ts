import { expect, test } from 'bun:test'
import type {
  ApplyAnswer,
  ApplyRequest,
  ConfigView,
  DeclareAnswer,
  EventView,
  ExecRequest,
  ExportView,
  GraphView,
  GroupRequest,
  GroupView,
  InitRequest,
  MembersRequest,
} from '../../wire/declare.ts'
import type { DescriptionView, ProcessView, StoppingView, WhyView } from '../../wire/process.ts'
import type { Mark, ReplaceAnswer, ReplaceRequest, WaitRequest } from '../../wire/replace.ts'
import type { ActAnswer, ActRequest, ErrorAnswer, SupervisorView } from '../../wire/routes.ts'
import type * as answers from './answers.ts'
import type * as requests from './requests.ts'
import type { Static } from './schema.ts'

/** true only where both are the same, down to what is optional: assignable is not enough. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

type Acts = typeof requests.actRequests

// The compiler is the test: a line of these is `false` where schema and type have drifted apart.
const same: {
  readonly [
    Key in
      | keyof typeof answers
      | Exclude<keyof typeof requests, 'actRequests' | 'nothing' | 'logQuery' | 'eventsQuery' | 'graphQuery'>
      | keyof Acts
  ]: true
} = {
  start: true satisfies Same<Static<Acts['start']>, Pick<ActRequest, 'wait' | 'timeout' | 'changes' | 'cwd'>>,
  stop: true satisfies Same<Static<Acts['stop']>, Pick<ActRequest, 'force' | 'wait' | 'timeout'>>,
  restart: true satisfies Same<Static<Acts['restart']>, ActRequest>,
  delete: true satisfies Same<Static<Acts['delete']>, Pick<ActRequest, 'force' | 'wait' | 'timeout'>>,
  reset: true satisfies Same<Static<Acts['reset']>, Pick<ActRequest, 'wait' | 'timeout'>>,
  execRequest: true satisfies Same<Static<typeof requests.execRequest>, ExecRequest>,
  initRequest: true satisfies Same<Static<typeof requests.initRequest>, InitRequest>,
  applyRequest: true satisfies Same<Static<typeof requests.applyRequest>, ApplyRequest>,
  groupRequest: true satisfies Same<Static<typeof requests.groupRequest>, GroupRequest>,
  membersRequest: true satisfies Same<Static<typeof requests.membersRequest>, MembersRequest>,
  processView: true satisfies Same<Static<typeof answers.processView>, ProcessView>,
  descriptionView: true satisfies Same<Static<typeof answers.descriptionView>, DescriptionView>,
  whyView: true satisfies Same<Static<typeof answers.whyView>, WhyView>,
  stoppingView: true satisfies Same<Static<typeof answers.stoppingView>, StoppingView>,
  actAnswer: true satisfies Same<Static<typeof answers.actAnswer>, ActAnswer>,
  declareAnswer: true satisfies Same<Static<typeof answers.declareAnswer>, DeclareAnswer>,
  applyAnswer: true satisfies Same<Static<typeof answers.applyAnswer>, ApplyAnswer>,
  graphView: true satisfies Same<Static<typeof answers.graphView>, GraphView>,
  exportView: true satisfies Same<Static<typeof answers.exportView>, ExportView>,
  configView: true satisfies Same<Static<typeof answers.configView>, ConfigView>,
  groupView: true satisfies Same<Static<typeof answers.groupView>, GroupView>,
  eventView: true satisfies Same<Static<typeof answers.eventView>, EventView>,
  replaceRequest: true satisfies Same<Static<typeof requests.replaceRequest>, ReplaceRequest>,
  replaceAnswer: true satisfies Same<Static<typeof answers.replaceAnswer>, ReplaceAnswer>,
  mark: true satisfies Same<Static<typeof requests.mark>, Mark>,
  waitRequest: true satisfies Same<Static<typeof requests.waitRequest>, WaitRequest>,
  supervisorView: true satisfies Same<Static<typeof answers.supervisorView>, SupervisorView>,
  errorAnswer: true satisfies Same<Static<typeof answers.errorAnswer>, ErrorAnswer>,
}

test('[AP53] the schemas say of every body and answer what the types of wire say', () => {
  expect(Object.values(same).every(Boolean)).toBe(true)
})
