import type { Monitor } from '../core/spec.ts'
import { parsed } from './reader.ts'

/** What a monitor is called in messages. */
export const monitorName = parsed('a name', (text) => (/^\d*$/.test(text) ? null : text), {
  type: 'string',
  minLength: 1,
})

/** Makes names distinct: a second `http` is `http-2`. procmon's files often have several of one name. */
export function withNames(monitors: readonly Monitor[]): readonly Monitor[] {
  const taken = new Set<string>()
  return monitors.map((monitor) => {
    let name = monitor.name
    for (let n = 2; taken.has(name); n++) name = `${monitor.name}-${n}`
    taken.add(name)
    return { ...monitor, name }
  })
}
