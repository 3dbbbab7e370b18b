import { aControlServer, type ControlServer } from './control-server.ts'
import type { FakeProcess } from './fake-control.ts'
import { coppice, type Ran, type Surroundings } from './fake-system.ts'

export interface Tree extends AsyncDisposable {
  readonly server: ControlServer
  coppice(line: string | readonly string[], surroundings?: Surroundings): Promise<Ran>
}

/** A fake supervisor with these processes, and a command line that finds it. */
export async function aTree(processes: readonly FakeProcess[] = []): Promise<Tree> {
  const server = await aControlServer(processes)
  return {
    server,
    coppice: (line, { env = {}, ...rest } = {}) =>
      coppice(line, { env: { COPPICE_SOCKET: server.socketPath, ...env }, ...rest }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
