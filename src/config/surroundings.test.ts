// What a file means to a daemon, which has a place for logs and processes of its own.
import { describe, expect, test } from 'bun:test'

import { planOf, problemsIn, specOf, specsOf } from '../../test/support/config.ts'
import type { ProcessSpec } from '../core/spec.ts'

const access = { fileMode: 0o660, directoryMode: 0o775, uid: null, gid: 5 }
const logs = { directory: '/var/log/coppice', access }

async function known(text: string): Promise<ReadonlyMap<string, ProcessSpec>> {
  return specsOf('known.yml', text)
}

describe('logs', () => {
  test('[PN12] what says nothing of its output is logged to NAME.log, with the access that was told', async () => {
    const { output } = await specOf('p.yml', 'processes: [{file: /x, name: web}]\n', { logs })
    const log = { tag: 'file', path: '/var/log/coppice/web.log' } as const
    expect([output.stdout, output.stderr, output.access]).toEqual([log, log, access])
  })

  test('[PN12] each instance has its own, and what is said wins', async () => {
    const text = `
      processes:
        - {file: /x, name: a, instances: 2}
        - {file: /x, name: b, log: b.log}
        - {file: /x, name: c, log_dir: /c}
        - {file: /x, name: d, stdout: SUPPRESS}
    `
    const specs = await specsOf('p.yml', text, { logs })
    const sinks = [...specs.values()].map(({ output: { stdout, stderr } }) =>
      [stdout, stderr].map((sink) => (sink.tag === 'file' ? sink.path : sink.tag)),
    )
    expect(sinks).toEqual([
      ['/var/log/coppice/a-1.log', '/var/log/coppice/a-1.log'],
      ['/var/log/coppice/a-2.log', '/var/log/coppice/a-2.log'],
      ['/work/b.log', '/work/b.log'],
      ['/c/c.log', '/c/c.log'],
      ['discard', '/var/log/coppice/d.log'],
    ])
    expect(specs.get('b')?.output.access).toEqual(access)
  })

  test('[PN12] tasks of procmon keep what is their default', async () => {
    const { output } = await specOf('p.toml', '[[task]]\nname = "t"\npath = "/bin/t"\n', { logs })
    expect(output).toMatchObject({ stdout: { tag: 'inherit-stdout' }, access: null })
  })
})

describe('processes that are there already', () => {
  const there = `
    processes:
      - {name: db, command: redis-server}
      - {name: job, command: job, oneshot: true}
      - {name: late, command: late, dependencies: [db]}
      - {name: pair, command: pair, instances: 2}
  `

  test('[PN15] may be depended on', async () => {
    const text = 'processes: [{name: web, command: web, parent: db, dependencies: [pair], prerun: [job]}]\n'
    expect(await specOf('p.yml', text, { known: await known(there) })).toMatchObject({
      parent: 'db',
      edges: [{ to: 'db' }, { to: 'pair-1' }, { to: 'pair-2' }],
      prerun: ['job'],
    })
    expect(await problemsIn('p.yml', text)).toHaveLength(3)
  })

  test('[PN15] a name in neither is an error', async () => {
    const text = 'processes: [{name: web, command: web, dependencies: [jbo]}]\n'
    expect(await problemsIn('p.yml', text, { known: await known(there) })).toEqual([
      'p.yml:1:54: there is no process "jbo" — did you mean "job"?',
    ])
  })

  test('[PN15] a circle through them is told where the file closes it', async () => {
    const text =
      'processes:\n  - {name: db, command: db, dependencies: [web]}\n  - {name: web, command: web, dependencies: [late]}\n'
    expect(await problemsIn('p.yml', text, { known: await known(there) })).toEqual([
      'p.yml:3:46: these wait for each other: db → web → late → db',
    ])
  })

  test('[PN15] [CD21] a oneshot that one of them has as its prerun waits to be called', async () => {
    const others = await known(
      'processes: [{name: j, command: j, oneshot: true}, {name: web, command: web, prerun: [j]}]\n',
    )
    const text = 'processes: [{name: j, command: new, oneshot: true}]\n'
    expect((await specOf('p.yml', text, { known: others })).autostart).toBe(false)
    expect((await specOf('p.yml', text)).autostart).toBe(true)
  })

  test('[PN15] one that is declared anew counts as declared', async () => {
    const text = 'processes: [{name: job, command: job}, {name: web, command: web, prerun: [job]}]\n'
    expect(await problemsIn('p.yml', text, { known: await known(there) })).toEqual([
      'p.yml:1:75: a prerun must end, and "job" is no oneshot — give it `oneshot: true`',
    ])
  })
})

