import { readdirSync } from 'node:fs'
import { failure, success, type Result } from '../lib/result.ts'
import { places, systemPlaces, type PlacesQuery } from '../wire/places.ts'
import { createClient } from './client.ts'
import { startOne } from './explain.ts'

export interface Search extends PlacesQuery {
  /** A socket that was named outright. */
  readonly socket?: string
  /** The socket of the system's daemon, where it is not where it belongs. */
  readonly systemSocket?: string
}

/**
 * Finds the socket of the supervisor that is meant: [CL20] to [CL26]. Named outright; that of `up FILE`;
 * `COPPICE_SOCKET`; `COPPICE_HOME`; else this user's daemon, the system's, or the only `up` of this user that runs.
 * @returns `no-supervisor`, `several-supervisors`, and what `places` returns
 */
export async function discover(search: Search): Promise<Result<string>> {
  const { systemSocket = systemPlaces.socket } = search
  if (search.socket !== undefined) return success(search.socket)
  const variable = search.env['COPPICE_SOCKET']
  if (search.file === undefined && variable !== undefined && variable !== '') return success(variable)
  const usual = places(search)
  if (!usual.ok) return usual
  if (search.file !== undefined || usual.value.home !== null) return success(usual.value.socket)
  const asked = await Promise.all([...new Set([usual.value.socket, systemSocket])].map(knock))
  const daemon = asked.find(({ found }) => found === 'somebody')
  if (daemon !== undefined) return success(daemon.socket)
  return onlyUp(usual.value.ups, asked.find(({ found }) => found === 'forbidden')?.socket ?? null)
}

/**
 * Finds the socket of a daemon that answers: that of `COPPICE_HOME`, else this user's own, else the system's. For a
 * command that starts one where there is none.
 * @returns `no-supervisor`, `no-permission`, and what `places` returns
 */
export async function discoverDaemon({
  systemSocket = systemPlaces.socket,
  ...search
}: Search): Promise<Result<string>> {
  const usual = places(search)
  if (!usual.ok) return usual
  const { home, socket } = usual.value
  const asked = await Promise.all((home === null ? [...new Set([socket, systemSocket])] : [socket]).map(knock))
  const daemon = asked.find(({ found }) => found === 'somebody')
  if (daemon !== undefined) return success(daemon.socket)
  return nobody(asked.find(({ found }) => found === 'forbidden')?.socket ?? null)
}

/** Whoever is there, even one that is stuck or strange, is the one that is meant; the question itself will tell. */
async function knock(socket: string): Promise<{ socket: string; found: 'somebody' | 'nobody' | 'forbidden' }> {
  const answer = await createClient({ socketPath: socket, patience: 1000 }).supervisor()
  if (answer.ok) return { socket, found: 'somebody' }
  if (answer.failure.code === 'no-permission') return { socket, found: 'forbidden' }
  return { socket, found: answer.failure.code === 'no-supervisor' ? 'nobody' : 'somebody' }
}

/** @param forbidden the socket of a daemon that does not let us in, for the case that there is nothing else */
async function onlyUp(ups: string, forbidden: string | null): Promise<Result<string>> {
  const sockets = entriesOf(ups).map((entry) => `${ups}/${entry}/coppice.sock`)
  const running = (await Promise.all(sockets.map(knock))).filter(({ found }) => found === 'somebody')
  const [only] = running
  if (only === undefined) return nobody(forbidden)
  if (running.length === 1) return success(only.socket)
  const files = await Promise.all(running.map(({ socket }) => fileOf(socket)))
  return failure(
    'several-supervisors',
    `Several trees are up: ${files.toSorted().join(', ')}.`,
    'Say which one with --file FILE.',
  )
}

function nobody(forbidden: string | null): Result<never> {
  if (forbidden === null) {
    return failure('no-supervisor', 'No coppice is running here.', startOne)
  }
  return failure(
    'no-permission',
    `You may not use the control socket ${forbidden}.`,
    'Ask as its owner, or as a member of its group.',
  )
}

async function fileOf(socketPath: string): Promise<string> {
  const answer = await createClient({ socketPath, patience: 1000 }).supervisor()
  return (answer.ok ? answer.value.file : null) ?? socketPath
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EACCES') return []
    throw error
  }
}
