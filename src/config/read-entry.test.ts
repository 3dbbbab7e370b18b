import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'

import { planOf, specOf, specsOf } from '../../test/support/config.ts'
import type { ProcessSpec } from '../core/spec.ts'
import { changeEntry } from './change-entry.ts'
import type { Entry } from './plain.ts'
import { formatProblem } from './problem.ts'
import { processKeys } from './process-keys.ts'
import { readEntry, type EntrySource } from './read-entry.ts'

const here = { name: 'exec', cwd: '/home/me', env: { HOME: '/home/me', X: 'x' } }

function specsFrom(entry: Entry, given: Partial<EntrySource> = {}): readonly ProcessSpec[] {
  const read = readEntry({ ...here, ...given, entry })
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'))
  return read.specs
}

function specFrom(entry: Entry, given: Partial<EntrySource> = {}): ProcessSpec {
  const [spec] = specsFrom(entry, given)
  if (spec === undefined) throw new Error('no spec')
  return spec
}

function toldOf(entry: Entry, given: Partial<EntrySource> = {}): string[] {
  const read = readEntry({ ...here, ...given, entry })
  return (read.ok ? read.warnings : read.problems).map(formatProblem)
}

function knownOf(...specs: readonly ProcessSpec[]): Map<string, ProcessSpec> {
  return new Map(specs.map((spec) => [spec.name, spec]))
}

describe('a declaration without a file', () => {
  test('[CD26] means what a file with the same keys means', async () => {
    const text = `
      processes:
        - file: ./bin/app
          name: web
          args: [-p, 80]
          stop_timeout: 2s
          ready: {http: "http://localhost/", interval: 1s}
          limits: {nofile: "10:20"}
          umask: 027
    `
    const spec = specFrom(
      {
        file: './bin/app',
        name: 'web',
        args: ['-p', 80],
        stop_timeout: '2s',
        ready: { http: 'http://localhost/', interval: '1s' },
        limits: { nofile: '10:20' },
        umask: '027',
      },
      { cwd: '/work', variables: true },
    )
    expect(spec).toEqual(await specOf('p.yml', text))
  })

  test('[CD26] its texts have no variables, unless it is said that they have', () => {
    expect(specFrom({ command: 'echo $X $$' }).command).toEqual(['echo', '$X', '$$'])
    expect(specFrom({ command: 'echo $X' }, { variables: true }).command).toEqual(['echo', 'x'])
  })

  test('[CD26] problems are told under the path of their key', () => {
    const entry = {
      command: 'web',
      stop_timeout: 5,
      backof: 1,
      backoff: { initial: 'soon' },
      monitors: ['tcp:1', { tcp: 2, periodd: '1s' }],
      success_exit_codes: [0, 256],
    }
    expect(toldOf(entry)).toEqual([
      'stop_timeout: must be a duration such as 500ms, 2s or 1h30m, not 5 — write the unit: "5s" or "5ms"',
      'backof: unknown key "backof" — did you mean "backoff"?',
      'backoff.initial: must be a duration such as 500ms, 2s or 1h30m, not "soon"',
      'monitors[1].periodd: unknown key "periodd" — did you mean "period"?',
      'success_exit_codes: must be a whole number from 0 to 255, not 256',
    ])
    expect(toldOf({ name: 'x' })).toEqual(['exec: the process has nothing to run — give it a "command" or a "file"'])
  })

  test('[CD26] what is nested too deeply is a problem', () => {
    let entry: Entry = { command: 'x' }
    for (let n = 0; n < 20_000; n++) entry = { ready: entry }
    expect(toldOf(entry)).toHaveLength(1)
  })

  test('[CD20] [CD26] instances', () => {
    expect(specsFrom({ command: 'web', instances: 3 }).map(({ name }) => name)).toEqual(['web-1', 'web-2', 'web-3'])
  })

  test('[CD27] an unknown dependency or parent is a warning, and stays', () => {
    const entry = { command: 'web', dependencies: ['dbb', 'cache'], parent: 'boss' }
    const known = knownOf(specFrom({ command: 'db' }), specFrom({ command: 'cache' }))
    expect(toldOf(entry, { known })).toEqual([
      'parent: warning: there is no process "boss" yet: it is blocked until there is one',
      'dependencies: warning: there is no process "dbb" yet: it is blocked until there is one — did you mean "db"?',
    ])
    expect(specFrom(entry, { known })).toMatchObject({
      parent: 'boss',
      edges: [{ to: 'boss', onExit: 'restart' }, { to: 'dbb', condition: 'ready', onExit: 'ignore' }, { to: 'cache' }],
    })
  })

  test('[CD27] a name that nobody can have, an unknown prerun and a prerun that does not end are errors', () => {
    const known = knownOf(specFrom({ command: 'db' }))
    expect(toldOf({ command: 'web', dependencies: ['a b', '7'], prerun: ['job', 'db'] }, { known })).toEqual([
      'dependencies: there is no process "a b"',
      'dependencies: there is no process "7"',
      'prerun: there is no process "job"',
      'prerun: a prerun must end, and "db" is no oneshot — give it `oneshot: true`',
    ])
  })

  test('[CD27] a circle through processes that are there already is an error', () => {
    const known = knownOf(
      specFrom({ command: 'db', dependencies: ['web'] }),
      specFrom({ command: 'cache', dependencies: ['db'] }),
      specFrom({ command: 'a', dependencies: ['b'] }),
      specFrom({ command: 'b', dependencies: ['a'] }),
    )
    expect(toldOf({ command: 'web', dependencies: ['cache'] }, { known })).toEqual([
      'dependencies: these wait for each other: web → cache → db → web',
    ])
    expect(toldOf({ command: 'other', dependencies: ['db'] }, { known })).toEqual([])
  })

  test('[CD27] a name that is taken is declared anew', () => {
    const known = knownOf(specFrom({ command: 'web', dependencies: ['db'] }), specFrom({ command: 'db' }))
    expect(toldOf({ name: 'db', command: 'db', dependencies: ['other'] }, { known })).toHaveLength(1)
    expect(specFrom({ name: 'db', command: 'other' }, { known })).toMatchObject({ name: 'db', command: ['other'] })
  })

  test('[CD20] [CD27] a name that known instances share stands for all of them', () => {
    const known = knownOf(...specsFrom({ command: 'db', instances: 2 }))
    expect(specFrom({ command: 'web', dependencies: 'db' }, { known }).edges.map(({ to }) => to)).toEqual([
      'db-1',
      'db-2',
    ])
    expect(toldOf({ command: 'web', parent: 'db' }, { known })[0]).toStartWith('parent: a parent is one process')
  })
})

