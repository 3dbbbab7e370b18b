import { assertNever } from '../../lib/assert.ts'
import type { Key } from './keys.ts'
import { logRoomFor, roomFor, rowsOf, type Message, type Mode, type Model, type Sort, type Wish } from './model.ts'

type Updated = readonly [Model, Wish | null]

/** So much of a log is kept to scroll back in. */
const keptLines = 2000

/** What becomes of it, and what is to be done: [CL96] to [CL98]. */
export function update(model: Model, message: Message): Updated {
  switch (message.tag) {
    case 'key':
      return press(model, message.key)
    case 'resized':
      return [inView({ ...model, size: message.size }), null]
    case 'listed': {
      const { notice } = model
      return [inView({ ...model, processes: message.processes, notice: notice?.isBad === true ? null : notice }), null]
    }
    case 'noted':
      return [{ ...model, notice: message.notice }, null]
    case 'logged':
      return [logged(model, message), null]
    default:
      return assertNever(message)
  }
}

function press(model: Model, key: Key): Updated {
  if (key === 'interrupt') return [model, { tag: 'quit' }]
  const { mode } = model
  switch (mode.tag) {
    case 'table':
      return pressInTable({ ...model, notice: null }, key)
    case 'question':
      return answer(model, mode, key)
    case 'log':
      return pressInLog(model, mode, key)
    default:
      return assertNever(mode)
  }
}

function pressInTable(model: Model, key: Key): Updated {
  const page = roomFor(model.size)
  switch (key) {
    case 'up':
      return [moved(model, -1), null]
    case 'down':
      return [moved(model, 1), null]
    case 'page-up':
      return [moved(model, -page), null]
    case 'page-down':
      return [moved(model, page), null]
    case 'home':
      return [moved(model, -model.processes.length), null]
    case 'end':
      return [moved(model, model.processes.length), null]
    case 'enter':
      return openLog(model)
    case 'escape':
    case 'interrupt':
      return [model, { tag: 'quit' }]
    case 'redraw':
      return [model, null]
    default:
      return pressLetter(model, key.letter)
  }
}

function pressLetter(model: Model, letter: string): Updated {
  switch (letter) {
    case 'q':
      return [model, { tag: 'quit' }]
    case 'c':
      return sorted(model, 'cpu')
    case 'm':
      return sorted(model, 'memory')
    case 'n':
      return sorted(model, 'name')
    case 's':
      return sorted(model, model.sort === 'cpu' ? 'memory' : 'cpu')
    case 't':
      return [inView({ ...model, isTree: !model.isTree }), null]
    case 'l':
      return openLog(model)
    case 'k':
      return [ask(model, 'stop'), null]
    case 'r':
      return [ask(model, 'restart'), null]
    default:
      return [model, null]
  }
}

/** Sorted anew, one wants to see what now stands first. */
function sorted(model: Model, sort: Sort): Updated {
  const next = { ...model, sort, top: 0 }
  return [{ ...next, selected: rowsOf(next)[0]?.process.name ?? null }, null]
}

function openLog(model: Model): Updated {
  const name = model.selected
  if (name === null) return [model, null]
  return [
    { ...model, mode: { tag: 'log', name, lines: [], back: 0 } },
    { tag: 'open-log', name },
  ]
}

function ask(model: Model, verb: 'stop' | 'restart'): Model {
  return model.selected === null ? model : { ...model, mode: { tag: 'question', verb, name: model.selected } }
}

/** Anything but a yes is a no. */
function answer(model: Model, { verb, name }: Extract<Mode, { tag: 'question' }>, key: Key): Updated {
  const isYes = typeof key === 'object' && key.letter === 'y'
  return [{ ...model, mode: { tag: 'table' } }, isYes ? { tag: 'act', verb, name } : null]
}

function pressInLog(model: Model, mode: Extract<Mode, { tag: 'log' }>, key: Key): Updated {
  const page = logRoomFor(model.size)
  const scrolled = (by: number): Updated => {
    const back = Math.max(0, Math.min(mode.lines.length - page, mode.back + by))
    return [{ ...model, mode: { ...mode, back } }, null]
  }
  switch (key) {
    case 'up':
      return scrolled(1)
    case 'down':
      return scrolled(-1)
    case 'page-up':
      return scrolled(page)
    case 'page-down':
      return scrolled(-page)
    case 'home':
      return scrolled(mode.lines.length)
    case 'end':
      return scrolled(-mode.lines.length)
    case 'enter':
    case 'escape':
      return closeLog(model)
    case 'interrupt':
    case 'redraw':
      return [model, null]
    default:
      return key.letter === 'q' || key.letter === 'l' ? closeLog(model) : [model, null]
  }
}

function closeLog(model: Model): Updated {
  return [inView({ ...model, mode: { tag: 'table' }, notice: null }), { tag: 'close-log' }]
}

/** Who has scrolled back goes on seeing the same lines. */
function logged(model: Model, { name, lines }: Extract<Message, { tag: 'logged' }>): Model {
  const { mode } = model
  if (mode.tag !== 'log' || mode.name !== name) return model
  const all = [...mode.lines, ...lines].slice(-keptLines)
  const back =
    mode.back === 0 ? 0 : Math.min(mode.back + lines.length, Math.max(0, all.length - logRoomFor(model.size)))
  return { ...model, mode: { ...mode, lines: all, back } }
}

function moved(model: Model, by: number): Model {
  const rows = rowsOf(model)
  const at = rows.findIndex(({ process }) => process.name === model.selected)
  const next = Math.max(0, Math.min(rows.length - 1, at + by))
  return inView({ ...model, selected: rows[next]?.process.name ?? null })
}

/** The selected process stays selected, wherever it goes, and in view; if it is gone, the one in its place is. */
function inView(model: Model): Model {
  const rows = rowsOf(model)
  const found = rows.findIndex(({ process }) => process.name === model.selected)
  const room = roomFor(model.size)
  const at = found >= 0 ? found : Math.min(model.top, rows.length - 1)
  const lowest = Math.max(0, rows.length - room)
  const top = Math.max(Math.min(model.top, at, lowest), at - room + 1, 0)
  return { ...model, top, selected: rows[at]?.process.name ?? null }
}
