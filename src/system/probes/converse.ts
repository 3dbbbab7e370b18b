import type { Socket } from 'node:net'

interface Conversation<Answer> {
  readonly request: string
  /** Takes the next bytes; returns the answer as soon as there is one, else null. */
  readonly read: (bytes: Buffer) => Answer | null
  /** What it means that the other side has ended before that. */
  readonly ended: () => Answer
}

/** Sends a request and reads until there is an answer. The socket stays open and goes on calling `read`. */
export function converse<Answer>(socket: Socket, { request, read, ended }: Conversation<Answer>): Promise<Answer> {
  return new Promise((resolve) => {
    socket.on('data', (bytes: Buffer) => {
      const answer = read(bytes)
      if (answer !== null) resolve(answer)
    })
    socket.on('close', () => resolve(ended()))
    socket.write(request)
  })
}
