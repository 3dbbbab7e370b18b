/** The exit code of a daemon that met a bug of coppice (EX_SOFTWARE): whoever looks after it starts it again. [DM61] */
const crashCode = 70

/** What nobody has caught ends us at once, as a kill would: the next daemon takes everything back. */
export function endOnBugs(): void {
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}

/** Tells of a bug and ends. */
export function crash(error: unknown): never {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`coppice: this is a bug in coppice: ${told}\n`)
  process.exit(crashCode)
}
