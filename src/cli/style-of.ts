import type { Style } from './render/style.ts'
import type { System } from './system.ts'
import { isUtc } from './zone.ts'

/** Boxes and colours are for terminals; [CL13]. */
export async function styleOf(stream: 'out' | 'err', system: System): Promise<Style> {
  const found = await system.terminal(stream)
  const clock = isUtc(system.env) ? 'utc' : 'local'
  if (found === null || system.env['TERM'] === 'dumb') return { boxed: false, colour: false, width: null, clock }
  return { boxed: true, colour: (system.env['NO_COLOR'] ?? '') === '', width: found.columns, clock }
}