test('[CF15] [CD26] whatever is declared gives specs, or problems that each name a key', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('tcp:1', '5s', 'x', 80, 'x=1', 'HUP', '*/5 * * * *', 'http://x/'),
  )
  const entries = fc.dictionary(fc.constantFrom(...Object.keys(processKeys), 'nope'), value)
  fc.assert(
    fc.property(entries, fc.boolean(), (entry, variables) => {
      const read = readEntry({ ...here, entry: { command: 'x', ...entry }, variables })
      for (const problem of read.ok ? read.warnings : read.problems) {
        expect(formatProblem(problem)).not.toMatch(/undefined|\[object|NaN|:0:/)
        expect(problem.key === null || problem.key.split(/[.[]/)[0]! in { nope: 1, ...processKeys }).toBe(true)
      }
      if (!read.ok) return expect(read.problems.some(({ severity }) => severity === 'error')).toBe(true)
      for (const spec of read.specs) {
        const again = changeEntry(spec, {}, { ...here, cwd: '/other' })
        expect(again.ok && again.value.spec).toEqual({ ...spec, declared: expect.anything() as never })
      }
    }),
    { numRuns: 500, seed: 7 },
  )
})

describe('what was declared', () => {
  test('[CD25] keeps the entry as it is written, with defaults', async () => {
    const text = `
      env: {PORT: 80, PATH: "/opt:$PATH"}
      defaults: {stop_timeout: 5s, log: all.log, env: {LEVEL: "info-$PORT"}, restart: "no"}
      processes:
        - name: web
          command: web --port $PORT
          log_dir: logs
          no_auto_restart: true
          umask: 027
          nice: 0x5
          env: {VERSION: 1.10, N: 5, T: true, Q: "$PATH"}
          user:
    `
    const spec = await specOf('p.yml', text, { env: { PATH: '/bin' }, file: '/etc/p.yml' })
    expect(spec.declared).toEqual({
      entry: {
        stop_timeout: '5s',
        name: 'web',
        command: 'web --port $PORT',
        log_dir: 'logs',
        no_auto_restart: true,
        umask: '027',
        nice: '0x5',
        env: { VERSION: '1.10', N: 5, T: true, Q: '$PATH' },
      },
      cwd: '/work',
      variables: true,
      file: '/etc/p.yml',
      outer: { PORT: '80', PATH: '/opt:/bin', LEVEL: 'info-80' },
    })
  })

  const rich = `
    env: {PORT: 80, PATH: "/opt:$PATH"}
    defaults: {stop_timeout: 5s, env: {PATH: "/def:$PATH", A: "1", E: default}, env_file: e.env}
    processes:
      - {name: db, command: redis-server, ready: "redis:6379"}
      - name: web
        command: web --port $PORT --n $COPPICE_INSTANCE
        env: {PATH: "/own:$PATH", B: $A}
        instances: 2
        parent: db
        dependencies: [{name: job, condition: completed}]
        monitors: [{any: [tcp:1, {not: "file:x"}], retries: 3}]
        limits: {nofile: 1024:4096}
      - {name: job, command: [sh, -c, "echo 'x'"], schedule: {every: 1m}, umask: 022}
  `

  test('[CD25] read again, it means the same', async () => {
    const given = { env: { PATH: '/bin', HOME: '/home/me' }, files: { '/work/e.env': 'E=file\n' }, file: '/p.yml' }
    const { specs } = await planOf('p.yml', rich, given)
    const known = knownOf(...specs)
    expect(specs.map(({ name }) => name)).toEqual(['db', 'web-1', 'web-2', 'job'])
    for (const spec of specs) {
      const readFile = () => ({ ok: true, value: given.files['/work/e.env'] }) as const
      const changed = changeEntry(spec, {}, { cwd: '/elsewhere', env: given.env, known, readFile })
      expect(changed.ok && changed.value.spec).toEqual(spec)
    }
  })

  test('[CD25] no key of a JSON file is lost or changed on its way', () => {
    const entry = { name: 'x', command: ['x', '__proto__'], env: JSON.parse('{"__proto__": "1", "constructor": "2"}') }
    const spec = specFrom(entry)
    expect(JSON.stringify(spec.declared?.entry)).toBe(JSON.stringify(entry))
    expect([...spec.env.set]).toEqual([
      ['__proto__', '1'],
      ['constructor', '2'],
    ])
  })
})

