// Sections 1 and 2 of procmon.md: the command, its exit codes, and what stands in a file.
import { expect, test } from 'bun:test'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { program } from '../../programs/program.ts'
import { runCoppice } from '../binary.ts'
import { anUp } from '../harness.ts'
import { statOf } from '../proc.ts'
import { aProcmon, task } from './file.ts'
import { anHttpService, type HttpService } from './services.ts'

test.concurrent('procmon 1 the file is required', async () => {
  const { code, stderr } = await runCoppice(['up'], { cwd: '/tmp' })
  expect(code).toBe(2)
  expect(stderr).toMatch(/file/i)
})

const first = `[[task]]
name = "first"
path = "${program('never-dies')[0]}"
`

test.concurrent.each([
  ['is no TOML', '[[task]]\nname = x"\n', 6, /not TOML/],
  [
    'has an unknown key',
    '[[task]]\nname = "x"\npath = "true"\nparrent = "first"\n',
    8,
    /parrent.*did you mean "parent"/s,
  ],
  [
    'has a monitor of no known type',
    '[[task]]\nname = "x"\npath = "true"\n[[task.monitors]]\nname = "ready"\ntype = "htpp"\n',
    10,
    /htpp.*"http"/s,
  ],
  [
    'has a monitor without what it needs',
    '[[task]]\nname = "x"\npath = "true"\n[[task.monitors]]\nname = "ready"\ntype = "http"\n',
    8,
    /url/,
  ],
  ['has a prologue of no known type', '[[prologue]]\nname = "p"\ntype = "reddis"\n', 7, /reddis.*"redis"/s],
  ['names an unknown parent', '[[task]]\nname = "x"\npath = "true"\nparent = "frist"\n', 8, /frist.*"first"/s],
  [
    'names a parent that comes later',
    '[[task]]\nname = "x"\npath = "true"\nparent = "y"\n[[task]]\nname = "y"\npath = "true"\n',
    8,
    /y/,
  ],
  ['names an unknown prerun', '[[task]]\nname = "x"\npath = "true"\nprerun = ["nobody"]\n', 8, /nobody/],
  [
    'names a prerun that comes later',
    '[[task]]\nname = "x"\npath = "true"\nprerun = ["y"]\n[[task]]\nname = "y"\npath = "true"\nspecials = { onetime = true }\n',
    8,
    /y/,
  ],
  ['has a duration that is none', '[[task]]\nname = "x"\npath = "true"\nmaxshutdown = "5 weeks"\n', 8, /5 weeks/],
  [
    'has a signal that is none',
    '[[task]]\nname = "x"\npath = "true"\n[task.specials]\nsignal = "SIGHOP"\n',
    9,
    /SIGHOP/,
  ],
  ['has a variable left over in [env]', '[env]\nHERE = "$NOWHERE"\n', 6, /NOWHERE/],
])(
  'procmon 1 [RN2] a file that %s is told by line, ends it with 2, and starts nothing',
  async (_what, text, line, told) => {
    await using up = await anUp({ file: `${first}\n${text}`, name: 'procmon.toml' })
    expect((await up.exit()).code).toBe(2)
    expect(up.stderr).toContain(`${up.file}:${line}:`)
    expect(up.stderr).toMatch(told)
    expect(up.marks()).toEqual([])
  },
)

test.concurrent('procmon 1 [RN2] a file that is not there is a message and 2', async () => {
  const { code, stderr } = await runCoppice(['up', 'nothing.toml'], { cwd: '/tmp' })
  expect(code).toBe(2)
  expect(stderr).toContain('nothing.toml')
})

test.concurrent('procmon 1 --nocheck, after the file, turns off the check for variables left over', async () => {
  const file = { env: { HERE: '$NOWHERE and $HERE' }, tasks: [task('web', program('echo-args', 'web'))] }
  await using strict = await aProcmon(file)
  expect((await strict.exit()).code).toBe(2)
  await using up = await aProcmon(file, { args: ['--nocheck'] })
  await up.mark('web', 'start')
  expect(await Bun.file(join(up.dir, 'web.env')).text()).toContain('\0HERE=$NOWHERE and $')
})

test.concurrent(
  'procmon 1 2 [RN1] the first failure in the prologue ends it with 1, and nothing is started',
  async () => {
    await using service = anHttpService()
    service.say('/two', 503)
    await using up = await aProcmon({ prologue: asks(service), tasks: [task('web', program('never-dies'))] })
    const { code, ms } = await up.exit()
    expect(code).toBe(1)
    expect(ms).toBeLessThan(2000)
    expect(up.stderr).toMatch(/\btwo\b.*failed.*503/)
    expect(['/one', '/two', '/three'].map((path) => service.asked(path).length)).toEqual([1, 1, 0])
    expect(up.marks()).toEqual([])
  },
)

test.concurrent('procmon 2 [RN1] the prologue is asked once, in order, before anything starts', async () => {
  await using service = anHttpService()
  await using up = await aProcmon({ prologue: asks(service), tasks: [task('web', program('never-dies'))] })
  const { at } = await up.mark('web', 'start')
  const asked = ['/one', '/two', '/three'].flatMap((path) => service.asked(path))
  expect(asked.map((one) => one.path)).toEqual(['/one', '/two', '/three'])
  expect(asked.map((one) => one.at)).toEqual(asked.map((one) => one.at).toSorted((a, b) => a - b))
  expect(at).toBeGreaterThanOrEqual(asked.at(-1)!.at)
})

