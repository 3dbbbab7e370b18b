import { errnoText } from '../../system/errno.ts'
import type { Finding } from '../../wire/doctor.ts'
import type { Snapshot } from './snapshot.ts'
import { ok, warning } from './verdicts.ts'

/** What the host can. Without any of it coppice works, and says what is worse then. */
export function ofHost({
  host,
  store,
  wall,
  uid,
}: Pick<Snapshot, 'host' | 'store' | 'wall' | 'uid'>): readonly Finding[] {
  return [
    host.noPidfd === null
      ? ok('kernel', `${host.kernel}: pidfds${host.tellsExits ? ', which tell exits' : ''}`)
      : warning('kernel', `${host.kernel}: no pidfds (${errnoText(host.noPidfd)}): start times tell pids apart`),
    ...(host.noPidfd === null && !host.tellsExits
      ? [warning('kernel', 'how a process ended whose daemon was replaced may stay unknown (before Linux 6.15)')]
      : []),
    host.noSubreaper === null
      ? ok('kernel', 'orphans of processes come to the daemon')
      : warning('kernel', `orphans of processes cannot be followed (${errnoText(host.noSubreaper)})`),
    ofCgroup(host),
    ...ofInotify(host),
    ...ofOpenFiles(host),
    ...(host.hidesProcesses && uid !== 0
      ? [warning('kernel', '/proc hides the processes of others (hidepid)', 'Mount it with gid= of a group of yours.')]
      : []),
    host.bootId === null
      ? warning('kernel', 'the kernel does not name its boot: after a restart of the host pids may be mistaken')
      : ok('kernel', `boot ${host.bootId}`),
    ofClock(lastRecorded(store), wall),
  ]
}

function ofCgroup({ cgroup }: Snapshot['host']): Finding {
  if (cgroup === null) return ok('cgroup', 'no cgroup v2: groups, the subreaper and markers find everybody')
  const may = cgroup.isWritable ? 'ours to divide' : 'not ours to divide'
  return ok('cgroup', `v2, ${cgroup.path}, ${may}`)
}

const fewInstances = 16
const fewWatches = 1024

function ofInotify({ inotify }: Snapshot['host']): readonly Finding[] {
  if (inotify === null) return [ok('inotify', 'none: logs are looked at four times a second')]
  const { instances, watches } = inotify
  const told = `${instances} instances, ${watches} watches`
  if (instances >= fewInstances && watches >= fewWatches) return [ok('inotify', told)]
  return [warning('inotify', told, 'Raise fs.inotify.max_user_instances and max_user_watches (sysctl).')]
}

const fewFiles = 1024

function ofOpenFiles({ openFiles }: Snapshot['host']): readonly Finding[] {
  if (openFiles === null) return []
  const told = `up to ${openFiles.hard} open files`
  if (openFiles.hard > fewFiles) return [ok('files', told)]
  return [warning('files', told, 'Raise LimitNOFILE= (or `ulimit -Hn`): each process takes a few.')]
}

/** Clocks of two hosts, or of an afternoon, may differ. */
const tolerance = 60_000

function ofClock(last: number | null, wall: number): Finding {
  const now = new Date(wall).toISOString()
  if (last === null || wall > last - tolerance) return ok('clock', now)
  const told = `it is ${now}, but something was recorded at ${new Date(last).toISOString()}`
  return warning('clock', told, 'The clock was set back: see that it is right.')
}

function lastRecorded({ content }: Snapshot['store']): number | null {
  const times = (content?.processes ?? []).map(({ wall }) => wall).filter(Number.isFinite)
  return times.length === 0 ? null : Math.max(...times)
}
