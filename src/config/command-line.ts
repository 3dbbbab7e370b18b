import { programPath } from './paths.ts'
import { anyText, parsed, readText, wrong, type Reader } from './reader.ts'
import { byShape, list } from './shapes.ts'
import { splitWords } from './words.ts'

/** Arguments: a list taken as it is, or a text split as a shell does. [CD5] */
export function words(): Reader<readonly string[]> {
  const split: Reader<readonly string[]> = {
    schema: anyText,
    read(node, reading) {
      if (node.tag !== 'scalar' || typeof node.value !== 'string') {
        return [readText(node, reading, 'a text or a list') ?? '']
      }
      const found = splitWords(node.value, { variables: reading.fill !== null })
      if (!found.ok) return wrong(node, reading, `words as for a shell (${found.why})`)
      return found.words.map((word) => readText({ ...node, value: word }, reading, 'a text') ?? '')
    },
  }
  return byShape('a text or a list of texts', { scalar: split, list: list(parsed('a text', (text) => text)) })
}

/** A program and its arguments, neither empty. */
export function commandLine(): Reader<readonly [string, ...string[]]> {
  const inner = words()
  return {
    schema: inner.schema,
    read(node, reading) {
      const found = inner.read(node, reading)
      if (found === undefined) return undefined
      const [first, ...rest] = found
      return first === undefined || first === ''
        ? wrong(node, reading, 'a program and its arguments')
        : [first, ...rest]
    },
  }
}

/** A command line whose program, if it is a path, is taken from the directory of the process. [CF7] */
export function programLine(): Reader<readonly [string, ...string[]]> {
  const line = commandLine()
  return {
    schema: line.schema,
    read(node, reading) {
      const [first, ...rest] = line.read(node, reading) ?? []
      return first === undefined ? undefined : [programPath(first, reading, 'base'), ...rest]
    },
  }
}
