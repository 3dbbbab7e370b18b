import type { DaemonOptions } from './house.ts'

/** What the shell calls a guard, so that it is known among processes. */
export const guardName = 'coppice-guard'

/** The guard's pid, said by it to its daemon, and to nobody else (src/system/environment.ts). */
const guardVariable = 'COPPICE_GUARD'

/** So many deaths of the daemon in so many seconds are too many. [DM60] */
const limit = { deaths: 5, within: 60 }

/**
 * Runs its arguments from the second on, and runs them again when they die. Its descriptors are those of the daemon: its
 * log. In POSIX's words alone, but for `date +%s`, which everybody has. What a shell itself says of the end of a child,
 * "Killed", is no line of a log.
 */
const script = `
format=$1; shift
${guardVariable}=$$; export ${guardVariable}
say() {
  case $format in
    json) printf '{"time":"%s","level":"%s","msg":"guard: %s","pid":%s}\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" "$2" $$ ;;
    *) printf '%s.000 %s coppice guard: %s\\n' "$(date +%H:%M:%S)" "$(printf %-5s "$1" | tr a-z A-Z)" "$2" ;;
  esac
}
deaths=
while :; do
  "$@" &
  wait $! 2>/dev/null
  code=$?
  case $code in 0 | 1 | 2) exit $code ;; esac
  how="ended with $code"
  if [ $code -gt 128 ]; then how="was killed by SIG$(kill -l $((code - 128)))"; fi
  now=$(date +%s); recent=$now; count=1
  for at in $deaths; do
    if [ $((now - at)) -lt ${limit.within} ]; then recent="$recent $at"; count=$((count + 1)); fi
  done
  deaths=$recent
  if [ $count -ge ${limit.deaths} ]; then
    say error "the daemon $how, for the $count. time in ${limit.within} s: it is not started again. Start it with: coppice daemon --detach"
    exit $code
  fi
  say warn "the daemon $how, and is started again"
  if [ $count -gt 1 ]; then sleep 1; fi
done
`

/** What runs this daemon and runs it again when it dies by a signal or of a bug. [DM60] */
export function guarded(
  command: readonly [string, ...string[]],
  { logFormat }: Pick<DaemonOptions, 'logFormat'>,
): readonly [string, ...string[]] {
  return ['/bin/sh', '-c', script, guardName, logFormat ?? 'text', ...command]
}

/** The pid of the guard that has started us, and is there; null: there is none. */
export function ownGuard(env: Readonly<Record<string, string | undefined>> = process.env): number | null {
  return Number(env[guardVariable]) === process.ppid ? process.ppid : null
}
