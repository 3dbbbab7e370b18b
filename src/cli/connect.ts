import { resolve } from 'node:path'
import { createClient, type Client } from '../client/client.ts'
import { discover } from '../client/discover.ts'
import { success, type Result } from '../lib/result.ts'
import type { System } from './system.ts'

/** A client of the supervisor that the options and the environment mean. */
export async function connect(
  { file, socket }: { readonly file: string | null; readonly socket: string | null },
  { env, uid, cwd }: System,
): Promise<Result<Client>> {
  const found = await discover({
    env,
    uid,
    cwd,
    ...(socket === null ? {} : { socket }),
    ...(file === null ? {} : { file: resolve(cwd, file) }),
  })
  return found.ok ? success(createClient({ socketPath: found.value })) : found
}
