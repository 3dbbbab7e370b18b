import { resolve } from 'node:path'
import { createClient, type Client } from '../client/client.ts'
import { discover, discoverDaemon, type Search } from '../client/discover.ts'
import { failure, success, type Failure, type Result } from '../lib/result.ts'
import type { System } from './system.ts'

interface Target {
  readonly file: string | null
  readonly socket: string | null
}

/** A client of the supervisor that the options and the environment mean. */
export async function connect(target: Target, system: System): Promise<Result<Client>> {
  const found = await discover(searchFor(target, system))
  if (found.ok) return success(createClient({ socketPath: found.value }))
  return found.failure.code === 'no-supervisor' ? nobody(found.failure, system) : found
}

/**
 * The same for a command that needs a daemon to keep what it makes: where none answers, one of this user's own is
 * started: [CL60] to [CL62].
 * @param orUp whether the `up` that runs will do
 */
export async function connectOrSpawn(
  target: Target & { readonly 'spawn-daemon': boolean; readonly quiet: boolean },
  { system, orUp }: { readonly system: System; readonly orUp: boolean },
): Promise<Result<Client>> {
  const search = searchFor(target, system)
  if (isNamedOutright(search)) return connect(target, system)
  const daemon = await discoverDaemon(search)
  if (daemon.ok) return success(createClient({ socketPath: daemon.value }))
  if (daemon.failure.code !== 'no-supervisor') return daemon
  const up = orUp && !hasHome(system) ? await discover(search) : daemon
  if (up.ok) return success(createClient({ socketPath: up.value }))
  if (up.failure.code !== 'no-supervisor') return up
  if (!target['spawn-daemon'] || !(await maySpawn(system))) return nobody(daemon.failure, system)
  return spawned(target, system)
}

function searchFor({ file, socket }: Target, { env, uid, cwd }: System): Search {
  return {
    env,
    uid,
    cwd,
    ...(socket === null ? {} : { socket }),
    ...(file === null ? {} : { file: resolve(cwd, file) }),
  }
}

function isNamedOutright({ socket, file, env }: Search): boolean {
  return socket !== undefined || file !== undefined || (env['COPPICE_SOCKET'] ?? '') !== ''
}

function hasHome({ env }: System): boolean {
  return (env['COPPICE_HOME'] ?? '') !== ''
}

/** Root's daemon, and one that systemd looks after, are started by those who are responsible for the host. */
async function maySpawn(system: System): Promise<boolean> {
  return hasHome(system) || (system.uid !== 0 && (await system.unit()) === null)
}

/** Nobody answers: what to do about it, here and for this user. */
async function nobody(found: Failure, system: System): Promise<Result<never>> {
  if (hasHome(system)) return { ok: false, failure: found }
  const unit = await system.unit()
  if (unit !== null) return failure('no-supervisor', found.message, `Start it with \`${unit}\`.`)
  const install = '`coppice install`, then `systemctl start coppice`, or run `coppice daemon` or `coppice up FILE`.'
  return system.uid === 0 ? failure('no-supervisor', found.message, install) : { ok: false, failure: found }
}

async function spawned({ quiet }: { readonly quiet: boolean }, system: System): Promise<Result<Client>> {
  const socketPath = await system.spawnDaemon()
  if (!socketPath.ok) return { ok: false, failure: { ...socketPath.failure, code: 'no-supervisor' } }
  const client = createClient({ socketPath: socketPath.value })
  const supervisor = await client.supervisor()
  if (!supervisor.ok) return supervisor
  if (!quiet) await system.err(`coppice: started a daemon of your own (pid ${supervisor.value.pid})\n`)
  return success(client)
}
