import { utf8 } from '../lib/utf8.ts'
import { failure, success, type Failure, type Result } from '../lib/result.ts'

/** Where the parts of one supervisor live. All paths are absolute. */
export interface Places {
  /** The directory that is all its own, where it has one (`COPPICE_HOME`, or an `up` of a file); else null. */
  readonly home: string | null
  readonly config: string
  /** The database and what must survive a restart of the host. */
  readonly state: string
  readonly logs: string
  /** What need not survive a restart of the host: lock, spool, socket. */
  readonly runtime: string
  /** Where homes of `up`s are, one directory for each file. */
  readonly ups: string
  readonly socket: string
}

export interface PlacesQuery {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly uid: number
  /** For a relative `COPPICE_HOME`. */
  readonly cwd: string
  /** The absolute path of the file that `up` runs; absent: the daemon. */
  readonly file?: string
}

/** `sun_path` has 108 bytes on Linux, the last of them zero. */
const longestSocketPath = 107

/**
 * Where a supervisor's parts live (design.md 8): [CL30] to [CL35]. Supervisor and client ask the same question and so
 * find each other.
 * @returns `no-home` where nothing says where this user's files belong, `socket-path-too-long`
 */
export function places({ env, uid, cwd, file }: PlacesQuery): Result<Places> {
  const home = valueOf(env, 'COPPICE_HOME')
  const usual = uid === 0 ? success(systemPlaces) : userPlaces(env)
  const found =
    home !== null
      ? success(placesIn(absolute(home, cwd), file))
      : usual.ok && file !== undefined
        ? success(placesOfUp(usual.value, file))
        : usual
  if (!found.ok) return found
  const problem = socketPathProblem(found.value.socket)
  return problem === null ? found : { ok: false, failure: problem }
}

/** Where root's daemon lives; other users who may use its socket find it there. */
export const systemPlaces: Places = {
  home: null,
  config: '/etc/coppice/config.yml',
  state: '/var/lib/coppice',
  logs: '/var/log/coppice',
  runtime: '/run/coppice',
  ups: '/run/coppice/up',
  socket: '/run/coppice/coppice.sock',
}

/** Says why no socket can have this path; null if one can. */
export function socketPathProblem(path: string): Failure | null {
  const bytes = utf8(path).length
  if (bytes <= longestSocketPath) return null
  return {
    code: 'socket-path-too-long',
    message: `The path of the control socket has ${bytes} bytes, and no socket may have more than ${longestSocketPath}: ${path}`,
    hint: 'Set COPPICE_HOME to a directory with a shorter path, or give --socket PATH.',
  }
}

function userPlaces(env: PlacesQuery['env']): Result<Places> {
  const home = valueOf(env, 'HOME')
  // The XDG specification: a relative path in one of its variables is to be ignored.
  const xdg = (name: string, underHome: string): string | null => {
    const value = valueOf(env, name)
    if (value?.startsWith('/') === true) return trimSlashes(value)
    return home === null ? null : `${trimSlashes(home)}/${underHome}`
  }
  const config = xdg('XDG_CONFIG_HOME', '.config')
  const state = xdg('XDG_STATE_HOME', '.local/state')
  if (config === null || state === null) {
    return failure(
      'no-home',
      'HOME is not set, so that there is no place for the files of coppice.',
      'Set HOME, or COPPICE_HOME to a directory.',
    )
  }
  const given = valueOf(env, 'XDG_RUNTIME_DIR')
  const runtime = given?.startsWith('/') === true ? `${trimSlashes(given)}/coppice` : `${state}/coppice/run`
  return success({
    home: null,
    config: `${config}/coppice/config.yml`,
    state: `${state}/coppice`,
    logs: `${state}/coppice/logs`,
    runtime,
    ups: `${runtime}/up`,
    socket: `${runtime}/coppice.sock`,
  })
}

function placesOfUp(usual: Places, file: string): Places {
  return { ...placesUnder(`${usual.ups}/${keyOf(file)}`), config: usual.config, ups: usual.ups }
}

/** The state of an `up` is its own, also where it shares everything else with a daemon. */
function placesIn(home: string, file: string | undefined): Places {
  const own = placesUnder(home)
  return file === undefined ? own : { ...own, state: placesUnder(`${own.ups}/${keyOf(file)}`).state }
}

function placesUnder(home: string): Places {
  return {
    home,
    config: `${home}/config.yml`,
    state: `${home}/state`,
    logs: `${home}/logs`,
    runtime: home,
    ups: `${home}/up`,
    socket: `${home}/coppice.sock`,
  }
}

/** A directory name for a file: readable, and different for every absolute path. */
function keyOf(file: string): string {
  const base = file.slice(file.lastIndexOf('/') + 1)
  const readable = base.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 32)
  return `${readable}-${fnv1a(file).toString(16).padStart(8, '0')}`
}

/** The 32-bit FNV-1a hash of the text's UTF-8. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of utf8(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** A variable that is set to nothing counts as not set. */
function valueOf(env: PlacesQuery['env'], name: string): string | null {
  const value = env[name]
  return value === undefined || value === '' ? null : value
}

function absolute(path: string, cwd: string): string {
  return trimSlashes(path.startsWith('/') ? path : `${cwd}/${path.replace(/^\.\//, '')}`)
}

function trimSlashes(path: string): string {
  return path.replace(/(?<=.)\/+$/, '')
}