describe('the wait for dependents', () => {
  const text = `
    processes:
      - {name: db, command: db}
      - {name: checked, command: checked, ready: "tcp:1"}
      - {name: job, command: job, oneshot: true}
      - {name: begun, command: begun}
      - {name: alone, command: alone}
      - name: web
        command: web
        parent: db
        dependencies: [checked, job, {name: begun, condition: started}]
  `

  async function ready(dependentWait: number | null, file = text): Promise<object> {
    const specs = await specsOf('p.yml', file, { dependentWait })
    return Object.fromEntries([...specs].map(([name, spec]) => [name, spec.ready?.tag ?? null]))
  }

  test('[PN13] what others wait for and nothing tells to be ready is ready after so long', async () => {
    const others = { checked: 'check', job: null, begun: null, alone: null, web: null }
    expect(await ready(2000)).toEqual({ db: 'elapsed', ...others })
    expect(await ready(null)).toEqual({ db: null, ...others })
    expect(await ready(0)).toEqual({ db: null, ...others })
    expect((await specsOf('p.yml', text, { dependentWait: 2000 })).get('db')?.ready).toEqual({
      tag: 'elapsed',
      after: 2000,
    })
  })

  test('[PN13] dependents that are there already count', async () => {
    const others = await known('processes: [{name: db, command: db}, {name: web, command: web, dependencies: [db]}]\n')
    const spec = await specOf('p.yml', 'processes: [{name: db, command: new}]\n', { known: others, dependentWait: 5 })
    expect(spec.ready).toEqual({ tag: 'elapsed', after: 5 })
  })
})

describe('variables of the environment that change entries', () => {
  const text = '{"processes": [{"file": "/x", "Name": "a", "args": "old"}, {"file": "/y", "name": "b"}]}'
  const env = {
    CONFIGOR_PROCESSES_0_NAME: 'first',
    Configor_Processes_0_Args: '--n 5 $A',
    CONFIGOR_PROCESSES_0_ENVVARS: 'A=1',
    CONFIGOR_PROCESSES_1_NOAUTORESTART: 'yes',
    CONFIGOR_PROCESSES_1_DEPENDENCIES: '[first]',
    CONFIGOR_PROCESSES_1_GROUPS: 'front',
    CONFIGOR_PROCESSES_1_USER: '',
    CONFIGOR_PROCESSES_7_NAME: 'nobody',
    CONFIGOR_PROCESSES_0_FISH: 'x',
    CONFIGOR_LOGS_DIRECTORY: '/x',
  }

  test('[PN14] win over what the file says', async () => {
    const plan = await planOf('p.json', text, { env, configor: true })
    expect(plan).toMatchObject({
      dialect: 'pmon3',
      specs: [
        { name: 'first', command: ['/x', '--n', '5', '$A'] },
        { name: 'b', endIsFailure: true, edges: [{ to: 'first' }], groups: ['front'], identity: { user: null } },
      ],
    })
    expect(plan.specs[0]?.env.set).toEqual(new Map([['A', '1']]))
    expect(plan.specs[1]?.declared?.entry).toEqual({
      file: '/y',
      name: 'b',
      no_auto_restart: true,
      dependencies: ['first'],
      groups: 'front',
    })
  })

  test('[PN14] are heard only where that was asked for', async () => {
    expect((await planOf('p.json', text, { env })).specs[0]?.name).toBe('a')
  })

  test('[PN14] reach into the form of pmon3 up to 1.16, and into our own keys', async () => {
    const old = '{"apps": [{"file": "/x", "flags": {"name": "a"}}]}'
    const given = { configor: true, env: { CONFIGOR_APPS_0_FLAGS_NAME: 'b', CONFIGOR_PROCESSES_0_STOP_TIMEOUT: '3s' } }
    expect(await specOf('p.json', old, given)).toMatchObject({ name: 'b', stop: { timeout: 3000 } })
  })

  test('[PN14] what is wrong with them is told under their names', async () => {
    const bad = { CONFIGOR_PROCESSES_0_NAME: '-x', CONFIGOR_PROCESSES_1_DEPENDENCIES: '[nobody]' }
    expect(await problemsIn('p.json', text, { env: bad, configor: true })).toEqual([
      'CONFIGOR_PROCESSES_0_NAME: "name" must be a name of letters, digits and ._@+-, not beginning with . or -, and not all digits, not "-x"',
      'CONFIGOR_PROCESSES_1_DEPENDENCIES: there is no process "nobody"',
    ])
  })
})
