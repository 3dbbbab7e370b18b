import { describe, expect, test } from 'bun:test'
import { aView } from '../../../test/support/fake-control.ts'
import type { ProcessView } from '../../wire/process.ts'
import type { Style } from '../render/style.ts'
import { printTop } from '../render/top.ts'
import { keysIn, type Key } from './keys.ts'
import { beginWith, rowsOf, type Message, type Model, type Wish } from './model.ts'
import { update } from './update.ts'

const size = { columns: 80, rows: 10 }

const four: readonly ProcessView[] = [
  aView({ id: 1, name: 'db', cpu: 5, memory: 300 << 20 }),
  aView({ id: 2, name: 'web', cpu: 80, memory: 200 << 20, parent: 'db' }),
  aView({ id: 3, name: 'api', cpu: 20, memory: 400 << 20, parent: 'db' }),
  aView({ id: 4, name: 'log', cpu: 0, memory: 100 << 20, status: 'stopped', pid: null }),
]

function many(count: number): readonly ProcessView[] {
  return Array.from({ length: count }, (_, n) => aView({ id: n + 1, name: `p${n + 1}`, memory: count - n }))
}

/** Presses keys as they stand on the keyboard. */
function pressed(model: Model, ...keys: readonly string[]): { model: Model; wish: Wish | null } {
  return keys.reduce(
    (before: { model: Model; wish: Wish | null }, key: string) => {
      const [next, wish] = update(before.model, { tag: 'key', key: keyOf(key) })
      return { model: next, wish }
    },
    { model, wish: null },
  )
}

const words = new Set<string>(['up', 'down', 'page-up', 'page-down', 'home', 'end', 'enter', 'escape', 'interrupt'])
const keyOf = (text: string): Key => (words.has(text) ? (text as Key) : { letter: text })

function told(model: Model, ...messages: readonly Message[]): Model {
  return messages.reduce((before, message) => update(before, message)[0], model)
}

const names = (model: Model): string[] => rowsOf(model).map(({ process }) => process.name)

describe('keys', () => {
  test.each<[string, Key[]]>([
    ['c', [{ letter: 'c' }]],
    ['C', [{ letter: 'c' }]],
    ['\x1b', ['escape']],
    ['\x1b[A\x1bOB', ['up', 'down']],
    ['\x1b[5~\x1b[6~', ['page-up', 'page-down']],
    ['\x1b[1;5C', []],
    ['\r', ['enter']],
    ['\x03', ['interrupt']],
    ['ü7 ', []],
    ['kq', [{ letter: 'k' }, { letter: 'q' }]],
  ])('%j', (text, expected) => {
    expect(keysIn(text)).toEqual(expected)
  })
})

describe('[CL96] the order', () => {
  test.each([
    [[], ['api', 'db', 'web', 'log']],
    [['c'], ['web', 'api', 'db', 'log']],
    [['s'], ['web', 'api', 'db', 'log']],
    [
      ['s', 's'],
      ['api', 'db', 'web', 'log'],
    ],
    [['n'], ['api', 'db', 'log', 'web']],
    [
      ['n', 'm'],
      ['api', 'db', 'web', 'log'],
    ],
    [['t'], ['db', 'api', 'web', 'log']],
    [
      ['t', 'c'],
      ['db', 'web', 'api', 'log'],
    ],
  ])('after %j', (keys, expected) => {
    expect(names(pressed(beginWith(four, size), ...keys).model)).toEqual(expected)
  })

  test('sorted anew, what stands first is selected', () => {
    const { model } = pressed(beginWith(four, size), 'end', 'c')
    expect(model).toMatchObject({ selected: 'web', top: 0 })
  })
})

