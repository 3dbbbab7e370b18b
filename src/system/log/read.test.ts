import { afterEach, describe, expect, test } from 'bun:test'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { LogQuery as WireLogQuery } from '../../wire/log.ts'
import type { Pace } from './look-out.ts'
import type { LogQuery } from './query.ts'
import { placeOfTail, readLog } from './read.ts'

/** They are to be the same; the compiler says if not. */
const same = (query: WireLogQuery): LogQuery => query
const alsoSame = (query: LogQuery): WireLogQuery => query

const made: string[] = []
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function aLog(content: string | Uint8Array | null = null): { directory: string; path: string } {
  const directory = mkdtempSync(join(tmpdir(), 'coppice-log-'))
  made.push(directory)
  const path = join(directory, 'web.log')
  if (content !== null) writeFileSync(path, content)
  return { directory, path }
}

function aQuery(changes: Partial<LogQuery> = {}): LogQuery {
  return alsoSame(
    same({ lines: { tag: 'tail', count: 10 }, archives: false, follow: false, stream: 'stdout', ...changes }),
  )
}

const tail = (count: number): Partial<LogQuery> => ({ lines: { tag: 'tail', count } })
const from = (count: number): Partial<LogQuery> => ({ lines: { tag: 'from', count } })

async function read(path: string, changes: Partial<LogQuery> = {}): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readLog(path, aQuery(changes), new AbortController().signal)) {
    expect(chunk.length).toBeLessThanOrEqual(65_536)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('latin1')
}

function lines(first: number, last: number): string {
  return Array.from({ length: last - first + 1 }, (_, n) => `line ${first + n}\n`).join('')
}

describe('[LR1] the last lines', () => {
  test.each([
    ['fewer than there are', lines(1, 30), 10, lines(21, 30)],
    ['more than there are', lines(1, 3), 10, lines(1, 3)],
    ['exactly as many', lines(1, 10), 10, lines(1, 10)],
    ['none', lines(1, 3), 0, ''],
    ['none of an unfinished line', 'a\nb', 0, ''],
    ['an unfinished line is a line', 'a\nb\nc', 2, 'b\nc'],
    ['empty lines are lines', 'a\n\n\n', 2, '\n\n'],
    ['one line without an end', 'abc', 1, 'abc'],
    ['of an empty file', '', 3, ''],
  ])('%s', async (_what, content, count, expected) => {
    expect(await read(aLog(content).path, tail(count))).toBe(expected)
  })

  test('lines longer than a block, and blocks that end in a line end', async () => {
    const long = `${'x'.repeat(200_000)}\n`
    const { path } = aLog(`first\n${long}${'y'.repeat(65_535)}\n${'z'.repeat(65_535)}\n`)
    expect(await read(path, tail(3))).toBe(`${long}${'y'.repeat(65_535)}\n${'z'.repeat(65_535)}\n`)
    expect(await read(path, tail(1))).toBe(`${'z'.repeat(65_535)}\n`)
  })

  test('it agrees with tail(1) on what dice make', async () => {
    let seed = 7
    const dice = (sides: number): number => (seed = (seed * 48_271) % 2_147_483_647) % sides
    for (let round = 0; round < 60; round++) {
      const text = Array.from({ length: dice(40) }, () => 'x'.repeat(dice(9) === 0 ? dice(90_000) : dice(4))).join('\n')
      const { path } = aLog(dice(2) === 0 ? text : `${text}\n`)
      const count = dice(12)
      const said = Bun.spawnSync(['tail', '-n', String(count), path]).stdout.toString('latin1')
      expect(await read(path, tail(count))).toBe(said)
      const onward = Bun.spawnSync(['tail', '-n', `+${count}`, path]).stdout.toString('latin1')
      expect(await read(path, from(count))).toBe(onward)
    }
  })
})

test('[LR2] from a line on', async () => {
  const { path } = aLog(`${lines(1, 5)}end`)
  expect(await read(path, from(4))).toBe('line 4\nline 5\nend')
  expect(await read(path, from(1))).toBe(`${lines(1, 5)}end`)
  expect(await read(path, from(7))).toBe('')
})

test('[LR3] bytes that are no UTF-8, and zeros, come as they are', async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, n) => (n * 31) % 256)
  expect(await read(aLog(bytes).path, from(1))).toBe(Buffer.from(bytes).toString('latin1'))
})

