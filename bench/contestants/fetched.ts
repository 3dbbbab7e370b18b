// Peers that this machine does not have are fetched through the package managers into a directory of their own, where
// they are unpacked and not installed: no service is started and nothing of the system is touched.
import { existsSync, globSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runToEnd } from '../launch.ts'

// Package managers have settings in the environment: proxies, certificates, indexes.
const everything = process.env as Record<string, string>
const shelf = join(tmpdir(), 'coppice-bench-peers')

/** Where the peer `name` lies; `fetch` puts it there if it is missing. Kept from one run of the bench to the next. */
export async function onShelf(name: string, wanted: string, fetch: (dir: string) => Promise<unknown>): Promise<string> {
  const dir = join(shelf, name)
  mkdirSync(dir, { recursive: true })
  if (!existsSync(join(dir, wanted))) await fetch(dir)
  if (!existsSync(join(dir, wanted))) throw new Error(`there is no ${wanted} in what was fetched`)
  return dir
}

/** Downloads Debian packages and unpacks them into `dir`. */
export async function fetchDebian(packages: readonly string[], dir: string): Promise<void> {
  await runToEnd(['apt-get', 'download', ...packages], { room: dir, env: everything })
  for (const file of globSync('*.deb', { cwd: dir }))
    await runToEnd(['dpkg-deb', '-x', file, '.'], { room: dir, env: everything })
}

export async function fetchNpm(name: string, dir: string): Promise<void> {
  await runToEnd(['npm', 'install', '--prefix', '.', '--no-audit', '--no-fund', name], { room: dir, env: everything })
}

export async function fetchPython(name: string, dir: string): Promise<void> {
  await runToEnd(['python3', '-m', 'venv', '.'], { room: dir, env: everything })
  await runToEnd(['bin/pip', 'install', '--quiet', '--disable-pip-version-check', name], { room: dir, env: everything })
}

/** Runs a preparation; what goes wrong in it is the reason why the peer is left out. */
export async function reasonIfNot(prepare: () => Promise<unknown>): Promise<string | null> {
  try {
    await prepare()
    return null
  } catch (error) {
    if (error instanceof Error) return error.message.split('\n', 1)[0] ?? error.name
    throw error
  }
}