describe('[CL97] any number of processes', () => {
  const at = (model: Model): readonly [string | null, number] => [model.selected, model.top]

  test('one gets to every one of them', () => {
    let { model } = { model: beginWith(many(1000), size) }
    const seen = new Set<string>()
    for (let n = 0; n < 1000; n++) {
      seen.add(model.selected ?? '')
      expect(printTop(model, style).some((line) => line.startsWith('\x1b[7m'))).toBe(true)
      model = pressed(model, 'down').model
    }
    expect(seen.size).toBe(1000)
    expect(at(model)).toEqual(['p1000', 993])
  })

  test('by pages, and to both ends', () => {
    const { model } = pressed(beginWith(many(50), size), 'page-down', 'page-down')
    expect(at(model)).toEqual(['p15', 8])
    expect(at(pressed(model, 'page-up').model)).toEqual(['p8', 7])
    expect(at(pressed(model, 'end').model)).toEqual(['p50', 43])
    expect(at(pressed(model, 'end', 'down', 'down').model)).toEqual(['p50', 43])
    expect(at(pressed(model, 'end', 'home', 'up').model)).toEqual(['p1', 0])
  })

  test('the selected one stays selected wherever it goes, and in view', () => {
    const { model } = pressed(beginWith(many(50), size), 'page-down')
    const processes = many(50).map((process) => (process.name === 'p8' ? { ...process, memory: 0 } : process))
    const next = told(model, { tag: 'listed', processes })
    expect(at(next)).toEqual(['p8', 43])
  })

  test('where it is gone, the one in its place is selected; where there is none, nothing', () => {
    const { model } = pressed(beginWith(many(3), size), 'end')
    const less = told(model, { tag: 'listed', processes: many(3).slice(0, 2) })
    expect(less.selected).toBe('p1')
    const none = told(less, { tag: 'listed', processes: [] })
    expect(none).toMatchObject({ selected: null, top: 0 })
    expect(pressed(none, 'down', 'k', 'enter')).toMatchObject({ wish: null, model: { mode: { tag: 'table' } } })
    expect(told(none, { tag: 'listed', processes: many(2) }).selected).toBe('p1')
  })

  test('a smaller terminal keeps the selected one in view', () => {
    const { model } = pressed(beginWith(many(50), { columns: 80, rows: 40 }), ...Array<string>(30).fill('down'))
    expect(at(told(model, { tag: 'resized', size }))).toEqual(['p31', 24])
  })
})

describe('[CL98] acting', () => {
  test.each([
    ['k', 'stop'],
    ['r', 'restart'],
  ] as const)('%s asks before it does it', (key, verb) => {
    const asked = pressed(beginWith(four, size), 'down', key)
    expect(asked).toMatchObject({ wish: null, model: { mode: { tag: 'question', verb, name: 'db' } } })
    expect(pressed(asked.model, 'y')).toMatchObject({
      wish: { tag: 'act', verb, name: 'db' },
      model: { mode: { tag: 'table' } },
    })
    for (const no of ['n', 'escape', 'enter', 'q']) {
      expect(pressed(asked.model, no)).toMatchObject({ wish: null, model: { mode: { tag: 'table' } } })
    }
  })

  test('what is asked about stays the same, whatever happens to the order meanwhile', () => {
    const { model } = pressed(beginWith(four, size), 'k')
    const next = told(model, { tag: 'listed', processes: four.slice(0, 2) })
    expect(pressed(next, 'y').wish).toEqual({ tag: 'act', verb: 'stop', name: 'api' })
  })

  test.each(['q', 'escape', 'interrupt'])('%s quits', (key) => {
    expect(pressed(beginWith(four, size), key).wish).toEqual({ tag: 'quit' })
  })

  test('Ctrl-C quits from everywhere', () => {
    expect(pressed(beginWith(four, size), 'k', 'interrupt').wish).toEqual({ tag: 'quit' })
    expect(pressed(beginWith(four, size), 'l', 'interrupt').wish).toEqual({ tag: 'quit' })
  })
})

