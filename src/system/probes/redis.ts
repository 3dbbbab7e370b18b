import type { Verdict } from '../../core/check.ts'
import { failed, passed, type Asking, type ProbeOf } from './asking.ts'
import { converse } from './converse.ts'
import { dial } from './dial.ts'

/** Passes when a Redis server answers PING with PONG, after AUTH if there is a password. [PB22] */
export async function askRedis(probe: ProbeOf<'redis'>, { signal }: Asking): Promise<Verdict> {
  const dialed = await dial(probe, signal)
  if (!dialed.ok) return dialed.failure
  const commands = [...authentication(probe), ['PING']]
  let text = ''
  return converse(dialed.value, {
    request: commands.map(encode).join(''),
    read(bytes) {
      text += bytes.toString('latin1')
      return judgeReplies(text, commands.length)
    },
    ended: () => failed('connection closed without an answer to PING'),
  })
}

function authentication({ username, password }: ProbeOf<'redis'>): string[][] {
  if (password === null) return []
  return [username === null ? ['AUTH', password] : ['AUTH', username, password]]
}

function encode(command: readonly string[]): string {
  const words = command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  return `*${command.length}\r\n${words.join('')}`
}

// All replies that we expect are one line. The first that is not `+…` is the verdict: the server says why itself.
function judgeReplies(text: string, count: number): Verdict | null {
  const replies = text.split('\r\n')
  const rest = replies.pop() ?? ''
  const refusal = replies.find((reply) => !reply.startsWith('+'))
  if (refusal !== undefined) return failed(refusal.startsWith('-') ? refusal.slice(1) : unlikeRedis(refusal))
  if (rest.length > longestReply) return failed(unlikeRedis(rest))
  const last = replies[count - 1]
  if (last === undefined) return null
  return last === '+PONG' ? passed('PONG') : failed(`answered ${last} to PING`)
}

const longestReply = 4096

function unlikeRedis(text: string): string {
  return `does not answer like Redis: ${text}`
}
