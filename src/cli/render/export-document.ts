import type { ExportView } from '../../wire/declare.ts'

/** A process with the keys that an export has of it, in their order. */
export type Exported = Readonly<Record<string, unknown>>

/** What `--json` prints, and the JSON form: pmon3's keys in pmon3's order, then ours. */
export function exportDocument(processes: readonly ExportView[]): { readonly processes: readonly Exported[] } {
  return {
    processes: processes.map((process) => ({
      ...always(process),
      no_auto_restart: process.no_auto_restart,
      ...process.more,
    })),
  }
}

/** What every format has but for `no_auto_restart`, under the keys of JSON and YAML. What is empty is left out, but for `args`. */
export function always({ file, user, log, args, env_vars, name, dependencies, groups }: ExportView): Exported {
  return {
    file,
    user,
    ...(log === '' ? {} : { log }),
    args,
    ...(env_vars === '' ? {} : { env_vars }),
    name,
    ...(dependencies.length === 0 ? {} : { dependencies }),
    ...(groups.length === 0 ? {} : { groups }),
  }
}
