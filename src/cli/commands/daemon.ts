import type { Command } from '../command.ts'
import { askOptions, daemonOptions, installOptions, uninstallOptions, upOptions } from '../options.ts'

export const daemonCommands: readonly Command[] = [
  {
    name: 'up',
    aliases: [],
    summary: 'run the tree of a file in the foreground',
    operands: { tag: 'file' },
    options: upOptions,
    examples: ['coppice up procmon.toml', 'coppice up coppice.yml --log-format json'],
    load: () => import('../verbs/up.ts'),
  },
  {
    name: 'daemon',
    aliases: [],
    summary: 'run the daemon, which all other commands talk to',
    operands: { tag: 'none' },
    options: daemonOptions,
    examples: ['coppice daemon', 'coppice daemon --detach'],
    load: () => import('../verbs/daemon.ts'),
  },
  {
    name: 'config',
    aliases: [],
    summary: 'show the settings of the daemon and where each comes from',
    operands: { tag: 'none' },
    options: askOptions,
    examples: ['coppice config', 'coppice config --json'],
    load: () => import('../verbs/config.ts'),
  },
  {
    name: 'reload',
    aliases: [],
    summary: 'have the daemon read its settings and its process file again',
    operands: { tag: 'none' },
    options: askOptions,
    examples: [],
    load: () => import('../verbs/reload.ts'),
  },
  {
    name: 'install',
    aliases: [],
    summary: 'make the daemon a service of systemd',
    operands: { tag: 'none' },
    options: installOptions,
    examples: ['sudo coppice install', 'coppice install --user --dry-run'],
    load: () => import('../verbs/install.ts'),
  },
  {
    name: 'uninstall',
    aliases: [],
    summary: 'take back what `install` has done',
    operands: { tag: 'none' },
    options: uninstallOptions,
    examples: ['sudo coppice uninstall'],
    load: () => import('../verbs/uninstall.ts'),
  },
]
