import { accessSync, closeSync, constants, existsSync, readFileSync } from 'node:fs'
import { release } from 'node:os'
import { bootId } from './boot.ts'
import { errnoName, isErrno } from './errno.ts'
import { exitOfPidfd, limit, openPidfd, setSubreaper, type ResourceLimit } from './libc.ts'
import { launch } from './launch.ts'

/** What kernel and host can, as far as a supervisor asks for it. */
export interface Abilities {
  readonly kernel: string
  /** Why there are no pidfds, an errno's name; null: there are. */
  readonly noPidfd: string | null
  /** Whether a pidfd tells the exit of a process that somebody else has reaped (Linux 6.15). */
  readonly tellsExits: boolean
  readonly noSubreaper: string | null
  /** The cgroup we are in; null: no cgroup v2. */
  readonly cgroup: { readonly path: string; readonly isWritable: boolean } | null
  readonly inotify: { readonly instances: number; readonly watches: number } | null
  readonly openFiles: ResourceLimit | null
  /** Whether /proc shows us the processes of others. */
  readonly hidesProcesses: boolean
  readonly bootId: string | null
}

export async function abilities(): Promise<Abilities> {
  const own = openPidfd(process.pid)
  if (own >= 0) closeSync(own)
  const subreaper = setSubreaper('on')
  if (subreaper >= 0) setSubreaper('off')
  const openFiles = limit(0, 7)
  return {
    kernel: release(),
    noPidfd: own < 0 ? errnoName(own) : null,
    tellsExits: own >= 0 && (await tellsExits()),
    noSubreaper: subreaper < 0 ? errnoName(subreaper) : null,
    cgroup: ownCgroup(),
    inotify: inotifyLimits(),
    openFiles: typeof openFiles === 'number' ? null : openFiles,
    hidesProcesses: /^\S+ \/proc proc \S*hidepid=(1|2|4|noaccess|invisible|ptraceable)/m.test(
      read('/proc/mounts') ?? '',
    ),
    bootId: bootId(),
  }
}

/** Tried: a child that has been reaped is asked for its exit. */
async function tellsExits(): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  let pidfd = -1
  const child = launch({
    command: ['/bin/sh', '-c', 'exit 3'],
    cwd: '/',
    env: {},
    account: null,
    umask: null,
    nice: null,
    limits: new Map(),
    streams: ['ignore', 'ignore'],
    onExit: () => resolve(pidfd >= 0 && exitOfPidfd(pidfd)?.code === 3),
  })
  if (!child.ok) return false
  pidfd = openPidfd(child.value)
  const answer = await promise
  if (pidfd >= 0) closeSync(pidfd)
  return answer
}

function ownCgroup(): Abilities['cgroup'] {
  const own = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup') ?? '')?.[1]
  const path = `/sys/fs/cgroup${own ?? ''}`
  if (own === undefined || !existsSync(`${path}/cgroup.procs`)) return null
  return { path, isWritable: mayWrite(path) && mayWrite(`${path}/cgroup.procs`) }
}

function inotifyLimits(): Abilities['inotify'] {
  const [instances, watches] = ['max_user_instances', 'max_user_watches'].map((name) =>
    read(`/proc/sys/fs/inotify/${name}`),
  )
  return instances === null || watches === null ? null : { instances: Number(instances), watches: Number(watches) }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch (error) {
    if (!isErrno(error, 'EACCES', 'EROFS', 'EPERM', 'ENOENT')) throw error
    return false
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'EACCES', 'EPERM')) throw error
    return null
  }
}
