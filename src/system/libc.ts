/**
 * The C library: every foreign call of coppice, looked up once. All calls are synchronous, because a buffer that is
 * handed to an asynchronous one may be collected under its feet.
 *
 * Every function answers as the kernel does: a result that is not negative, or the negated errno. Where a call does
 * not exist (macOS, an old kernel) the answer is `-ENOSYS`, and whoever needs the call says what is missing without it.
 */
import { dlopen, ptr, read, toBuffer } from 'bun:ffi'
import { closeSync } from 'node:fs'
import { constants } from 'node:os'

/** Constants of Linux, the same on x64 and arm64. */
const linux = {
  enosys: 38,
  prSetChildSubreaper: 36,
  wnohang: 1,
  wexited: 4,
  wnowait: 0x01000000,
  scClockTick: 2,
  scPageSize: 30,
  pidfdSignalProcessGroup: 4,
  fSetFd: 2,
  fGetFl: 3,
  fSetFl: 4,
  fSetOwn: 8,
  fDupFdCloexec: 1030,
  fdCloexec: 1,
  mfdCloexec: 1,
  oNonblock: 0o4000,
  oAsync: 0o20000,
  lockExclusive: 2,
  lockAtOnce: 4,
} as const

/** Clocks, by their numbers; those of macOS never stop. */
const clocks = process.platform === 'darwin' ? { monotonic: 6, sinceBoot: 6 } : { monotonic: 1, sinceBoot: 7 }

/** Numbers of calls that the C library wraps differently from what we need, or not at all. */
const numbers = {
  pidfdOpen: 434,
  pidfdSendSignal: 424,
  ...(process.arch === 'arm64'
    ? { setgroups: 159, setresgid: 149, setresuid: 147, memfdCreate: 279, madvise: 233 }
    : { setgroups: 116, setresgid: 119, setresuid: 117, memfdCreate: 319, madvise: 28 }),
} as const

/** What POSIX has everywhere. */
const portable = {
  kill: { args: ['int', 'int'], returns: 'int' },
  waitpid: { args: ['int', 'ptr', 'int'], returns: 'int' },
  setpriority: { args: ['int', 'int', 'int'], returns: 'int' },
  sysconf: { args: ['int'], returns: 'i64' },
  socket: { args: ['int', 'int', 'int'], returns: 'int' },
  bind: { args: ['int', 'ptr', 'u32'], returns: 'int' },
  listen: { args: ['int', 'int'], returns: 'int' },
  setsockopt: { args: ['int', 'int', 'int', 'ptr', 'u32'], returns: 'int' },
  getsockopt: { args: ['int', 'int', 'int', 'ptr', 'ptr'], returns: 'int' },
  recvmsg: { args: ['int', 'ptr', 'int'], returns: 'i64' },
  sendto: { args: ['int', 'ptr', 'u64', 'int', 'ptr', 'u32'], returns: 'i64' },
  poll: { args: ['ptr', 'u64', 'int'], returns: 'int' },
  flock: { args: ['int', 'int'], returns: 'int' },
  pipe: { args: ['ptr'], returns: 'int' },
  execve: { args: ['ptr', 'ptr', 'ptr'], returns: 'int' },
  pthread_sigmask: { args: ['int', 'ptr', 'ptr'], returns: 'int' },
  clock_gettime: { args: ['int', 'ptr'], returns: 'int' },
} as const

/** What only Linux has, or has in this form: a variadic call takes its arguments elsewhere on macOS. */
const linuxOnly = {
  prctl: { args: ['int', 'u64', 'u64', 'u64', 'u64'], returns: 'int' },
  waitid: { args: ['int', 'int', 'ptr', 'int'], returns: 'int' },
  prlimit: { args: ['int', 'int', 'ptr', 'ptr'], returns: 'int' },
  fcntl: { args: ['int', 'int', 'int'], returns: 'int' },
  ioctl: { args: ['int', 'u64', 'ptr'], returns: 'int' },
  epoll_create1: { args: ['int'], returns: 'int' },
  epoll_ctl: { args: ['int', 'int', 'int', 'ptr'], returns: 'int' },
  epoll_wait: { args: ['int', 'ptr', 'int', 'int'], returns: 'int' },
  syscall: { args: ['int', 'i64', 'i64', 'i64', 'i64'], returns: 'int' },
  __errno_location: { args: [], returns: 'ptr' },
} as const

