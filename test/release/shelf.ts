import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { tarball } from '../../scripts/release/tarball.ts'

const script = resolve('install.sh')

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A directory with the tarballs of a release, whose programs are small scripts, and a place to install them to. */
export class Shelf {
  readonly root = mkdtempSync(join(tmpdir(), 'coppice-shelf-'))
  readonly dist = this.folder('dist')
  readonly prefix = join(this.root, 'prefix')
  /** What install.sh takes for a directory for temporary files. */
  readonly temporary = this.folder('tmp')
  /** Programs that come before those of the host. */
  readonly tools = this.folder('tools')
  readonly installed = join(this.prefix, 'bin/coppice')

  /** Puts a tarball there, and its line into SHA256SUMS. Its program says `says`, and ends with `code`. */
  tarball(name: string, { says, code = 0 }: { readonly says: string; readonly code?: number }): string {
    const program = Buffer.from(`#!/bin/sh\necho "${says}"\nexit ${code}\n`)
    const bytes = tarball([{ path: `${name}/bin/coppice`, bytes: program, executable: true }], 0)
    const path = join(this.dist, `${name}.tar.gz`)
    writeFileSync(path, bytes)
    const sum = createHash('sha256').update(bytes).digest('hex')
    writeFileSync(join(this.dist, 'SHA256SUMS'), `${sum}  ${name}.tar.gz\n`, { flag: 'a' })
    return path
  }

  /** A program for PATH that prints a line. */
  tool(name: string, says: string, code = 0): void {
    const path = join(this.tools, name)
    writeFileSync(path, `#!/bin/sh\necho '${says}'\nexit ${code}\n`)
    chmodSync(path, 0o755)
  }

  /** Makes this machine look like another. */
  machine({ uname, libc }: { readonly uname: string; readonly libc: 'glibc' | 'musl' }): void {
    writeFileSync(join(this.tools, 'uname'), `#!/bin/sh\n[ "$1" = -m ] && echo ${uname} || echo Linux\n`)
    chmodSync(join(this.tools, 'uname'), 0o755)
    this.tool('getconf', libc === 'glibc' ? 'glibc 2.36' : '', libc === 'glibc' ? 0 : 1)
    this.tool('ldd', libc === 'glibc' ? 'ldd (GNU libc) 2.36' : 'musl libc (x86_64)', libc === 'glibc' ? 0 : 1)
  }

  /** Asynchronous, since a test may be the server that it downloads from. */
  async install(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const path = `${this.tools}:${process.env['PATH'] ?? ''}`
    const usual = {
      PATH: path,
      HOME: this.root,
      TMPDIR: this.temporary,
      COPPICE_RELEASES: this.dist,
      PREFIX: this.prefix,
    }
    const child = Bun.spawn(['sh', script, ...args], { env: { ...usual, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
    return { code, stdout, stderr }
  }

  /** What the installed program says; null: there is none. */
  says(path = this.installed): string | null {
    return existsSync(path) ? Bun.spawnSync([path, 'version']).stdout.toString() : null
  }

  /** What lies beside the installed program, and among temporary files. */
  leftovers(): readonly string[] {
    const folders = [join(this.prefix, 'bin'), this.temporary].filter((path) => existsSync(path))
    return folders.flatMap((path) => readdirSync(path)).filter((name) => name !== 'coppice')
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true })
  }

  private folder(name: string): string {
    const path = join(this.root, name)
    mkdirSync(path)
    return path
  }
}
