import type { Hook, HookEvent } from '../../core/spec.ts'
import { hookKeys } from '../hooks.ts'
import { count, hookLine, owner, ownHooks, permissions, type Kind } from './kinds.ts'

/** What the defaults depend on. */
export interface Around {
  readonly places: SettingPlaces
  /** The config file is pmon3's, and the daemon the system's: pmon3's own places hold where it says nothing. */
  readonly isPmon3: boolean
}

/** Where the files of this daemon belong, absolute. */
export interface SettingPlaces {
  /** Its own directory, if it has one (`COPPICE_HOME`). */
  readonly home: string | null
  readonly config: string
  readonly state: string
  readonly logs: string
}

/** One setting: every name it has, how it is read, and what holds if nobody says anything. */
export interface SettingKey<T> {
  readonly kind: Kind<T>
  /** In older files. */
  readonly flat: readonly string[]
  /** After `CONFIGOR_`, the present name first. */
  readonly variables: readonly string[]
  readonly doc: string
  readonly standard: (around: Around) => T
  /** The setting whose value holds if that one is said and this one is not. */
  readonly inherits?: string
  readonly note?: string
}

/** A row of the table. */
export function setting<T>(kind: Kind<T>, more: Omit<SettingKey<T>, 'kind'>): SettingKey<T> {
  return { kind, ...more }
}

export const mostMillis = 86_400_000
/** What is to know of those that a running daemon cannot change. */
export const restart = 'Takes a restart of the daemon.'
/** What is to know of those that have no use here. */
export const transport = "Accepted and not needed: it is about pmon3's message channel, and here there is a socket."

/** Modes and owners of one section. They are those of `permissions` where the section says nothing. */
export function access(variable: string, modes: { readonly directory: number; readonly file: number }) {
  return {
    user: setting(owner, {
      flat: [],
      variables: [`${variable}_USER`],
      doc: `Who owns what is made there: a name or a number. Else \`permissions.user\`, else the daemon's own.`,
      standard: () => null,
      inherits: 'permissions.user',
    }),
    group: setting(owner, {
      flat: [],
      variables: [`${variable}_GROUP`],
      doc: 'The group of what is made there; else `permissions.group`.',
      standard: () => null,
      inherits: 'permissions.group',
    }),
    directory_mode: setting(permissions(0o770), {
      flat: [],
      variables: [`${variable}_DIRECTORYMODE`],
      doc: `Octal; else \`permissions.directory_mode\`.`,
      standard: () => modes.directory,
      inherits: 'permissions.directory_mode',
    }),
    file_mode: setting(permissions(0o660), {
      flat: [],
      variables: [`${variable}_FILEMODE`],
      doc: `Octal; else \`permissions.file_mode\`.`,
      standard: () => modes.file,
      inherits: 'permissions.file_mode',
    }),
  }
}

/** One that is new, and was in no older file. */
export function bare(variable: string, doc: string): Pick<SettingKey<unknown>, 'flat' | 'variables' | 'doc'> {
  return { flat: [], variables: [variable], doc }
}

/** A command for an event. */
export function hook(flat: string, variable: string, older: string, when: string): SettingKey<string | null> {
  return setting(hookLine, {
    flat: [flat],
    variables: [`EVENTHANDLER_${variable}`, `EVENTHANDLING_${variable}`, older],
    doc: `A command that is run ${when}, without a shell, as the user of the daemon, with the process as JSON as its last argument.`,
    standard: () => null,
  })
}

/** What is run at an event of ours, for every process. */
export function ownHook(on: HookEvent): SettingKey<readonly Hook[]> {
  const when = hookKeys.find((one) => one.on === on)?.when ?? ''
  return setting(ownHooks(on), {
    flat: [],
    variables: [`HOOKS_ON${on.toUpperCase()}`],
    doc: `A command or a URL for every process, ${when}; or a table that says more.`,
    standard: () => [],
  })
}

/** A threshold of flap detection. */
export function threshold(name: string, standard: number, doc: string): SettingKey<number> {
  const key = `flap_detection_threshold_${name}`
  const min = name === 'decrement' ? 0 : 1
  const message = `${key} configuration value must be between ${min} and 1000000`
  return setting(count({ min, max: 1_000_000, fallback: standard, message }), {
    flat: [key],
    variables: [`FLAPDETECTION_THRESHOLD${name.toUpperCase()}`, `FLAPDETECTIONTHRESHOLD${name.toUpperCase()}`],
    doc,
    standard: () => standard,
  })
}