describe('[CL98] the log of the selected one', () => {
  const open = pressed(beginWith(four, size), 'enter')
  const written = (from: number, to: number): Message => ({
    tag: 'logged',
    name: 'api',
    lines: Array.from({ length: to - from + 1 }, (_, n) => `line ${from + n}`),
  })
  const shown = (model: Model): string[] =>
    printTop(model, style)
      .slice(1, -1)
      .filter((line) => line !== '')

  test('is opened and closed, and back there is the table', () => {
    expect(open.wish).toEqual({ tag: 'open-log', name: 'api' })
    for (const key of ['escape', 'q', 'enter', 'l']) {
      expect(pressed(open.model, key)).toMatchObject({ wish: { tag: 'close-log' }, model: { mode: { tag: 'table' } } })
    }
  })

  test('shows the newest lines; who has scrolled back goes on seeing the same', () => {
    const model = told(open.model, written(1, 20))
    expect(shown(model)).toEqual(Array.from({ length: 8 }, (_, n) => `line ${n + 13}`))
    const back = pressed(model, 'up', 'up').model
    expect(shown(back).at(-1)).toBe('line 18')
    const later = told(back, written(21, 30))
    expect(shown(later).at(-1)).toBe('line 18')
    expect(shown(pressed(later, 'end').model).at(-1)).toBe('line 30')
    expect(shown(pressed(later, 'home', 'up').model)[0]).toBe('line 1')
  })

  test('keeps no more than one can want to see', () => {
    const model = told(open.model, written(1, 5000))
    expect(model.mode.tag === 'log' ? model.mode.lines.length : 0).toBe(2000)
  })

  test('lines of a log that was closed meanwhile are not shown', () => {
    const other: Message = { tag: 'logged', name: 'db', lines: ['x'] }
    expect(told(open.model, other)).toBe(open.model)
  })

  test('what a program writes for its own terminal does nothing to this one', () => {
    const lines = ['\x1b[31mred\x1b[0m \x07\ttab\r', 'a\x1b]0;title\x07b']
    const model = told(open.model, { tag: 'logged', name: 'api', lines })
    expect(shown(model)).toEqual(['red \\u0007    tab', 'ab'])
  })
})

const style: Style = { boxed: false, colour: false, width: null, clock: 'utc' }

describe('[CL95] what stands on the terminal', () => {
  test('a line of sums, the columns, the processes, the keys', () => {
    const { model } = pressed(beginWith(four, { columns: 72, rows: 8 }), 'down')
    expect(printTop(model, style).map((line) => line.replaceAll('\x1b', '^').trimEnd())).toMatchInlineSnapshot(`
      [
        "4 processes: 3 running, 1 stopped · CPU 105.0% · Memory 1000.0 MB",
        "ID  Name   PID  ⟳  Status   User    CPU  Memory ▾",
        " 3  api   1003  0  running  root  20.0%  400.0 MB",
        "^[7m 1  db    1001  0  running  root   5.0%  300.0 MB                       ^[0m",
        " 2  web   1002  0  running  root  80.0%  200.0 MB",
        " 4  log      -  0  stopped  root   0.0%  100.0 MB",
        "",
        "ESC quit · s cpu/memory · c m n sort · t tree · ENTER log · k stop · r …",
      ]
    `)
  })

  test.each([200, 80, 60, 40, 25, 12, 1])('%i columns: as many lines as there are rows, none wider', (columns) => {
    for (const rows of [1, 3, 5, 24]) {
      for (const keys of [[], ['t'], ['k'], ['l']]) {
        const long = [...four, aView({ id: 5, name: `the-long-${'x'.repeat(60)}`, memory: 1 })]
        const lines = printTop(pressed(beginWith(long, { columns, rows }), ...keys).model, style)
        expect(lines.length).toBe(rows)
        if (columns >= 25) for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(columns)
      }
    }
  })

  test('what failed is told until it works again; a word of success until the next key', () => {
    const model = told(beginWith(four, size), { tag: 'noted', notice: { text: 'No coppice answers.', isBad: true } })
    expect(printTop(model, style).at(-1)).toBe('No coppice answers.')
    expect(printTop(told(model, { tag: 'listed', processes: four }), style).at(-1)).toStartWith('ESC quit')
    const well = told(
      model,
      { tag: 'noted', notice: { text: 'Done.', isBad: false } },
      { tag: 'listed', processes: four },
    )
    expect(printTop(well, style).at(-1)).toBe('Done.')
    expect(printTop(pressed(well, 'down').model, style).at(-1)).toStartWith('ESC quit')
  })
})
