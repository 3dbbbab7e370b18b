import { closeSync, openSync, writeSync } from 'node:fs'
import type { Logger, LogLevel } from '../core/spec.ts'
import { failure, success, type Result } from '../lib/result.ts'
import { formatEntry, type LogEntry } from './log-format.ts'

/** The supervisor's own log. Writing never throws: a log that cannot be written must not take processes down. */
export interface Log extends Disposable {
  write(entry: Omit<LogEntry, 'at'>): void
}

const rank: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

/**
 * Opens the log where the logger says.
 * @param names the names of all processes, so that text can be set in columns
 * @returns `log-unwritable` when its file cannot be opened
 */
export function openLog(logger: Logger, to: { names: readonly string[]; wall: () => number }): Result<Log> {
  try {
    return success(logTo(descriptorOf(logger), logger, to))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return failure('log-unwritable', `cannot open the log: ${error.message}`, 'See `output` under `logger`.')
  }
}

function logTo(
  fd: number | null,
  logger: Logger,
  { names, wall }: { names: readonly string[]; wall: () => number },
): Log {
  const width = Math.min(24, Math.max(0, ...names.map((name) => name.length)))
  const colour = fd !== null && logger.format === 'text' && process.env['NO_COLOR'] === undefined && isTerminal(fd)
  return {
    write(entry) {
      if (fd === null || rank[entry.level] < rank[logger.level]) return
      writeAll(fd, formatEntry({ ...entry, at: wall() }, { format: logger.format, width, colour }))
    },
    [Symbol.dispose]() {
      if (fd !== null && fd > 2) closeSync(fd)
    },
  }
}

function descriptorOf({ output }: Logger): number | null {
  switch (output.tag) {
    case 'discard':
      return null
    case 'inherit-stdout':
      return 1
    case 'inherit-stderr':
      return 2
    case 'file':
      return openSync(output.path, 'a', 0o644)
  }
}

function isTerminal(fd: number): boolean {
  return (fd === 1 && process.stdout.isTTY) || (fd === 2 && process.stderr.isTTY)
}

function writeAll(fd: number, line: string): void {
  try {
    writeSync(fd, line)
  } catch {
    // The reader of our standard error has gone, or the disk is full: the processes are more important.
  }
}
