import type { Sink } from '../core/spec.ts'
import { sinkOf } from './paths.ts'
import { didYouMean, orBlank, parsed, readText, wrongText, type Reader } from './reader.ts'

/** procmon's truth values: anything that is none keeps the default, and is told as a warning. [PM5] */
export function looseFlag(): Reader<boolean> {
  return {
    schema: {},
    read(node, reading) {
      const text = readText(node, reading, 'true or false')?.toLowerCase()
      if (text === undefined || text === '') return undefined
      if (['true', 't', 'yes', 'y'].includes(text)) return true
      if (['false', 'f', 'no', 'n'].includes(text)) return false
      reading.problems.warn(node, `"${node.key}" is neither true nor false and keeps its default`)
      return undefined
    },
  }
}

/** One of some words, in any case; each stands for a value. [PM4] */
export function wordFor<T>(words: ReadonlyMap<string, T>): Reader<T> {
  return orBlank({
    schema: {},
    read(node, reading) {
      const expectation = `one of ${[...words.keys()].join(', ')}`
      const text = readText(node, reading, expectation)
      if (text === undefined) return undefined
      const [, value] = [...words].find(([word]) => word.toLowerCase() === text.toLowerCase()) ?? []
      return value ?? wrongText(text, node, { reading, expectation, hint: didYouMean(text, words.keys()) })
    },
  })
}

/** As everywhere, and `HONEYCOMB`, which is accepted until telemetry is built. [PM30] [PM31] */
export function procmonSink(): Reader<Sink> {
  const plain = parsed('STDOUT, STDERR, SUPPRESS or a file', sinkOf)
  return orBlank({
    schema: {},
    read(node, reading) {
      if (readText(node, reading, 'a text') !== 'HONEYCOMB') return plain.read(node, reading)
      reading.problems.warn(node, 'HONEYCOMB is no place for output here: it goes where it would without')
      return undefined
    },
  })
}
