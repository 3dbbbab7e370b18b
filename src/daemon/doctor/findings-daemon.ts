import { errnoText } from '../../system/errno.ts'
import type { Finding } from '../../wire/doctor.ts'
import type { LockFact, ServiceFact, Snapshot } from './snapshot.ts'
import { ok, problem, warning } from './verdicts.ts'

type Snap<K extends keyof Snapshot> = Pick<Snapshot, K>

/** Both locks are held by one, or by nobody. */
export function ofLocks({ locks }: Snap<'locks'>): readonly Finding[] {
  const held = locks.filter(({ state }) => state.tag === 'held')
  const holders = new Set(locks.flatMap(({ state }) => (state.tag === 'held' ? [state.pid] : [])))
  if (held.length > 0 && (held.length < locks.length || holders.size > 1)) {
    const told = locks.map(lockText).join('; ')
    return [
      problem(
        'lock',
        told,
        'Two daemons share one of their directories: give each a COPPICE_HOME of its own, or end one.',
      ),
    ]
  }
  return locks.map(ofLock)
}

function ofLock(lock: LockFact): Finding {
  if (lock.state.tag !== 'unreadable') return ok('lock', lockText(lock))
  return warning('lock', lockText(lock), 'Ask as the user of the daemon, or as root.')
}

function lockText({ path, state, command }: LockFact): string {
  switch (state.tag) {
    case 'missing':
      return `${path} is not there: no daemon has been here`
    case 'free':
      return `${path} is held by nobody${state.last === null ? '' : `; it was held by process ${state.last} last`}`
    case 'held':
      return `${path} is held by ${state.pid === null ? 'a process that is not shown' : `process ${state.pid} (${command})`}`
    case 'unreadable':
      return `${path} cannot be looked at: ${errnoText(state.why)}`
  }
}

/** Whether a daemon runs, as far as its locks tell: its pid, or null where that is not told; undefined: none does. */
function daemonOf(locks: readonly LockFact[]): number | null | undefined {
  return locks.flatMap(({ state }) => (state.tag === 'held' ? [state.pid] : [])).at(0)
}

/** Whoever holds the lock answers at the socket; where nobody does, there is no socket. */
export function ofSocket({ socket, locks }: Snap<'socket' | 'locks'>): readonly Finding[] {
  const daemon = daemonOf(locks)
  const { path } = socket
  const holder = daemon === null || daemon === undefined ? 'the daemon' : `process ${daemon}`
  switch (socket.tag) {
    case 'answers': {
      const { version, pid, mode } = socket.supervisor
      const told = `at ${path} answers coppice ${version} (${mode}), process ${pid}`
      if (typeof daemon !== 'number' || daemon === pid) return [ok('socket', told)]
      return [problem('socket', `${told}, but ${holder} holds the lock`, `End one of the two: \`kill ${pid}\`.`)]
    }
    case 'missing':
      if (daemon === undefined) return [ok('socket', `${path} is not there: no daemon runs`)]
      return [
        problem(
          'socket',
          `${holder} runs, but its socket ${path} is gone`,
          `Kill the daemon (\`kill -9 ${daemon ?? 'PID'}\`) and start it again: its processes go on and are taken back.`,
        ),
      ]
    case 'refuses':
      if (daemon === undefined) {
        const fix = { tag: 'remove-socket', path } as const
        return [problem('socket', `${path} is stale: nobody listens, and nobody holds the lock`, 'Remove it.', fix)]
      }
      return [
        problem(
          'socket',
          `${holder} holds the lock, but does not listen at ${path}`,
          'Wait: it may be starting or ending.',
        ),
      ]
    case 'no-socket':
      return [problem('socket', `${path} is no socket`, 'Find out what it is, and move it away.')]
    case 'forbidden':
      return [warning('socket', `you may not use ${path}`, 'Ask as its owner, or as a member of its group.')]
    case 'silent':
      return [
        problem(
          'socket',
          `somebody listens at ${path}, but ${socket.why}`,
          `Look at its log. A daemon that hangs can be killed (\`kill -9 ${daemon ?? 'PID'}\`): its processes go on, and the next takes them back.`,
        ),
      ]
  }
}

/** What the daemon itself says is wrong. */
export function ofAlarms({ socket }: Snap<'socket'>): readonly Finding[] {
  if (socket.tag !== 'answers') return []
  return (socket.supervisor.alarms ?? []).map((alarm) =>
    problem('alarm', alarm, 'It is the daemon who says so: look at its log, and at what it names.'),
  )
}

/** Somebody starts the daemon when it dies, and with the host. */
export function ofService({ service, uid }: Snap<'service' | 'uid'>): readonly Finding[] {
  return [...ofKeeper(service), ...(service.isOwnHome ? [] : ofUnit(service, uid))]
}

function ofKeeper({ keeper }: ServiceFact): readonly Finding[] {
  switch (keeper?.tag) {
    case undefined:
      return []
    case 'guard':
      return [ok('guard', `process ${keeper.pid} guards the daemon: it starts it again when it dies`)]
    case 'systemd':
      return [ok('guard', 'a service manager looks after the daemon')]
    case 'nobody':
      return [
        warning(
          'guard',
          'nobody starts the daemon again when it dies',
          'Install it as a service (`coppice install`), or start it with `coppice daemon --detach`.',
        ),
      ]
  }
}

function ofUnit({ hasSystemd, unit, isEnabled }: ServiceFact, uid: number): readonly Finding[] {
  if (!hasSystemd) return [ok('service', 'this host has no systemd')]
  const [sudo, user] = uid === 0 ? ['', ''] : ['', ' --user']
  if (unit === null) {
    return [warning('service', 'coppice is not installed as a service', `\`${sudo}coppice install${user}\` does it.`)]
  }
  if (isEnabled) return [ok('service', `${unit} is installed, and starts with the host`)]
  const enable = `\`${sudo}systemctl${user} enable coppice\``
  return [warning('service', `${unit} is installed, but does not start with the host`, `Enable it: ${enable}.`)]
}
