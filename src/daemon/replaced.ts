import { closeSync, writeSync } from 'node:fs'
import { inheritNotifySockets, notifySockets } from '../system/notify/socket-hub.ts'
import { signalIfSame } from '../system/process.ts'
import { takeHeritage, type Heritage } from '../system/replace.ts'
import type { ReplaceAnswer } from '../wire/replace.ts'

/** What one supervisor says to the program that takes its place, besides what is in its store. */
export interface Bequest {
  readonly format: 1
  readonly mode: 'daemon' | 'up'
  readonly version: string
  /** ISO 8601. */
  readonly startedAt: string
  /** How often its program was replaced, this time not counted. */
  readonly replaced: number
  /** Commands of probes that are under way; nobody waits for them any more. */
  readonly commands: readonly { readonly pid: number; readonly startTime: number }[]
  /** A store in memory, where there is no other. */
  readonly memory: { readonly ownId: string; readonly disk: string } | null
}

/** What a supervisor has of the program before it. */
export interface Past extends Disposable {
  /** null: it was started anew. Of a kind that we do not understand, there is nothing but the store. */
  readonly bequest: Bequest | null
  /** Descriptors by name; whoever takes one closes it. */
  take(name: string): number | null
  /** Tells whoever asked for the replacement that it is done. */
  answer(answer: ReplaceAnswer): void
}

/** To be called first of all. */
export function takePast(mode: Bequest['mode']): Past {
  const heritage = takeHeritage()
  const bequest = heritage === null ? null : bequestIn(heritage, mode)
  if (heritage !== null) inheritNotifySockets((path) => heritage.take(notifyName(path)))
  for (const command of bequest?.commands ?? []) signalIfSame(command, 9, 'group')
  return {
    bequest,
    take: (name) => heritage?.take(name) ?? null,
    answer(answer) {
      const connection = heritage?.take(askerName) ?? null
      if (connection !== null) write(connection, answer)
    },
    [Symbol.dispose]: () => heritage?.[Symbol.dispose](),
  }
}

/** Names the connection on which the replacement was asked for. */
export const askerName = 'asker'

export const socketName = 'socket'

const notifyName = (path: string): string => `notify:${path}`

/** Sockets on which processes speak to us: what they say while nobody listens is heard by the next program. */
export function heldForNotifications(): [string, number][] {
  return [...notifySockets()].map(([path, descriptor]) => [notifyName(path), descriptor])
}

export function lockName(path: string): string {
  return `lock:${path}`
}

function bequestIn({ text }: Heritage, mode: Bequest['mode']): Bequest | null {
  // Written by another version of us, and by nobody else.
  const bequest = JSON.parse(text) as Bequest
  return bequest.format === 1 && bequest.mode === mode ? bequest : null
}

/** The request was read whole by the program before; an answer this short fits whatever the connection can hold. */
function write(connection: number, answer: ReplaceAnswer): void {
  const body = `${JSON.stringify(answer)}\n`
  const head = [
    'HTTP/1.1 200 OK',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  try {
    writeSync(connection, `${head.join('\r\n')}\r\n\r\n${body}`)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error // It has gone, and needs no answer.
  }
  closeSync(connection)
}