test('[LR4] a log that is not there, or is no file, has no lines', async () => {
  const { path, directory } = aLog()
  expect(await read(path)).toBe('')
  expect(await read(join(path, 'below.log'))).toBe('')
  expect(await read(directory)).toBe('')
  Bun.spawnSync(['mkfifo', path])
  expect(await read(path)).toBe('')
})

describe('[LR5] archives', () => {
  const all: Partial<LogQuery> = { archives: true, ...from(1) }

  test('numbers: the highest is the oldest', async () => {
    const { path } = aLog(lines(9, 10))
    writeFileSync(`${path}.1`, lines(7, 8))
    writeFileSync(`${path}.2.gz`, gzipSync(lines(5, 6)))
    writeFileSync(`${path}.10.gz`, gzipSync(lines(1, 2)))
    writeFileSync(`${path}.9.zst`, zstdCompressSync(lines(3, 4)))
    expect(await read(path, all)).toBe(lines(1, 10))
  })

  test('dates: the earliest is the oldest, whenever it was last touched', async () => {
    const { path } = aLog(lines(7, 8))
    writeFileSync(`${path}-20261120.gz`, gzipSync(lines(5, 6)))
    writeFileSync(`${path}-20261119`, lines(3, 4))
    writeFileSync(`${path}-20261002.zst`, zstdCompressSync(lines(1, 2)))
    utimesSync(`${path}-20261002.zst`, 2_000_000_000, 2_000_000_000)
    expect(await read(path, all)).toBe(lines(1, 8))
  })

  test('where both are found, the time they were written decides', async () => {
    const { path } = aLog(lines(5, 6))
    for (const [suffix, first, time] of [
      ['.1', 1, 1000],
      ['-20261120', 3, 2000],
    ] as const) {
      writeFileSync(`${path}${suffix}`, lines(first, first + 1))
      utimesSync(`${path}${suffix}`, time, time)
    }
    expect(await read(path, all)).toBe(lines(1, 6))
  })

  test('files of others are none: another log, a copy, a directory', async () => {
    const { path, directory } = aLog('mine\n')
    for (const name of ['web.log2', 'web.log.bak', 'web.log-extra.log', 'other.log.1', 'xweb.log.1']) {
      writeFileSync(join(directory, name), 'not mine\n')
    }
    mkdirSync(`${path}.1`)
    expect(await read(path, all)).toBe('mine\n')
  })

  test('one that is just being compressed counts once, and whole', async () => {
    const { path } = aLog('new\n')
    writeFileSync(`${path}.1`, 'old\n')
    writeFileSync(`${path}.1.gz`, gzipSync('old\n').subarray(0, 9))
    expect(await read(path, all)).toBe('old\nnew\n')
  })

  test('lines are counted over the whole, also those that a rotation has cut in two', async () => {
    const { path } = aLog('d\ne\nf\n')
    writeFileSync(`${path}.1.gz`, gzipSync('2\nc'))
    writeFileSync(`${path}.2`, '\n1')
    writeFileSync(`${path}.3.zst`, zstdCompressSync('a\nb'))
    const archives = true
    expect(await read(path, { archives, ...tail(2) })).toBe('e\nf\n')
    expect(await read(path, { archives, ...tail(3) })).toBe('cd\ne\nf\n')
    expect(await read(path, { archives, ...tail(4) })).toBe('12\ncd\ne\nf\n')
    expect(await read(path, { archives, ...tail(5) })).toBe('b\n12\ncd\ne\nf\n')
    expect(await read(path, { archives, ...tail(99) })).toBe('a\nb\n12\ncd\ne\nf\n')
    expect(await read(path, { archives, ...from(4) })).toBe('cd\ne\nf\n')
  })

  test('with no live file there are still the archives', async () => {
    const { path } = aLog()
    writeFileSync(`${path}.1.gz`, gzipSync('a\nb\n'))
    expect(await read(path, { archives: true, ...tail(1) })).toBe('b\n')
  })

  test('several members in one archive are one text', async () => {
    const { path } = aLog()
    writeFileSync(`${path}.1.gz`, Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]))
    writeFileSync(`${path}.2.zst`, Buffer.concat([zstdCompressSync('1\n'), zstdCompressSync('2\n')]))
    expect(await read(path, all)).toBe('1\n2\na\nb\n')
  })
})

