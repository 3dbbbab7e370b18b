import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Caller } from '../../src/api/control.ts'
import { serveControl } from '../../src/api/server.ts'
import { FakeControl, type FakeProcess } from './fake-control.ts'

export interface ControlServer extends AsyncDisposable {
  readonly control: FakeControl
  readonly socketPath: string
  /** Errors that the server told of. */
  readonly errors: unknown[]
  /** One request, as `curl --unix-socket` would make it. */
  ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown; headers: Headers }>
  /** Opens an answer that may go on; whoever opens it cancels it, or aborts the signal. */
  open(path: string, options?: { headers?: Record<string, string>; signal?: AbortSignal }): Promise<Response>
  /** Ends the server before its scope does. */
  close(): Promise<void>
}

/** A directory of its own, gone at the end of the scope. */
export async function aDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'coppice-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** A control socket over a fake supervisor with these processes. */
export async function aControlServer(
  processes: readonly FakeProcess[] = [],
  options: {
    readonly socketPath?: string
    readonly caller?: Caller
    readonly control?: FakeControl
    readonly keepAlive?: number
  } = {},
): Promise<ControlServer> {
  const directory = await aDirectory()
  const socketPath = options.socketPath ?? join(directory.path, 'coppice.sock')
  const control = options.control ?? new FakeControl(processes)
  const errors: unknown[] = []
  const server = await serveControl({
    control,
    socketPath,
    mode: 0o660,
    peerOf: (fd) => (fd > 2 ? (options.caller ?? { uid: 0, user: 'root' }) : null),
    onError: (error) => errors.push(error),
    ...(options.keepAlive === undefined ? {} : { keepAlive: options.keepAlive }),
  })
  if (!server.ok) throw new Error(server.failure.message)
  const close = async (): Promise<void> => {
    await server.value[Symbol.asyncDispose]()
    await directory[Symbol.asyncDispose]()
  }
  return {
    control,
    socketPath,
    errors,
    async ask(method, path, body) {
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
      const init = text === undefined ? {} : { body: text }
      const response = await fetch(`http://coppice${path}`, { unix: socketPath, method, ...init })
      return { status: response.status, body: await response.json(), headers: response.headers }
    },
    open: (path, { headers = {}, signal } = {}) =>
      fetch(`http://coppice${path}`, { unix: socketPath, headers, ...(signal === undefined ? {} : { signal }) }),
    close,
    [Symbol.asyncDispose]: close,
  }
}