describe('a change of a declaration', () => {
  const context = { cwd: '/there', env: {} }

  function change(spec: ProcessSpec, changes: Entry): ProcessSpec {
    const changed = changeEntry(spec, changes, context)
    if (!changed.ok) throw new Error(changed.failure.message)
    return changed.value.spec
  }

  test('[CD28] replaces keys, and leaves the rest as it was', () => {
    const spec = specFrom({ file: './app', args: '-a b', user: 'www', stop_timeout: '3s' })
    const changed = change(spec, { user: 'nobody', args: "-k 'v w'" })
    expect(changed).toEqual({
      ...spec,
      identity: { ...spec.identity, user: 'nobody' },
      command: ['/home/me/app', '-k', 'v w'],
      declared: {
        cwd: '/home/me',
        variables: false,
        file: null,
        entry: { name: 'app', file: './app', stop_timeout: '3s', user: 'nobody', args: "-k 'v w'" },
      },
    })
  })

  test('[CD28] relative paths of a change begin where it was asked for, the others where they did', () => {
    const spec = specFrom({ file: './app', log: 'old.log' })
    expect(change(spec, { log: 'new.log' }).output.stdout).toEqual({ tag: 'file', path: '/there/new.log' })
    expect(change(spec, { log: 'STDOUT' }).output.stdout).toEqual({ tag: 'inherit-stdout' })
    expect(change(spec, { user: 'x' }).output.stdout).toEqual({ tag: 'file', path: '/home/me/old.log' })
    expect(change(spec, { file: 'bin/other' }).command).toEqual(['/there/bin/other'])
    expect(change(spec, { file: 'other' }).command).toEqual(['other'])
    expect(change(spec, { file: 'bin/other' }).name).toBe('app')
  })

  test('[CD28] drives out what it stands for', () => {
    const spec = specFrom({ command: 'x', log: 'x.log', stderr: 'e.log' })
    expect(change(spec, { log_dir: 'logs' }).output).toMatchObject({
      stdout: { path: '/there/logs/x.log' },
      stderr: { path: '/there/logs/x.log' },
    })
    expect(change(specFrom({ command: 'x' }), { file: '/bin/y' }).command).toEqual(['/bin/y'])
  })

  test('[CD28] no_auto_restart is switched on and off', () => {
    const spec = specFrom({ command: 'x', restart: 'on-failure' })
    const off = change(spec, { no_auto_restart: true })
    expect(off).toMatchObject({ restart: 'no', endIsFailure: true })
    expect(change(off, { no_auto_restart: false })).toMatchObject({ restart: 'always', endIsFailure: false })
    expect(change(spec, { no_auto_restart: false })).toMatchObject({ restart: 'on-failure' })
    expect(change(specFrom({ command: 'x', restart: 'no' }), { no_auto_restart: false }).restart).toBe('always')
  })

  test('[CD28] nothing takes a key away', () => {
    expect(change(specFrom({ command: 'x', user: 'www' }), { user: null })).toMatchObject({ identity: { user: null } })
  })

  test('[CD28] one of several instances changes alone', () => {
    const second = specsFrom({ command: 'web', instances: 3 })[1]
    expect(second && change(second, { user: 'www' })).toMatchObject({ name: 'web-2', identity: { user: 'www' } })
  })

  test('[CD28] what cannot be changed is said, and why', async () => {
    const task = (await specsOf('p.toml', '[[task]]\nname = "t"\npath = "/bin/t"\n')).get('t')
    expect(task && changeEntry(task, { user: 'www' }, context)).toMatchObject({
      ok: false,
      failure: { code: 'not-declared', message: '"t" comes from a file of procmon, and its settings are only there.' },
    })
    const spec = specFrom({ command: 'x' })
    expect(changeEntry(spec, { name: 'y' }, context)).toMatchObject({ failure: { message: 'name: cannot be changed' } })
    expect(changeEntry(spec, { stop_timeout: '5', usr: 1 }, context)).toMatchObject({
      failure: {
        code: 'bad-config',
        message:
          'stop_timeout: must be a duration such as 500ms, 2s or 1h30m, not "5" — write the unit: "5s" or "5ms"\n' +
          'usr: unknown key "usr" — did you mean "user"?',
      },
    })
  })
})