/** A prologue of three. */
function asks(service: HttpService) {
  return ['one', 'two', 'three'].map((name) => ({ name, type: 'http', url: service.url(`/${name}`) }))
}

test.concurrent('procmon 2 a path is absolute, relative to where it was started, or looked up on PATH', async () => {
  const [never = ''] = program('never-dies')
  await using up = await aProcmon(
    (dir) => {
      for (const name of ['bin', 'sub', 'sub/bin']) mkdirSync(join(dir, name))
      // The programs find `mark.sh` beside themselves, wherever they were called.
      for (const name of ['mark.sh', 'never-dies']) symlinkSync(join(never, '..', name), join(dir, 'sub', name))
      symlinkSync(join(never, '../mark.sh'), join(dir, 'bin/mark.sh'))
      symlinkSync(never, join(dir, 'bin/on-the-path'))
      return {
        tasks: [
          { name: 'absolute', path: never },
          { name: 'relative', path: './sub/never-dies' },
          { name: 'below', path: 'sub/never-dies' },
          { name: 'bare', path: 'on-the-path' },
        ],
      }
    },
    { within: (dir) => ['env', `PATH=${dir}/bin:${process.env['PATH']}`] },
  )
  for (const name of ['absolute', 'relative', 'below', 'bare']) await up.until(name, 'running')
  await up.fact('each has started', () => up.marks('never-dies').length === 3 && up.marks('on-the-path').length === 1)
})

test.concurrent('procmon 2 maxshutdown is 5s when it is not said', async () => {
  await using up = await aProcmon({ tasks: [task('deaf', program('ignores-term'))] })
  const { pid } = await up.mark('deaf', 'start')
  await up.signal('SIGTERM')
  const { code, ms } = await up.exit()
  expect(code).toBe(0)
  expect(ms).toBeWithin(4990, 7000)
  expect(statOf(pid)).toBeNull()
})

test.concurrent('procmon 2 maxstartup is 10s when it is not said', async () => {
  await using up = await aProcmon((dir) => ({
    tasks: [
      task('web', program('slow-term'), {
        // A directory can never be made where there is a file.
        monitors: [{ name: 'ready', type: 'ensuredir', path: join(dir, 'procmon.toml/no') }],
      }),
    ],
  }))
  const { at } = await up.mark('web', 'start')
  const term = await up.mark('web', 'term')
  expect(term.at - at).toBeWithin(9500, 12_000)
})

test.concurrent('procmon 2 durations are those of Go', async () => {
  await using up = await aProcmon({
    tasks: [
      task('a', program('ignores-term'), { maxshutdown: '300ms' }),
      task('b', program('ignores-term'), { maxshutdown: '0.5s' }),
      task('c', program('ignores-term'), { maxshutdown: '0m0s700ms' }),
      task('d', program('never-dies'), { maxshutdown: '1h30m' }),
    ],
  })
  for (const name of ['a', 'b', 'c', 'd']) await up.mark(name, 'start')
  await up.signal('SIGTERM')
  const { code, ms } = await up.exit()
  expect(code).toBe(0)
  expect(ms).toBeWithin(690, 2500)
  expect(up.stderr).toMatch(/killed after 3\d\dms.*killed after 5\d\dms.*killed after 7\d\dms/s)
})

test.concurrent('procmon 2 an empty text is the default, so that a period of "$X" can be switched off', async () => {
  await using up = await aProcmon({
    env: { OFF: '' },
    tasks: [
      task('keeper', program('ignores-term'), { maxshutdown: '$OFF' }),
      task('off', program('exits', 0), { specials: { onetime: true, periodic: '$OFF' } }),
      task('on', program('exits', 0), { specials: { onetime: true, periodic: '100ms' } }),
    ],
  })
  await up.mark('on', 'exit', 5)
  expect(up.marks('off')).toEqual([])
  const { pid } = await up.mark('keeper', 'start')
  process.kill(pid, 'SIGKILL') // It would take the 5 seconds of the default.
})

test.concurrent('procmon 2 bools are also words, and what is none keeps the default', async () => {
  const words = ['true', 't', 'yes', 'y', 'false', 'f', 'no', 'n', 'maybe', '']
  await using up = await aProcmon({
    tasks: words.map((word, i) => task(`task-${i}`, program('never-dies'), { specials: { onetime: word } })),
  })
  for (const i of [4, 5, 6, 7, 8, 9]) await up.mark(`task-${i}`, 'start')
  for (const i of [0, 1, 2, 3]) expect(await up.view(`task-${i}`)).toMatchObject({ status: 'stopped', run: 0 })
  expect(up.marks()).toHaveLength(6)
})

test.concurrent(
  'procmon 2 3 the supervisor reads its file once: what is written into it later changes nothing',
  async () => {
    await using up = await aProcmon({ tasks: [task('web', program('exits', 0, 0.2))] })
    await up.mark('web', 'start')
    writeFileSync(up.file, 'nonsense')
    await up.mark('web', 'start', 2)
  },
)
