import { anyText, wrong, type Reader } from './reader.ts'
import { isNothing, type Node, type Place } from './tree.ts'
import { splitAssignments } from './words.ts'

/** A variable as it is written for a process: its text is not filled in yet, since it may speak of those before it. */
export interface Setting {
  readonly name: string
  readonly text: string
  readonly place: Place
  /** Taken as it is: a number, or a line of an env file. */
  readonly literal: boolean
}

const nameRule = /^[^=\0\s]+$/

/** `env: { NAME: value }`. [CD8] */
export function settingsMap(): Reader<readonly Setting[]> {
  return {
    schema: { type: 'object', additionalProperties: anyText, propertyNames: { pattern: '^[^=\\s]+$' } },
    read(node, reading) {
      if (node.tag !== 'table') return wrong(node, reading, 'a table of NAME: value')
      return [...node.members.values()].flatMap(({ key, at, value }) => {
        if (!nameRule.test(key)) reading.problems.error({ at, key }, `"${key}" is no name for a variable`)
        const text = writtenText(value)
        if (text === null) wrong(value, reading, 'a text', isNothing(value) ? 'write "" for an empty value' : null)
        return text === null ? [] : [{ name: key, place: value, ...text }]
      })
    },
  }
}

/** pmon3's `env_vars: A=1 B=2`. [PN5] */
export function settingsText(): Reader<readonly Setting[]> {
  return {
    schema: { type: 'string' },
    read(node, reading) {
      const text = writtenText(node)
      if (text === null) return wrong(node, reading, 'a text such as A=1 B=2')
      const found = splitAssignments(text.text, { variables: reading.fill !== null })
      if (!found.ok) return wrong(node, reading, `a text such as A=1 B=2 (${found.why})`)
      return found.assignments.map(({ name, value }) => ({ name, text: value, place: node, literal: text.literal }))
    },
  }
}

function writtenText(node: Node): { text: string; literal: boolean } | null {
  if (node.tag !== 'scalar' || node.value === null) return null
  if (typeof node.value === 'string') return node.value.includes('\0') ? null : { text: node.value, literal: false }
  return { text: node.source, literal: true }
}
