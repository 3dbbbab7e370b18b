import type { Finding, Fix } from '../../wire/doctor.ts'

export function ok(check: string, found: string): Finding {
  return { check, verdict: 'ok', found, remedy: null, fix: null }
}

/** Something to know of, or to have a look at. */
export function warning(check: string, found: string, remedy: string | null = null): Finding {
  return { check, verdict: 'warning', found, remedy, fix: null }
}

/** Something that has to be put right. @param fix how the doctor can do that */
export function problem(check: string, found: string, remedy: string, fix: Fix | null = null): Finding {
  return { check, verdict: 'problem', found, remedy, fix }
}
