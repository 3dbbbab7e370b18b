import { dirname, join } from 'node:path'
import type { Installation } from '../system.ts'
import { environmentText, rotationText, unitText } from './texts.ts'

/** One thing that `install` or `uninstall` does. */
export type Step =
  | { readonly tag: 'directory'; readonly path: string; readonly mode: number; readonly owner: string | null }
  /** `isKept`: what is there already is left alone. */
  | { readonly tag: 'write'; readonly path: string; readonly text: string; readonly isKept: boolean }
  /** A program; it may be running. */
  | { readonly tag: 'copy'; readonly from: string; readonly to: string }
  /** `mayFail`: what it undoes may not be there. */
  | { readonly tag: 'run'; readonly command: readonly string[]; readonly mayFail: boolean }
  | { readonly tag: 'remove'; readonly path: string }
  /** Nothing to do, but something to know. */
  | { readonly tag: 'say'; readonly text: string }

/** Where things belong, for the system or for one user. */
export interface Locations {
  readonly isUser: boolean
  readonly program: string
  readonly unit: string
  readonly config: string
  readonly environment: string
  /** null: a user has no logrotate. */
  readonly rotation: string | null
  /** By shell. */
  readonly completions: Readonly<Record<string, string>>
}

export const systemLocations: Locations = {
  isUser: false,
  program: '/usr/local/bin/coppice',
  unit: '/etc/systemd/system/coppice.service',
  config: '/etc/coppice/config.yml',
  environment: '/etc/default/coppice',
  rotation: '/etc/logrotate.d/coppice',
  completions: {
    bash: '/usr/local/share/bash-completion/completions/coppice',
    zsh: '/usr/local/share/zsh/site-functions/_coppice',
    fish: '/usr/local/share/fish/vendor_completions.d/coppice.fish',
  },
}

/** @param home of the user; `config` and `data`: XDG's directories */
export function userLocations(
  home: string,
  { config, data }: { readonly config: string; readonly data: string },
): Locations {
  return {
    isUser: true,
    program: join(home, '.local/bin/coppice'),
    unit: join(config, 'systemd/user/coppice.service'),
    config: join(config, 'coppice/config.yml'),
    environment: join(config, 'coppice/environment'),
    rotation: null,
    completions: {
      bash: join(data, 'bash-completion/completions/coppice'),
      fish: join(config, 'fish/completions/coppice.fish'),
    },
  }
}

export interface InstallFacts extends Installation {
  readonly at: Locations
  /** The completion script for a shell. */
  readonly completion: (shell: string) => string
  /** Who could start it: systemd, nobody that we know, or, below another root, nobody yet. */
  readonly init: 'systemd' | 'unknown' | 'elsewhere'
  /** Whether the daemon that this is for runs already: then its program is replaced in place. */
  readonly isRunning: boolean
  /** A configuration of pmon3 that the daemon reads as long as there is none of ours; null: there is none. */
  readonly pmon3: string | null
}

/** Everything that `install` does, in this order: [IN1] to [IN7]. */
export function installPlan(facts: InstallFacts): readonly Step[] {
  const { at, executable, directories, completion } = facts
  const logs = directories.find(({ isLogs }) => isLogs)
  return [
    executable === at.program
      ? { tag: 'say', text: `${at.program} is where it belongs.` }
      : { tag: 'copy', from: executable, to: at.program },
    ...directories.map(({ path, mode, user, group }) => ({
      tag: 'directory' as const,
      path,
      mode,
      owner: ownerText(user, group),
    })),
    ...configSteps(facts),
    write(at.unit, unitText({ program: at.program, isUser: at.isUser })),
    ...(at.rotation === null || logs === undefined
      ? []
      : [write(at.rotation, rotationText({ logs: logs.path, user: logs.user, group: logs.group }))]),
    ...Object.entries(at.completions).map(([shell, path]) => write(path, completion(shell))),
    ...startSteps(facts),
  ]
}

function configSteps({ at, config, pmon3 }: InstallFacts): readonly Step[] {
  const environment: Step = { tag: 'write', path: at.environment, text: environmentText, isKept: true }
  if (pmon3 === null) return [{ tag: 'write', path: at.config, text: config, isKept: true }, environment]
  const text = `${pmon3} stays what the daemon reads; \`coppice config\` shows what holds. ${at.config} would win over it.`
  return [{ tag: 'say', text }, environment]
}

function startSteps({ at, init, isRunning }: InstallFacts): readonly Step[] {
  if (init === 'elsewhere') return [say('Nothing was started, since all this is below another root.')]
  const command = [at.program, 'daemon', 'reload-binary', '--executable', at.program]
  const replacing: readonly Step[] = isRunning ? [{ tag: 'run', command, mayFail: false }] : []
  if (init === 'unknown') return isRunning ? replacing : [noSystemd]
  return [
    ...replacing,
    { tag: 'run', command: systemctl(at, 'daemon-reload'), mayFail: false },
    { tag: 'run', command: systemctl(at, 'enable', '--now', 'coppice.service'), mayFail: false },
    ...(at.isUser ? [say('It runs while you are logged in; for always, `loginctl enable-linger` once.')] : []),
  ]
}

const noSystemd: Step = {
  tag: 'say',
  text: 'systemd does not run here, so nothing was started: have your init run `coppice daemon`, or start it with `coppice daemon --detach`.',
}

/** Everything that `uninstall` does: [IN8]. What a person has written or a process has left stays. */
export function uninstallPlan({
  at,
  directories,
  init,
}: Pick<InstallFacts, 'at' | 'directories' | 'init'>): readonly Step[] {
  const files = [at.unit, ...(at.rotation === null ? [] : [at.rotation]), ...Object.values(at.completions), at.program]
  const stays = [...new Set([dirname(at.config), at.environment, ...directories.map(({ path }) => path)])]
  return [
    ...(init === 'systemd'
      ? [{ tag: 'run' as const, command: systemctl(at, 'disable', '--now', 'coppice.service'), mayFail: true }]
      : []),
    ...files.map((path) => ({ tag: 'remove' as const, path })),
    ...(init === 'systemd' ? [{ tag: 'run' as const, command: systemctl(at, 'daemon-reload'), mayFail: true }] : []),
    say(`Settings, state and logs stay: ${stays.join(', ')}.`),
  ]
}

function systemctl({ isUser }: Locations, ...args: readonly string[]): readonly string[] {
  return ['systemctl', ...(isUser ? ['--user'] : []), ...args]
}

function write(path: string, text: string): Step {
  return { tag: 'write', path, text, isKept: false }
}

function say(text: string): Step {
  return { tag: 'say', text }
}

/** As chown takes it; null: whoever installs. */
function ownerText(user: string | null, group: string | null): string | null {
  if (group === null) return user
  return `${user ?? ''}:${group}`
}
