import { expect, test } from 'bun:test'

import { parseHookLine, shellWordIn } from './hook-line.ts'

function read(text: string): unknown {
  const found = parseHookLine(text)
  return typeof found === 'string' ? found : [Object.fromEntries(found.env), ...found.command]
}

test('[HK5] shell words, of which leading NAME=value are environment', () => {
  expect(read('/usr/bin/notify')).toEqual([{}, '/usr/bin/notify'])
  expect(read(`TO='a b' LEVEL=warn notify --subject "it's down" X=1`)).toEqual([
    { TO: 'a b', LEVEL: 'warn' },
    'notify',
    '--subject',
    "it's down",
    'X=1',
  ])
  expect(read('EMPTY= a=b=c run')).toEqual([{ EMPTY: '', a: 'b=c' }, 'run'])
  expect(read('./a=b')).toEqual([{}, './a=b'])
})

test('[HK5] nothing is expanded', () => {
  expect(read(String.raw`sh -c 'echo $1' "$HOME" \$x`)).toEqual([{}, 'sh', '-c', 'echo $1', '$HOME', '$x'])
})

test('[HK5] what has no program cannot be run', () => {
  expect([read('A=1 B=2'), read(' '), read("''"), read('a "b')]).toEqual([
    'it names no program',
    'it names no program',
    'it names no program',
    'a " is never closed',
  ])
})

test('[HK5] words that only a shell understands', () => {
  const wordIn = (text: string): string | null => {
    const found = parseHookLine(text)
    return typeof found === 'string' ? found : shellWordIn(found)
  }
  const table = { 'a | b': '|', 'a > /tmp/x': '>', 'a >>/tmp/x': '>>/tmp/x', 'a && b': '&&', 'a 2>&1': '2>&1', 'a $HOME/x': '$HOME/x' } // prettier-ignore
  for (const [text, word] of Object.entries(table)) expect(`${text}: ${wordIn(text)}`).toBe(`${text}: ${word}`)
  for (const text of ['a --x=y', "bash -c 'a | b'", 'a -> b', 'a "x&y"', 'a 5>4']) expect(wordIn(text)).toBeNull()
})
