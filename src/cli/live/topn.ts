import type { Client } from '../../client/client.ts'
import { assertNever } from '../../lib/assert.ts'
import type { Millis } from '../../lib/time.ts'
import type { ProcessView } from '../../wire/process.ts'
import type { Style } from '../render/style.ts'
import { printTop } from '../render/top.ts'
import type { Screen } from '../system.ts'
import { keysIn } from './keys.ts'
import { linesIn } from './log-lines.ts'
import { beginWith, type Message, type Wish } from './model.ts'
import { update } from './update.ts'

interface Watch {
  readonly client: Client
  readonly screen: Screen
  /** What there is to begin with. */
  readonly processes: readonly ProcessView[]
  readonly every: Millis
  readonly style: Style
}

/** Shows the processes until somebody quits: [CL95] to [CL99]. Throws for bugs only. */
export async function watch({ client, screen, processes, every, style }: Watch): Promise<void> {
  const ending = new AbortController()
  const { promise: over, resolve: quit, reject: fail } = Promise.withResolvers<void>()
  let model = beginWith(processes, screen.size())
  let log = new AbortController()

  function post(message: Message): void {
    if (ending.signal.aborted) return
    const [next, wish] = update(model, message)
    model = next
    if (wish !== null) obey(wish)
    screen.draw(printTop(model, style))
  }

  function obey(wish: Wish): void {
    switch (wish.tag) {
      case 'quit':
        log.abort()
        ending.abort()
        return quit()
      case 'act':
        return void act(client, wish).then(post, fail)
      case 'open-log':
        log = new AbortController()
        return void readLog(client, { name: wish.name, signal: log.signal, post }).catch(fail)
      case 'close-log':
        return log.abort()
      default:
        return assertNever(wish)
    }
  }

  async function look(): Promise<void> {
    while (!ending.signal.aborted) {
      await screen.pause(every, ending.signal)
      const listed = await client.list()
      post(listed.ok ? { tag: 'listed', processes: listed.value } : noted(listed.failure.message, true))
    }
  }

  screen.listen({
    typed: (text) => keysIn(text).forEach((key) => post({ tag: 'key', key })),
    resized: () => post({ tag: 'resized', size: screen.size() }),
  })
  screen.draw(printTop(model, style))
  look().catch(fail)
  await over
}

async function act(client: Client, { verb, name }: Extract<Wish, { tag: 'act' }>): Promise<Message> {
  const acted = await client.act({ verb, names: [name], wait: false })
  return acted.ok ? noted(`${name}: ${verb} was asked for.`, false) : noted(acted.failure.message, true)
}

/** The end of a log, and what is added, for as long as somebody looks at it. */
async function readLog(
  client: Client,
  {
    name,
    signal,
    post,
  }: { readonly name: string; readonly signal: AbortSignal; readonly post: (message: Message) => void },
): Promise<void> {
  const lines = { tag: 'tail', count: 500 } as const
  const opened = await client.log(name, { lines, archives: false, follow: true, stream: 'stdout' }, signal)
  if (opened.ok) for await (const some of linesIn(opened.value)) post({ tag: 'logged', name, lines: some })
  const failed = opened.ok ? opened.value.failure : opened.failure
  if (failed !== null && !signal.aborted) post(noted(failed.message, true))
}

function noted(text: string, isBad: boolean): Message {
  return { tag: 'noted', notice: { text, isBad } }
}
