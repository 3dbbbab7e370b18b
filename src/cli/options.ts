import type { OptionTable } from './option.ts'

// The options of every command. Here and not in the verbs, so that parsing and help load no verb.

/** What every command takes. */
export const everywhere = {
  help: { kind: 'flag', short: 'h', summary: 'show this help' },
} as const satisfies OptionTable

/** Which supervisor is meant. */
const target = {
  file: { kind: 'text', value: 'FILE', summary: 'talk to the `coppice up` of this file' },
  socket: { kind: 'text', value: 'PATH', summary: 'talk to the supervisor at this socket' },
} as const satisfies OptionTable

const json = { kind: 'flag', summary: 'print JSON' } as const
const quiet = { kind: 'flag', short: 'q', summary: 'print nothing but errors' } as const
const nocheck = { kind: 'flag', summary: 'allow variables that are not set' } as const
const force = { kind: 'flag', short: 'f', summary: 'SIGKILL at once' } as const

const waiting = {
  wait: { kind: 'switch', summary: 'return when it has come true: ready, or gone' },
  timeout: { kind: 'duration', value: 'DURATION', summary: 'wait no longer than this, such as 30s' },
} as const satisfies OptionTable

export const upOptions = {
  nocheck,
  socket: { kind: 'text', value: 'PATH', summary: 'where to make the control socket' },
  'log-format': { kind: 'choice', value: 'FORMAT', choices: ['text', 'json'], summary: 'how to write its own log' },
  'log-level': {
    kind: 'choice',
    value: 'LEVEL',
    choices: ['debug', 'info', 'warn', 'error'],
    summary: 'how much to write there',
  },
} as const satisfies OptionTable

export const checkOptions = { nocheck, json, quiet } as const satisfies OptionTable

export const lsOptions = {
  tree: { kind: 'flag', summary: 'show who stands on whom' },
  json,
  quiet,
  ...target,
} as const satisfies OptionTable

export const descOptions = { json, quiet, ...target } as const satisfies OptionTable

export const whyOptions = { json, quiet, ...target } as const satisfies OptionTable

export const startOptions = { ...waiting, json, quiet, ...target } as const satisfies OptionTable

/** Of `stop` and `restart`. */
export const stopOptions = { force, ...startOptions } as const satisfies OptionTable

export const noOptions = {} as const satisfies OptionTable
