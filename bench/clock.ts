// CLOCK_MONOTONIC, the clock that the C programs of the bench read too. (`process.hrtime` counts from the start of Bun.)
import { dlopen, ptr } from 'bun:ffi'

const libraries = ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`]
const libc = openFirst(libraries)
const timespec = new BigInt64Array(2)

/** Nanoseconds of CLOCK_MONOTONIC. A double holds them exactly for the first 104 days after a boot. */
export function monotonic(): number {
  libc.symbols.clock_gettime(1, ptr(timespec))
  return Number(timespec[0]) * 1e9 + Number(timespec[1])
}

function openFirst(names: readonly string[]) {
  const problems: unknown[] = []
  for (const name of names) {
    try {
      return dlopen(name, { clock_gettime: { args: ['int', 'ptr'], returns: 'int' } })
    } catch (error) {
      problems.push(error)
    }
  }
  throw new AggregateError(problems, 'no libc was found; the bench runs on Linux')
}