describe('[LR6] an archive that cannot be read is told in a line', () => {
  test('and the others are read', async () => {
    const { path } = aLog('live\n')
    writeFileSync(`${path}.4.xz`, 'whatever')
    writeFileSync(`${path}.3.gz`, 'no gzip at all')
    writeFileSync(`${path}.2.zst`, 'no zstd at all')
    writeFileSync(`${path}.1`, 'good\n')
    const text = [
      'coppice: web.log.4.xz cannot be read: coppice cannot read what is compressed in this way.\n',
      'coppice: web.log.3.gz cannot be read: incorrect header check.\n',
      'coppice: web.log.2.zst cannot be read: Unknown frame descriptor.\n',
      'good\nlive\n',
    ].join('')
    expect(await read(path, { archives: true, ...from(1) })).toBe(text)
    expect(await read(path, { archives: true, ...tail(50) })).toBe(text)
    expect(await read(path, { archives: true, ...tail(1) })).toBe('live\n')
  })

  test('what is left of a damaged one is shown before', async () => {
    const { path } = aLog('live\n')
    const packed = gzipSync(lines(1, 100_000))
    writeFileSync(`${path}.1.gz`, packed.subarray(0, packed.length / 2))
    const text = await read(path, { archives: true, ...from(1) })
    expect(text).toStartWith(lines(1, 1000))
    expect(text).toEndWith('\ncoppice: web.log.1.gz cannot be read: unexpected end of file.\nlive\n')
  })
})

