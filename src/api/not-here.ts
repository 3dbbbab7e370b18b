import { refused, type Refusal } from '../wire/refusal.ts'
import { refusalOf, type Answer } from './answer.ts'
import type { Administration, Control } from './control.ts'
import type { Handler, Request } from './request.ts'

/** A handler for what only a daemon can: others answer with `not-here`: [AP46]. */
export function administered(
  answer: (request: Request, administration: Administration) => Answer | Promise<Answer>,
): Handler {
  return (request) => {
    const { administration } = request.control
    return administration === null ? refusalOf(notHere(request.control)) : answer(request, administration)
  }
}

/** Why a supervisor without an administration does not do what only a daemon can. */
export function notHere(control: Control): Refusal {
  const { file, mode } = control.supervisor()
  const message = `Only a daemon can do that; this is a coppice ${mode}${file === null ? '' : ` of ${file}`}.`
  return refused(
    'not-here',
    message,
    '`coppice up` runs the processes of its file and no others; ask a `coppice daemon`, or change the file.',
  ).failure
}
