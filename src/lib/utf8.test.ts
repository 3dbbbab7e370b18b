import { expect, test } from 'bun:test'
import { utf8 } from './utf8.ts'

test.each(['', 'plain', 'käse', '漢字', 'tree 🌳', 'lone \ud800 half'])(
  '%p has the bytes that the platform gives it',
  (text) => {
    expect(utf8(text)).toEqual([...new TextEncoder().encode(text)])
  },
)
