// A file system of its own that is soon full. It takes root, and a host that lets root mount.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Enough for a database and what SQLite keeps beside it until it puts it in its place. */
const size = '12m'

function succeeds(command: readonly string[]): boolean {
  return Bun.spawnSync([...command], { stdio: ['ignore', 'ignore', 'ignore'] }).exitCode === 0
}

/** Why there can be none here; null: there can. Tried in a namespace of its own, which leaves nothing behind. */
export const noSmallDisk: string | null =
  process.getuid?.() === 0 && succeeds(['unshare', '--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'])
    ? null
    : 'only root may mount, and only where the host allows it'

/** A small disk at a directory of its own, gone at the end of the scope. */
export class SmallDisk implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'coppice-disk-'))
  private readonly ballast = join(this.path, 'ballast')

  constructor({ readOnly = false }: { readonly readOnly?: boolean } = {}) {
    const { path } = this
    const options = `size=${size},mode=0700${readOnly ? ',ro' : ''}`
    if (!succeeds(['mount', '-t', 'tmpfs', '-o', options, 'none', path])) throw new Error(`cannot mount at ${path}`)
  }

  /** Takes what is left, to the last page. */
  fill(): void {
    try {
      for (;;) writeFileSync(this.ballast, Buffer.alloc(4096), { flag: 'a' })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    }
    if (statSync(this.ballast).size === 0) throw new Error('it was full before')
  }

  free(): void {
    rmSync(this.ballast)
  }

  [Symbol.dispose](): void {
    succeeds(['umount', '--lazy', this.path])
    rmSync(this.path, { recursive: true })
  }
}
