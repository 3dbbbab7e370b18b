import type { ProcessSpec } from '../../src/core/spec.ts'
import { aReadiness, aSpec, anEdge, type SpecSketch } from '../sim/builders.ts'

/** Worlds of any size, each hard for a planner that looks at too much. */
export const shapes = {
  /** Each stands on the one before: 10,000 levels. */
  chain: (size: number) => specs(size, (i) => (i === 0 ? {} : { parent: nameOf(i - 1) })),
  /** The same, declared from the leaf to the root. */
  'chain, declared backwards': (size: number) => specs(size, (i) => (i === size - 1 ? {} : { parent: nameOf(i + 1) })),
  /** All stand on one. */
  star: (size: number) =>
    specs(size, (i) => (i === 0 ? { ready: aReadiness({ period: null }) } : { parent: nameOf(0) })),
  /** All depend on one, and none is bound to it. */
  'loose star': (size: number) => specs(size, (i) => (i === 0 ? {} : { edges: [anEdge(nameOf(0))] })),
  /** One waits for all. */
  join: (size: number) =>
    specs(size, (i) => {
      if (i < size - 1) return { ready: aReadiness({ period: null }) }
      const all = Array.from({ length: size - 1 }, (_, n) => anEdge(nameOf(n), { onExit: 'restart' }))
      return { edges: all }
    }),
  /** One waits for all, the last first. */
  'join, the other way': (size: number) =>
    specs(size, (i) => {
      if (i > 0) return {}
      return { edges: Array.from({ length: size - 1 }, (_, n) => anEdge(nameOf(size - 1 - n))) }
    }),
  /** Nobody knows anybody. */
  crowd: (size: number) => specs(size, () => ({})),
  /** Trees of 100. */
  forest: (size: number) =>
    specs(size, (i) => (i % 100 === 0 ? {} : { parent: nameOf(i - (i % 100) + Math.floor(((i % 100) - 1) / 3)) })),
  /** Tasks that end, under a run that ends with them; one schedule in the world. */
  tasks: (size: number) =>
    specs(size, (i) => ({ oneshot: true, ...(i === 0 ? {} : { edges: [anEdge(nameOf(i - 1))] }) })),
} satisfies Record<string, (size: number) => ProcessSpec[]>

function specs(size: number, sketchOf: (index: number) => SpecSketch): ProcessSpec[] {
  return Array.from({ length: size }, (_, index) => aSpec({ name: nameOf(index), ...sketchOf(index) }))
}

function nameOf(index: number): string {
  return `n${index}`
}
