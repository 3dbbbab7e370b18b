import type { Command } from '../command.ts'
import { applyOptions, checkOptions, exportOptions, graphOptions, initOptions, simulateOptions } from '../options.ts'

export const fileCommands: readonly Command[] = [
  {
    name: 'check',
    aliases: [],
    summary: 'say what is wrong with a file, and start nothing',
    operands: { tag: 'file' },
    options: checkOptions,
    examples: ['coppice check coppice.yml'],
    load: () => import('../verbs/check.ts'),
  },
  {
    name: 'simulate',
    aliases: [],
    summary: 'play what would happen with a file, and start nothing',
    operands: { tag: 'file' },
    options: simulateOptions,
    examples: ['coppice simulate coppice.yml --kill db@3s', 'coppice simulate coppice.yml --flap api@200ms --for 5m'],
    load: () => import('../verbs/simulate.ts'),
  },
  {
    name: 'apply',
    aliases: [],
    summary: 'make the processes what a file says, and touch nothing else',
    operands: { tag: 'file' },
    options: applyOptions,
    examples: ['coppice apply coppice.yml --dry-run'],
    load: () => import('../verbs/apply.ts'),
  },
  {
    name: 'init',
    aliases: [],
    summary: 'start what the process file and the database have',
    operands: { tag: 'none' },
    options: initOptions,
    examples: ['coppice init', 'coppice init -c'],
    load: () => import('../verbs/init.ts'),
  },
  {
    name: 'dgraph',
    aliases: ['order'],
    summary: 'show in which order processes start',
    operands: { tag: 'none' },
    options: graphOptions,
    examples: ['coppice dgraph', 'coppice dgraph --dot | dot -Tsvg > graph.svg'],
    load: () => import('../verbs/dgraph.ts'),
  },
  {
    name: 'export',
    aliases: [],
    summary: 'print the processes as a process file',
    operands: { tag: 'word', value: 'FORMAT', words: ['json', 'yaml', 'toml'], optional: true },
    options: exportOptions,
    examples: ['coppice export yaml -o name > processes.yml'],
    load: () => import('../verbs/export.ts'),
  },
]