function openLibrary() {
  const names =
    process.platform === 'darwin'
      ? ['libSystem.B.dylib']
      : ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`]
  const problems: string[] = []
  for (const name of names) {
    try {
      const library = dlopen(name, portable).symbols
      const extra = process.platform === 'linux' ? dlopen(name, linuxOnly).symbols : null
      return { ...library, extra, errno: extra?.__errno_location() ?? null }
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new Error(`coppice needs the C library, and could not open it: ${problems.join('; ')}`)
}

let opened: ReturnType<typeof openLibrary> | null = null

function libc(): ReturnType<typeof openLibrary> {
  return (opened ??= openLibrary())
}

/** The result, or the negated errno. The address of errno is looked up once: asking anew could itself change it. */
function orErrno(result: number): number {
  if (result >= 0) return result
  const { errno } = libc()
  return errno === null ? -linux.enosys : -read.i32(errno, 0)
}

/** A call by its number, for this thread alone where the C library would change every thread of the process. */
function rawCall(number: number, a: number, b: number, c: number, d = 0): number {
  const { extra } = libc()
  return extra === null ? -linux.enosys : orErrno(extra.syscall(number, a, b, c, d))
}

/** Orphans among our descendants become our children instead of those of PID 1; or no longer. */
export function setSubreaper(whether: 'on' | 'off'): number {
  const { extra } = libc()
  return extra === null
    ? -linux.enosys
    : orErrno(extra.prctl(linux.prSetChildSubreaper, whether === 'on' ? 1 : 0, 0, 0, 0))
}

/** Signals a process, or the process group `-pid`. Signal 0 only asks whether it exists; zombies do. */
export function kill(pid: number, signal: number): number {
  return orErrno(libc().kill(pid, signal))
}

/** A descriptor that stands for the process, whatever becomes of its pid. Close it with `closeSync`. */
export function openPidfd(pid: number): number {
  return rawCall(numbers.pidfdOpen, pid, 0, 0)
}

/** Signals the process of a pidfd, or (Linux 6.9) the process group that it leads or led. */
export function signalPidfd(pidfd: number, signal: number, whom: 'process' | 'group'): number {
  return rawCall(numbers.pidfdSendSignal, pidfd, signal, 0, whom === 'group' ? linux.pidfdSignalProcessGroup : 0)
}

const childInfo = Buffer.alloc(128)

/**
 * The pid of a child that has ended and was not yet waited for; it stays so. 0: none. `-ECHILD`: no such child.
 * @param pid one child, or 0 for any
 */
export function peekZombie(pid = 0): number {
  const { extra } = libc()
  if (extra === null) return -linux.enosys
  childInfo.fill(0)
  const options = linux.wexited | linux.wnohang | linux.wnowait
  const result = orErrno(extra.waitid(pid === 0 ? 0 : 1, pid, childInfo, options))
  return result < 0 ? result : childInfo.readInt32LE(16) // si_pid
}

const childStatus = Buffer.alloc(4)

/** How a process ended: its code, and the signal that ended it or 0. */
export interface WaitStatus {
  readonly code: number
  readonly signal: number
}

/** The two numbers of a wait status, as `waitpid`, /proc/PID/stat and pidfds give it. */
export function waitStatus(status: number): WaitStatus {
  return { code: (status >> 8) & 0xff, signal: status & 0x7f }
}

/** Takes one child that has ended off the process table. Never of any pid: the runtime dies when its own are gone. */
export function reap(pid: number): WaitStatus | null {
  if (orErrno(libc().waitpid(pid, childStatus, linux.wnohang)) !== pid) return null
  return waitStatus(childStatus.readInt32LE(0))
}

const pidfdInfo = Buffer.alloc(64)

/**
 * How the process of a pidfd ended, whoever reaped it (Linux 6.15). Null: it was not reaped yet, or nobody can tell.
 * The pidfd must have been opened while the process was there.
 */
export function exitOfPidfd(pidfd: number): WaitStatus | null {
  const { extra } = libc()
  const [getInfo, wantsExit] = [0xc040_ff0b, 8n]
  if (extra === null) return null
  pidfdInfo.fill(0)
  pidfdInfo.writeBigUInt64LE(wantsExit, 0)
  if (orErrno(extra.ioctl(pidfd, getInfo, pidfdInfo)) < 0) return null
  return (pidfdInfo.readBigUInt64LE(0) & wantsExit) === 0n ? null : waitStatus(pidfdInfo.readInt32LE(60))
}

export interface ResourceLimit {
  readonly soft: number
  readonly hard: number
}

const unlimited = 0xffff_ffff_ffff_ffffn
const limitBefore = Buffer.alloc(16)
const limitAfter = Buffer.alloc(16)

/** Reads a resource limit of a process (0: our own) and, where `next` is given, replaces it. */
export function limit(pid: number, resource: number, next?: ResourceLimit): ResourceLimit | number {
  const { extra } = libc()
  if (extra === null) return -linux.enosys
  if (next !== undefined) {
    limitAfter.writeBigUInt64LE(next.soft === Infinity ? unlimited : BigInt(next.soft), 0)
    limitAfter.writeBigUInt64LE(next.hard === Infinity ? unlimited : BigInt(next.hard), 8)
  }
  const result = orErrno(extra.prlimit(pid, resource, next === undefined ? null : limitAfter, limitBefore))
  return result < 0 ? result : { soft: limitAt(0), hard: limitAt(8) }
}

function limitAt(offset: number): number {
  const value = limitBefore.readBigUInt64LE(offset)
  return value === unlimited ? Infinity : Number(value)
}

/** The nice value of one thread (`process`: 0 is the calling one) or of every process of a group. */
export function setNice(whom: 'process' | 'group', id: number, nice: number): number {
  return orErrno(libc().setpriority(whom === 'process' ? 0 : 1, id, nice))
}

/** The supplementary groups of this thread only. */
export function setThreadGroups(gids: readonly number[]): number {
  const list = Uint32Array.from(gids.length === 0 ? [0] : gids) // a buffer without bytes has no address
  return rawCall(numbers.setgroups, gids.length, ptr(list), 0)
}

/** Real, effective and saved group id of this thread only. */
export function setThreadGids(real: number, effective: number, saved: number): number {
  return rawCall(numbers.setresgid, real, effective, saved)
}

/** Real, effective and saved user id of this thread only. */
export function setThreadUids(real: number, effective: number, saved: number): number {
  return rawCall(numbers.setresuid, real, effective, saved)
}

/** Clock ticks per second, and bytes per page, as `/proc` counts them. */
export function procUnits(): { readonly ticks: number; readonly page: number } {
  return { ticks: Number(libc().sysconf(linux.scClockTick)), page: Number(libc().sysconf(linux.scPageSize)) }
}

/** Makes reads and writes wait again on a descriptor that was opened with O_NONBLOCK. */
export function setBlocking(descriptor: number): number {
  const { extra } = libc()
  if (extra === null) return -linux.enosys
  const flags = orErrno(extra.fcntl(descriptor, linux.fGetFl, 0))
  return flags < 0 ? flags : orErrno(extra.fcntl(descriptor, linux.fSetFl, flags & ~linux.oNonblock))
}

/** Asks for a SIGIO to this process whenever the descriptor has news. Have a handler first: SIGIO kills. */
export function signalWhenReadable(descriptor: number): number {
  const { extra } = libc()
  if (extra === null) return -linux.enosys
  const owned = orErrno(extra.fcntl(descriptor, linux.fSetOwn, process.pid))
  return owned < 0 ? owned : orErrno(extra.fcntl(descriptor, linux.fSetFl, linux.oNonblock | linux.oAsync))
}

/** A `sockaddr_un`: of a path, or of a name in the abstract namespace, which begins with `@`. */
function unixAddress(name: string): { readonly bytes: Buffer; readonly length: number } | null {
  const text = Buffer.from(name)
  if (text.length > 107) return null
  const bytes = Buffer.alloc(110)
  bytes.writeUInt16LE(unixSocket.family, 0)
  text.copy(bytes, 2)
  const isAbstract = name.startsWith('@')
  if (isAbstract) bytes[2] = 0
  // A path ends with a NUL; an abstract name is as long as it says.
  return { bytes, length: 2 + text.length + (isAbstract ? 0 : 1) }
}

/** Non-blocking and close-on-exec. */
function newDatagramSocket(): number {
  const { family, datagram, cloexec } = unixSocket
  return orErrno(libc().socket(family, datagram | cloexec | linux.oNonblock, 0))
}

const unixSocket = { family: 1, stream: 1, datagram: 2, cloexec: 0o2000000 } as const

/**
 * A non-blocking unix datagram socket, close-on-exec, that names the senders of what it receives.
 * @param name a path, or `@` and a name in the abstract namespace
 */
export function openDatagramSocket(name: string): number {
  const [solSocket, passCredentials] = [1, 16]
  if (libc().extra === null) return -linux.enosys
  const address = unixAddress(name)
  if (address === null) return -constants.errno.ENAMETOOLONG
  const descriptor = newDatagramSocket()
  if (descriptor < 0) return descriptor
  const yes = Buffer.from([1, 0, 0, 0])
  const credentials = orErrno(libc().setsockopt(descriptor, solSocket, passCredentials, yes, 4))
  const bound = credentials < 0 ? credentials : orErrno(libc().bind(descriptor, address.bytes, address.length))
  if (bound >= 0) return descriptor
  closeSync(descriptor)
  return bound
}

/**
 * Sends a datagram to a unix socket, without waiting: `-EAGAIN` when its queue is full.
 * @param name as of `openDatagramSocket`
 */
export function sendDatagram(name: string, text: string): number {
  const noSignal = 0x4000
  if (libc().extra === null) return -linux.enosys
  const address = unixAddress(name)
  if (address === null) return -constants.errno.ENAMETOOLONG
  const descriptor = newDatagramSocket()
  if (descriptor < 0) return descriptor
  const body = Buffer.from(text)
  const sent = orErrno(Number(libc().sendto(descriptor, body, body.length, noSignal, address.bytes, address.length)))
  closeSync(descriptor)
  return sent
}

/**
 * A non-blocking unix stream socket that listens at a path, close-on-exec. Up to `backlog` connections wait in it.
 */
export function openStreamListener(path: string, backlog: number): number {
  if (libc().extra === null) return -linux.enosys
  const address = unixAddress(path)
  if (address === null) return -constants.errno.ENAMETOOLONG
  const { family, stream, cloexec } = unixSocket
  const descriptor = orErrno(libc().socket(family, stream | cloexec | linux.oNonblock, 0))
  if (descriptor < 0) return descriptor
  const bound = orErrno(libc().bind(descriptor, address.bytes, address.length))
  const listening = bound < 0 ? bound : orErrno(libc().listen(descriptor, backlog))
  if (listening >= 0) return descriptor
  closeSync(descriptor)
  return listening
}

/** Who is at the other end of a connected unix socket, as the kernel says it. */
export function peerCredentials(
  descriptor: number,
): { readonly pid: number; readonly uid: number; readonly gid: number } | number {
  const [solSocket, soPeerCred] = [1, 17]
  if (libc().extra === null) return -linux.enosys
  const credentials = Buffer.alloc(12)
  const length = Buffer.from([12, 0, 0, 0])
  const result = orErrno(libc().getsockopt(descriptor, solSocket, soPeerCred, credentials, length))
  return result < 0 ? result : credentialsAt(credentials, 0)
}

/** Those of the descriptors that have something to read, in one call and without waiting. */
export function readableAmong(descriptors: readonly number[]): readonly number[] {
  const pollIn = 1
  const entries = Buffer.alloc(8 * Math.max(1, descriptors.length))
  for (const [i, descriptor] of descriptors.entries()) {
    entries.writeInt32LE(descriptor, 8 * i)
    entries.writeInt16LE(pollIn, 8 * i + 4)
  }
  if (orErrno(libc().poll(entries, descriptors.length, 0)) <= 0) return []
  return descriptors.filter((_, i) => (entries.readInt16LE(8 * i + 6) & pollIn) !== 0)
}

/** An epoll set, close-on-exec: many descriptors, asked in one call whatever their number. Close it with `closeSync`. */
export function openPollSet(): number {
  const { extra } = libc()
  return extra === null ? -linux.enosys : orErrno(extra.epoll_create1(0o2000000))
}

/** `struct epoll_event` is packed on x64, and on nothing else. */
const eventSize = process.arch === 'x64' ? 12 : 16
const eventData = eventSize - 8
const event = Buffer.alloc(eventSize)

/** Adds a descriptor to a poll set, to be told when it is readable, or takes it out. */
export function changePollSet(set: number, change: 'add' | 'remove', descriptor: number): number {
  const { extra } = libc()
  if (extra === null) return -linux.enosys
  event.fill(0)
  event.writeUInt32LE(1, 0) // EPOLLIN
  event.writeInt32LE(descriptor, eventData)
  return orErrno(extra.epoll_ctl(set, change === 'add' ? 1 : 2, descriptor, event))
}

const events = Buffer.alloc(eventSize * 256)

/** Up to 256 descriptors of a poll set that are readable, without waiting. */
export function readableInSet(set: number): readonly number[] {
  const { extra } = libc()
  const count = extra === null ? 0 : Math.max(0, extra.epoll_wait(set, events, events.length / eventSize, 0))
  return Array.from({ length: count }, (_, i) => events.readInt32LE(i * eventSize + eventData))
}

/** Takes the exclusive lock of an open file, without waiting: `-EAGAIN` when another has it. It ends with the last copy of the descriptor. */
export function lockFile(descriptor: number): number {
  return orErrno(libc().flock(descriptor, linux.lockExclusive | linux.lockAtOnce))
}

const timespec = Buffer.alloc(16)

/** Microseconds of CLOCK_MONOTONIC, which service managers compare with their own. */
export function monotonicMicros(): bigint {
  return microsOf(clocks.monotonic)
}

/** Milliseconds since boot, with the time that the host was suspended: what start times in /proc are counted in. */
export function millisSinceBoot(): number {
  return Number(microsOf(clocks.sinceBoot)) / 1000
}

function microsOf(clock: number): bigint {
  libc().clock_gettime(clock, timespec)
  return timespec.readBigInt64LE(0) * 1_000_000n + timespec.readBigInt64LE(8) / 1000n
}

export interface Datagram {
  readonly text: string
  /** Who sent it, as the kernel says; it may have ended since. 0 and -1 where the kernel does not say. */
  readonly pid: number
  readonly uid: number
}

/** The parts of a `msghdr`, kept for life: the kernel writes to their addresses. */
interface Message {
  readonly header: Buffer
  readonly vector: Buffer
  readonly body: Buffer
  readonly control: Buffer
}

let message: Message | null = null

/** The next datagram of a socket, cut at 4096 bytes, or the negated errno: `-EAGAIN` when there is none. */
export function receiveDatagram(descriptor: number): Datagram | number {
  const { header, control, body } = (message ??= newMessage())
  control.fill(0)
  // Room for the credentials and nothing else: descriptors somebody sends along are closed by the kernel.
  header.writeBigUInt64LE(BigInt(control.length), 40)
  const length = Number(orErrno(Number(libc().recvmsg(descriptor, header, 0))))
  if (length < 0) return length
  const [solSocket, scmCredentials] = [1, 2]
  const told = control.readInt32LE(8) === solSocket && control.readInt32LE(12) === scmCredentials
  const sender = told ? credentialsAt(control, 16) : { pid: 0, uid: -1 }
  return { text: body.toString('utf8', 0, length), pid: sender.pid, uid: sender.uid }
}

function newMessage(): Message {
  const parts = {
    header: Buffer.alloc(64),
    vector: Buffer.alloc(16),
    body: Buffer.alloc(4096),
    control: Buffer.alloc(32),
  }
  parts.vector.writeBigUInt64LE(BigInt(ptr(parts.body)), 0)
  parts.vector.writeBigUInt64LE(BigInt(parts.body.length), 8)
  parts.header.writeBigUInt64LE(BigInt(ptr(parts.vector)), 16)
  parts.header.writeBigUInt64LE(1n, 24)
  parts.header.writeBigUInt64LE(BigInt(ptr(parts.control)), 32)
  return parts
}

function credentialsAt(
  bytes: Buffer,
  offset: number,
): { readonly pid: number; readonly uid: number; readonly gid: number } {
  return { pid: bytes.readInt32LE(offset), uid: bytes.readInt32LE(offset + 4), gid: bytes.readInt32LE(offset + 8) }
}

/** Lets go of pages that can be read again from the file they are mapped from. Anything else there is lost. */
export function dropPages(address: number, length: number): number {
  const dontNeed = 4
  return rawCall(numbers.madvise, address, length, dontNeed)
}

/**
 * Puts another program in the place of this one: same pid, same children, and those descriptors that are not
 * close-on-exec. Every other thread ends at once.
 * @returns only where it was refused: the negated errno
 */
export function replaceImage(order: {
  readonly file: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
}): number {
  const [file, argv] = [textPointer(order.file), textPointers(order.argv)]
  const env = textPointers(Object.entries(order.env).map(([name, value]) => `${name}=${value}`))
  const result = orErrno(libc().execve(file, argv.pointers, env.pointers))
  // Named here, so that nothing of it was collected before.
  return argv.texts.length + env.texts.length + file.length > 0 ? result : -constants.errno.EINVAL
}

function textPointers(texts: readonly string[]): { readonly pointers: Buffer; readonly texts: readonly Buffer[] } {
  const held = texts.map(textPointer)
  const pointers = Buffer.alloc(8 * (held.length + 1)) // the last one is null
  for (const [i, text] of held.entries()) pointers.writeBigUInt64LE(BigInt(ptr(text)), 8 * i)
  return { pointers, texts: held }
}

function textPointer(text: string): Buffer {
  const bytes = Buffer.alloc(Buffer.byteLength(text) + 1)
  bytes.write(text)
  return bytes
}

/** Whether a descriptor is handed on to the next program image. */
export function setInherited(descriptor: number, whether: 'inherited' | 'close-on-exec'): number {
  const { extra } = libc()
  if (extra === null) return -linux.enosys
  return orErrno(extra.fcntl(descriptor, linux.fSetFd, whether === 'inherited' ? 0 : linux.fdCloexec))
}

/** Another descriptor of the same open file, close-on-exec. */
export function duplicate(descriptor: number): number {
  const { extra } = libc()
  return extra === null ? -linux.enosys : orErrno(extra.fcntl(descriptor, linux.fDupFdCloexec, 3))
}

/** A file without a name, in memory only, close-on-exec. */
export function openMemoryFile(): number {
  const name = textPointer('coppice')
  return rawCall(numbers.memfdCreate, ptr(name), linux.mfdCloexec, 0)
}

/** A pipe, both ends close-on-exec; null where it was refused. */
export function openPipe(): { readonly readEnd: number; readonly writeEnd: number } | null {
  const ends = new Int32Array(2)
  if (orErrno(libc().pipe(ends)) < 0) return null
  const [readEnd = -1, writeEnd = -1] = ends
  for (const end of ends) setInherited(end, 'close-on-exec')
  return { readEnd, writeEnd }
}

/**
 * Has these signals wait, or lets them through, as far as this thread is concerned. What waits is kept over
 * `replaceImage`, and all threads that the next image starts have it wait too.
 */
export function setSignalMask(signals: readonly number[], whether: 'wait' | 'through'): number {
  const [block, unblock] = process.platform === 'linux' ? [0, 1] : [1, 2]
  const set = Buffer.alloc(128)
  for (const signal of signals) {
    const at = (signal - 1) >> 3
    set.writeUInt8(set.readUInt8(at) | (1 << ((signal - 1) & 7)), at)
  }
  const errno = libc().pthread_sigmask(whether === 'wait' ? block : unblock, set, null)
  return errno === 0 ? 0 : -errno
}

/** Memory of this process itself. Whoever gives a wrong address ends it. */
export function memoryAt(address: number, length: number): Buffer {
  return toBuffer(address, 0, length)
}
