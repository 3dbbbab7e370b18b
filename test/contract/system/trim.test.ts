import { expect, test } from 'bun:test'
import { cleanMappings } from '../../../src/system/trim.ts'

const smaps = (head: string, anonymous: number): string =>
  `${head}\nSize:                 12 kB\nRss:                  12 kB\nAnonymous:    ${String(anonymous).padStart(10)} kB\nKSM:                   0 kB\n`

test('[PR40] only pages of files that nobody has written to are let go of', () => {
  const text = [
    smaps('1000-3000 r-xp 00000000 fe:00 247741                     /usr/bin/coppice', 0),
    smaps('3000-4000 r--p 00002000 fe:00 247741                     /usr/bin/coppice', 4),
    smaps('4000-5000 rw-p 00003000 fe:00 247741                     /usr/bin/coppice', 0),
    smaps('5000-6000 r--p 00000000 00:00 0                          [vvar]', 0),
    smaps('6000-7000 r--s 00000000 fe:00 99                         /var/lib/x.db-shm', 0),
    smaps('7000-9000 rwxp 00000000 00:00 0 ', 0),
    smaps('a000-b000 r--p 00000000 fe:00 12                         /usr/lib/libc.so.6', 0),
  ].join('')
  expect(cleanMappings(text)).toEqual([
    { start: 0x1000, length: 0x2000 },
    { start: 0xa000, length: 0x1000 },
  ])
})

test('[PR40] a program that lets go of its code goes on, and is smaller', async () => {
  const program = `
    import { keepTrim } from '${import.meta.dir}/../../../src/system/trim.ts'
    import { readFileSync } from 'node:fs'
    const resident = () => Number(/RssFile:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1])
    const before = resident()
    using _trim = keepTrim()
    let least = before
    const end = Date.now() + 4000
    while (Date.now() < end && least > before / 2) { await Bun.sleep(10); least = Math.min(least, resident()) }
    console.log(before > least * 2, [3, 1, 2].toSorted().join())`
  const child = Bun.spawn([process.execPath, '-e', program], { stdout: 'pipe' })
  expect(await new Response(child.stdout).text()).toBe('true 1,2,3\n')
})
