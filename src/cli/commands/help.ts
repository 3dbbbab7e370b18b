import type { Command } from '../command.ts'
import { completionOptions, noOptions, versionOptions } from '../options.ts'

export const helpCommands: readonly Command[] = [
  {
    name: 'completion',
    aliases: [],
    summary: 'print a script that completes command lines',
    operands: { tag: 'word', value: 'SHELL', words: ['bash', 'zsh', 'fish'], optional: true },
    options: completionOptions,
    examples: ['coppice completion bash > /etc/bash_completion.d/coppice'],
    load: () => import('../verbs/completion.ts'),
  },
  {
    name: 'version',
    aliases: [],
    summary: 'show the version',
    operands: { tag: 'none' },
    options: versionOptions,
    examples: [],
    load: () => import('../verbs/version.ts'),
  },
  {
    name: 'help',
    aliases: [],
    summary: 'show what there is, or all about a command',
    operands: { tag: 'command' },
    options: noOptions,
    examples: ['coppice help restart', 'coppice help group assign'],
    load: () => import('../verbs/help.ts'),
  },
]
