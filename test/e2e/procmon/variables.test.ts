// Section 3 of procmon.md: variables.
import { expect, test } from 'bun:test'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { program } from '../../programs/program.ts'
import type { Up } from '../harness.ts'
import { aProcmon, task } from './file.ts'
import { anHttpService } from './services.ts'

/** What the kernel was given for a task that runs `echo-args NAME …`. */
async function given(up: Up, name: string): Promise<{ args: string[]; env: Record<string, string> }> {
  await up.mark(name, 'start')
  const read = (kind: string): string[] =>
    readFileSync(join(up.dir, `${name}.${kind}`), 'utf8')
      .split('\0')
      .slice(0, -1)
  const pairs = read('env').map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)])
  const args = read('args')
  return { args: args.slice(args.indexOf(name) + 1), env: Object.fromEntries(pairs) }
}

function echo(name: string, ...args: readonly string[]) {
  const plain = task(name, program('echo-args', name))
  return { ...plain, args: [...(plain.args ?? []), ...args] }
}

test.concurrent('procmon 3 a task has the process environment, which wins, and all of [env]', async () => {
  await using up = await aProcmon(
    {
      env: {
        OWN: 'own',
        BOTH: 'from the file',
        FROM_REAL: '<$REAL>',
        OUTER: '${MIDDLE}!',
        MIDDLE: '$INNER?',
        INNER: '$OWN-$REAL',
        REAL_ITSELF: '$REAL_ITSELF',
        PRICE: '5$$',
        EMPTY: '',
        WITH_BOTH: '$BOTH',
      },
      tasks: [echo('web')],
    },
    { env: { REAL: 'real', BOTH: 'from the process', REAL_ITSELF: 'itself' } },
  )
  const { env } = await given(up, 'web')
  expect(env).toMatchObject({
    REAL: 'real',
    BOTH: 'from the process',
    OWN: 'own',
    FROM_REAL: '<real>',
    INNER: 'own-real',
    MIDDLE: 'own-real?',
    OUTER: 'own-real?!',
    REAL_ITSELF: 'itself',
    PRICE: '5$',
    EMPTY: '',
    WITH_BOTH: 'from the process',
    PATH: process.env['PATH'],
  })
})

test.concurrent('procmon 3 outside [env] one round, `$$` is one `$`, and what is unknown stays', async () => {
  await using up = await aProcmon({
    env: { OWN: 'own', A_1: 'a1', '9': 'nine', CODE: '$$OWN' },
    tasks: [
      echo(
        'web',
        '$OWN',
        '${OWN}',
        'x${OWN}y',
        '$OWN.$A_1',
        '$OWNER',
        '${OWNER}',
        '$$OWN',
        '$$',
        '$',
        'a$',
        '$-',
        '$9',
        '$CODE',
      ),
    ],
  })
  const { args } = await given(up, 'web')
  expect(args).toEqual([
    'own',
    'own',
    'xowny',
    'own.a1',
    '$OWNER',
    '${OWNER}',
    '$OWN',
    '$',
    '$',
    'a$',
    '$-',
    'nine',
    '$OWN',
  ])
})

test.concurrent('procmon 3 `A = "$A"` does not loop: it is a variable left over, and is named', async () => {
  await using up = await aProcmon({ env: { FINE: 'fine', SELF: '$SELF' }, tasks: [task('web', program('never-dies'))] })
  const { code, ms } = await up.exit()
  expect(code).toBe(2)
  expect(ms).toBeLessThan(2000)
  expect(up.stderr).toContain('SELF')
})

test.concurrent('procmon 3 every string of the file is expanded', async () => {
  await using service = anHttpService()
  await using up = await aProcmon((dir) => ({
    env: {
      NAME: 'web',
      PROGRAM: program('slow-term')[0] ?? '',
      SECONDS: '5',
      OUT: 'out.log',
      ERR: 'SUPPRESS',
      PORT: String(service.port),
      TIME: '300ms',
      WHEN: 'SIGUSR1',
      YES: 'yes',
      FORMAT: 'text',
      LEVEL: 'debug',
      LOG: 'STDOUT',
      TYPE: 'ensuredir',
      DIR: join(dir, 'made'),
    },
    logger: { output: '$LOG', format: '$FORMAT', level: '${LEVEL}' },
    prologue: [{ name: '$NAME', type: '$TYPE', path: '$DIR/by/$NAME' }],
    tasks: [
      {
        name: '$NAME-1',
        path: '$PROGRAM',
        args: ['$SECONDS'],
        maxshutdown: '$TIME',
        monitors: [{ name: 'ready', type: 'http', url: 'http://127.0.0.1:${PORT}/$NAME' }],
      },
      { ...task('child', program('spits', 1)), parent: '${NAME}-1', stdout: '$OUT', stderr: '$ERR' },
      { ...task('special', program('exits', 0)), specials: { onetime: '$YES', signal: '$WHEN' } },
    ],
  }))
  await up.mark('child', 'exit')
  expect(existsSync(join(up.dir, 'made/by/web'))).toBe(true)
  expect(service.asked('/web')).toHaveLength(1)
  expect(readFileSync(join(up.dir, 'out.log'), 'utf8')).toBe('1\n')
  expect((await up.ls()).map((view) => view.name)).toEqual(['web-1', 'child', 'special'])
  await up.signal('SIGUSR1')
  await up.mark('special', 'exit')
  await up.signal('SIGTERM')
  const { code, ms } = await up.exit()
  expect(code).toBe(0)
  expect(ms).toBeWithin(290, 2500) // `maxshutdown` it was, not the 5 seconds that it takes.
  expect(up.stdout).toMatch(/^\d\d:\d\d:\d\d.*DEBUG/m)
  expect(up.stderr).toBe('')
})

test.concurrent('procmon 3 a value is not expanded again where it is used', async () => {
  await using up = await aProcmon(
    { tasks: [echo('web', '$GIVEN')] },
    { env: { GIVEN: '$HOME ${PATH} $$', HOME: '/home' } },
  )
  const { args, env } = await given(up, 'web')
  expect(args).toEqual(['$HOME ${PATH} $$'])
  expect(env['GIVEN']).toBe('$HOME ${PATH} $$')
})
