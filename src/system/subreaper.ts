import { errnoName } from './errno.ts'
import { setSubreaper } from './libc.ts'

export interface Subreaper extends Disposable {
  /** The errno's name when orphans stay with PID 1. */
  readonly refused: string | null
}

let holders = 0

/**
 * Has orphans among our descendants become our children, until the last who asked for it disposes of it: a supervisor
 * that ends without its processes leaves their orphans to whoever would have got them.
 */
export function becomeSubreaper(): Subreaper {
  const result = setSubreaper('on')
  holders++
  let isHeld = true
  return {
    refused: result < 0 ? errnoName(result) : null,
    [Symbol.dispose]() {
      if (isHeld && --holders === 0) setSubreaper('off')
      isHeld = false
    },
  }
}
