import { lookup as lookupOnThread, type LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { availableParallelism } from 'node:os'

/** Finds the addresses of a name, at least one, or rejects. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>

/**
 * Makes a `lookup` for `connect` with `autoSelectFamily`. `localhost` is 127.0.0.1 and ::1, whatever /etc/hosts says.
 *
 * A lookup cannot be given up, and without a DNS server it holds for 10 s one of the threads on which the runtime looks
 * at files as well: two of them, and every `file` probe failed. So lookups leave one thread to the others, and a name
 * is looked up once however many ask for it. (c-ares needs no thread, but Bun's never reads resolv.conf again.)
 */
export function createLookup(resolve: Resolve = resolveOnThread, most = threadsForLookups): LookupFunction {
  const find = shared(limited(resolve, most))
  return (name, _options, found) => {
    const addresses = name.toLowerCase() === 'localhost' ? Promise.resolve(localhost) : find(name)
    addresses.then(
      (all) => found(null, [...all]),
      (error: NodeJS.ErrnoException) => found(error, []),
    )
  }
}

// The runtime has as many threads for such work as there are processors, but at least two.
const threadsForLookups = Math.max(1, availableParallelism() - 1)

const localhost: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]

function resolveOnThread(name: string): Promise<readonly LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookupOnThread(name, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)))
  })
}

// Who asks for a name that is being looked up waits for that answer.
function shared(resolve: Resolve): Resolve {
  const running = new Map<string, ReturnType<Resolve>>()
  return (name) => {
    const known = running.get(name)
    if (known !== undefined) return known
    const answer = resolve(name).finally(() => running.delete(name))
    running.set(name, answer)
    return answer
  }
}

// The first come first, at most `most` at a time.
function limited(resolve: Resolve, most: number): Resolve {
  const waiting: (() => void)[] = []
  let running = 0
  return async (name) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go))
    else running++
    try {
      return await resolve(name)
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
