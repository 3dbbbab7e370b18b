import { closeSync } from 'node:fs'
import { duplicate, openStreamListener } from './libc.ts'

/** As many as the kernel lets wait by default. */
const backlog = 4096

/** Listening sockets that another image of this program can go on with; a negated errno where the host refuses. */
export const listeningSockets =
  process.platform === 'linux'
    ? { open: (path: string): number => openStreamListener(path, backlog), duplicate, close: closeSync }
    : null
