import type { Command } from '../command.ts'
import { eventsOptions, logfOptions, logOptions, topnOptions } from '../options.ts'

export const outputCommands: readonly Command[] = [
  {
    name: 'log',
    aliases: [],
    summary: 'show what processes have written',
    operands: { tag: 'processes' },
    options: logOptions,
    examples: ['coppice log web -n 100', 'coppice log web --all -n +1'],
    load: () => import('../verbs/log.ts'),
  },
  {
    name: 'logf',
    aliases: [],
    summary: 'show what processes write, as they write it',
    operands: { tag: 'processes' },
    options: logfOptions,
    examples: ['coppice logf web', 'coppice logf group:front'],
    load: () => import('../verbs/logf.ts'),
  },
  {
    name: 'events',
    aliases: [],
    summary: 'show what happened, why, and who asked for it',
    operands: { tag: 'none' },
    options: eventsOptions,
    examples: ['coppice events --since 1h -p web', 'coppice events -f', 'coppice events -k asked --json'],
    load: () => import('../verbs/events.ts'),
  },
  {
    name: 'topn',
    aliases: [],
    summary: 'watch what processes take, and act on them',
    operands: { tag: 'none' },
    options: topnOptions,
    examples: ['coppice topn -s 2'],
    load: () => import('../verbs/topn.ts'),
  },
]