/** Reads on in the background; what has come stands in `text`. */
function aFollower(path: string, changes: Partial<LogQuery> = {}, pace?: Pace) {
  const ending = new AbortController()
  const seen = { text: '', chunks: 0, ended: false }
  const waiting = new Set<() => void>()
  const done = (async () => {
    for await (const chunk of readLog(path, aQuery({ follow: true, ...changes }), ending.signal, pace)) {
      seen.text += Buffer.from(chunk).toString('latin1')
      seen.chunks++
      for (const look of waiting) look()
    }
    seen.ended = true
  })()
  return {
    seen,
    /** Resolves when the whole text is as expected. */
    until: (expected: string | ((text: string) => boolean)) =>
      new Promise<void>((resolve, reject) => {
        const isThere = typeof expected === 'string' ? () => seen.text === expected : () => expected(seen.text)
        const timer = setTimeout(() => reject(new Error(`it has read ${JSON.stringify(seen.text.slice(-300))}`)), 4000)
        const look = (): void => {
          if (!isThere()) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    async [Symbol.asyncDispose]() {
      ending.abort()
      await done
    },
  }
}

/** It never looks by itself: whatever comes, comes because the host told. */
const onlyNews: Pace = { watched: 1e9, unwatched: 1e9 }

describe('[LR7] following', () => {
  test('goes on with what is added, when it is added', async () => {
    const { path } = aLog(lines(1, 20))
    await using follower = aFollower(path, tail(2), onlyNews)
    await follower.until(lines(19, 20))
    appendFileSync(path, 'half')
    await follower.until(`${lines(19, 20)}half`)
    appendFileSync(path, ' line\n')
    await follower.until(`${lines(19, 20)}half line\n`)
  })

  test('a log that is not there yet is followed when it comes', async () => {
    const { path } = aLog()
    await using follower = aFollower(path, {}, onlyNews)
    await Bun.sleep(50)
    writeFileSync(path, 'first\n')
    await follower.until('first\n')
  })

  test('from a line on that is not there yet', async () => {
    const { path } = aLog('1\n')
    await using follower = aFollower(path, from(3), onlyNews)
    appendFileSync(path, '2\n3\n')
    await follower.until('3\n')
  })

  test('a line at a time does not wake it a line at a time', async () => {
    const { path } = aLog('')
    await using follower = aFollower(path, {}, onlyNews)
    await Bun.sleep(50)
    for (let n = 0; n < 300; n++) {
      appendFileSync(path, 'x\n')
      await Bun.sleep(1)
    }
    await follower.until((text) => text.length === 600)
    expect(follower.seen.chunks).toBeLessThan(60)
  })

  test('where the host tells nothing, it looks by itself', async () => {
    const { directory } = aLog()
    const path = join(directory, 'later', 'web.log')
    await using follower = aFollower(path, {}, { watched: 1e9, unwatched: 20 })
    await Bun.sleep(50)
    mkdirSync(join(directory, 'later'))
    writeFileSync(path, 'a\n')
    await follower.until('a\n')
  })

  test('it ends when it is told to, at once, and when nobody asks for more', async () => {
    const { path } = aLog('a\n')
    const follower = aFollower(path, {}, onlyNews)
    await follower.until('a\n')
    await follower[Symbol.asyncDispose]()
    expect(follower.seen.ended).toBe(true)

    const iterator = readLog(path, aQuery({ follow: true }), new AbortController().signal, onlyNews)[
      Symbol.asyncIterator
    ]()
    await iterator.next()
    const waiting = iterator.next()
    await iterator.return?.()
    expect(await waiting).toMatchObject({ done: true })
  })
})

describe('[LR8] following across rotation', () => {
  test('copytruncate: it begins again at the beginning', async () => {
    const { path } = aLog('old 1\nold 2\n')
    await using follower = aFollower(path, {}, onlyNews)
    await follower.until('old 1\nold 2\n')
    truncateSync(path, 0)
    appendFileSync(path, 'new\n')
    await follower.until('old 1\nold 2\nnew\n')
  })

  test('rename and create: first what is left of the old one, then the new one', async () => {
    const { path } = aLog('a\n')
    await using follower = aFollower(path, {}, onlyNews)
    await follower.until('a\n')
    renameSync(path, `${path}.1`)
    appendFileSync(`${path}.1`, 'b\n')
    await follower.until('a\nb\n')
    writeFileSync(path, '')
    appendFileSync(`${path}.1`, 'c\n')
    await follower.until('a\nb\nc\n')
    appendFileSync(`${path}.1`, 'd\n')
    appendFileSync(path, 'e\n')
    await follower.until('a\nb\nc\nd\ne\n')
    appendFileSync(path, 'f\n')
    await follower.until('a\nb\nc\nd\ne\nf\n')
  })

  test('a log that is deleted and comes back', async () => {
    const { path } = aLog('a\n')
    await using follower = aFollower(path, {}, onlyNews)
    await follower.until('a\n')
    rmSync(path)
    await Bun.sleep(50)
    writeFileSync(path, 'b\n')
    await follower.until('a\nb\n')
  })

  test('while a program writes as fast as it can and the file is renamed under it, no line is lost or doubled', async () => {
    const { path, directory } = aLog('')
    await using follower = aFollower(path)
    // It opens its log anew for every thousand lines, as a daemon does that is told to.
    const script = `n=0; while [ $n -lt 20000 ]; do m=$((n+1000)); seq $((n+1)) $m >> web.log; n=$m; sleep 0.005; done`
    const writer = Bun.spawn(['sh', '-c', script], { cwd: directory })
    let rotation = 0
    while (writer.exitCode === null) {
      await Bun.sleep(10)
      const first = existsSync(path) ? readFileSync(path, 'latin1').split('\n', 1)[0] : ''
      if (first === '') continue
      await follower.until((text) => text.includes(`${first}\n`))
      renameSync(path, `${path}.${++rotation}`)
    }
    await follower.until((text) => text.endsWith('\n20000\n'))
    expect(follower.seen.text).toBe(Array.from({ length: 20_000 }, (_, n) => `${n + 1}\n`).join(''))
    expect(rotation).toBeGreaterThan(1)
  })
})

test('[LR9] a reader that stalls holds one piece and reads no further', async () => {
  const { path } = aLog(lines(1, 200_000))
  const iterator = readLog(path, aQuery(from(1)), new AbortController().signal)[Symbol.asyncIterator]()
  expect((await iterator.next()).value?.length).toBe(65_536)
  writeFileSync(path, '') // Had it read on, what follows would still come.
  expect(await iterator.next()).toMatchObject({ done: true })
})

describe('[AP62] going on at a place', () => {
  test('from where the last lines begin, byte by byte', async () => {
    const { path } = aLog('one\ntwo\nthree\n')
    const place = await placeOfTail(path, 2)
    expect(place).toEqual({ file: expect.stringMatching(/^\d+:\d+$/), position: 4 })
    if (place === null) return
    expect(await read(path, { after: place })).toBe('two\nthree\n')
    expect(await read(path, { after: { ...place, position: 9 } })).toBe('hree\n')
    appendFileSync(path, 'four\n')
    expect(await read(path, { after: { ...place, position: 14 } })).toBe('four\n')
  })

  test('from the beginning, where the file is another or shorter by now', async () => {
    const { path } = aLog('one\ntwo\n')
    const place = await placeOfTail(path, 1)
    if (place === null) throw new Error('there is a place')
    truncateSync(path)
    appendFileSync(path, 'new\n')
    expect(await read(path, { after: { ...place, position: 8 } })).toBe('new\n')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'other\n')
    expect(await read(path, { after: { ...place, position: 4 } })).toBe('other\n')
  })

  test('nowhere, where there is none', async () => {
    expect(await placeOfTail(aLog().path, 1)).toBeNull()
  })
})
