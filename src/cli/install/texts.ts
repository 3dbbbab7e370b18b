// What is written for other programs to read. packaging/ has the same for those who make packages.

export interface UnitFacts {
  /** The absolute path of the program. */
  readonly program: string
  readonly isUser: boolean
}

/** The unit for systemd: [IN2], [IN3]. */
export function unitText({ program, isUser }: UnitFacts): string {
  return `[Unit]
Description=coppice keeps processes alive
${isUser ? '' : 'After=network.target\n'}# Whoever looks after others is never given up on.
StartLimitIntervalSec=0

[Service]
# It says when it is ready, what it is doing (STATUS=), and that it reloads or stops.
Type=notify
NotifyAccess=main
EnvironmentFile=-${isUser ? '%E/coppice/environment' : '/etc/default/coppice'}
ExecStart=${program} daemon
ExecReload=/bin/kill -HUP $MAINPID
# It says every 15 s that its loop turns. One that hangs is killed, and the next takes its processes back.
WatchdogSec=30
Restart=on-failure
RestartSec=1
# It ends its processes itself, in their order. With handle_interrupts: false, and when it is killed, they live on, and
# the next daemon takes them back: so systemd must not touch them.
KillMode=process
# A little longer than the longest shutdown (shutdown_max, 75 s unless it is set).
TimeoutStopSec=90
# One process that takes too much memory is no reason to end all the others.
OOMPolicy=continue
# The cgroup below is ours, and so is the number of processes in it.
Delegate=yes
TasksMax=infinity

[Install]
WantedBy=${isUser ? 'default.target' : 'multi-user.target'}
`
}

export interface RotationFacts {
  readonly logs: string
  /** Who owns the directory, where somebody else than root may write to it: logrotate then insists on being told. */
  readonly user: string | null
  readonly group: string | null
}

/** What logrotate does with the logs: as pmon3's. [IN4] */
export function rotationText({ logs, user, group }: RotationFacts): string {
  const as = user === null && group === null ? '' : `    su ${user ?? 'root'} ${group ?? 'root'}\n`
  return `${logs}/*.log {
    daily
    rotate 7
    missingok
    notifempty
    dateext
    copytruncate
    compress
${as}}
`
}

/** The environment of the daemon, for the unit to read. */
export const environmentText = `# Variables for the daemon, NAME=value on a line each. They win over config.yml:
# CONFIGOR_LOGLEVEL=debug
# Another file of settings:
# COPPICE_CONF=/etc/coppice/config.yml
`
