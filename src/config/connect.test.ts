import { expect, test } from 'bun:test'

import { load, problemsIn, specsOf } from '../../test/support/config.ts'

test('[CD11] parents and dependencies', async () => {
  const text = `
    processes:
      a: {command: x}
      b: {command: x, oneshot: true}
      c:
        command: x
        parent: a
        dependencies:
          - a
          - {name: b, condition: completed_successfully}
          - {name: a, condition: started, on_exit: stop}
          - a
      d: {command: x, dependencies: a}
  `
  const specs = await specsOf('p.yml', text)
  expect(specs.get('c')).toMatchObject({
    parent: 'a',
    edges: [
      { to: 'a', condition: 'ready', onExit: 'restart' },
      { to: 'a', condition: 'ready', onExit: 'ignore' },
      { to: 'b', condition: 'completed_successfully', onExit: 'ignore' },
      { to: 'a', condition: 'started', onExit: 'stop' },
    ],
  })
  expect(specs.get('d')?.edges).toEqual([{ to: 'a', condition: 'ready', onExit: 'ignore' }])
})

test('[CD11] bad dependencies', async () => {
  const text = `
    processes:
      a: {command: x}
      b: {command: x, dependencies: [{condition: ready}, {name: a, condition: redy}, {name: a, onexit: stop}, 5, [a]]}
      c: {command: x, dependencies: [{name: a, condition: completed}]}
  `
  expect(await problemsIn('p.yml', text)).toEqual([
    'p.yml:3:34: "dependencies" needs "name"',
    'p.yml:3:75: "condition" must be one of ready, started, completed, completed_successfully, not "redy" — did you mean "ready"?',
    'p.yml:3:92: unknown key "onexit" — did you mean "on_exit"?',
    'p.yml:3:110: "dependencies" must be the name of a process, or a table with `name`, not a list',
    'p.yml:4:41: warning: "a" is never completed: it is restarted whenever it ends — make it a oneshot, or wait for `ready`',
  ])
})

test('[CF11] unknown names, with a near miss', async () => {
  const text = `
    processes:
      redis: {command: x}
      web: {command: x, parent: reddis, dependencies: [queue], prerun: [nothing]}
  `
  expect(await problemsIn('p.yml', text)).toEqual([
    'p.yml:3:29: there is no process "reddis" — did you mean "redis"?',
    'p.yml:3:52: there is no process "queue"',
    'p.yml:3:69: there is no process "nothing"',
  ])
})

test('[CF12] circles over parents, dependencies and preruns; each once', async () => {
  const text = `
    processes:
      a: {command: x, parent: b}
      b: {command: x, dependencies: [c]}
      c: {command: x, oneshot: true, prerun: d}
      d: {command: x, oneshot: true, parent: a}
      e: {command: x, parent: a}
      f: {command: x, parent: f}
  `
  expect(await problemsIn('p.yml', text)).toEqual([
    'p.yml:5:42: these wait for each other: a → b → c → d → a',
    'p.yml:7:27: these wait for each other: f → f',
  ])
})

test('[CF12] a long chain is no circle', async () => {
  const processes = Array.from({ length: 5000 }, (_, i) => ({
    name: `p-${i}`,
    command: 'x',
    ...(i === 0 ? {} : { parent: `p-${i - 1}` }),
  }))
  const loaded = await load('p.json', JSON.stringify({ processes }))
  expect(loaded.ok).toBe(true)
})

test('[CF13] names that are taken', async () => {
  const text = `
    processes:
      - {name: web, command: x}
      - {name: db, command: x, instances: 2}
      - {name: web, command: x}
      - {name: db-2, command: x}
      - {name: db, command: x}
  `
  expect(await problemsIn('p.yml', text)).toEqual([
    'p.yml:4:12: the name "web" is taken, by line 2',
    'p.yml:5:12: the name "db-2" is taken, by line 3',
    'p.yml:6:12: the name "db" is taken, by line 3',
  ])
})

test('[CD20] the name that instances share stands for all of them', async () => {
  const text = `
    processes:
      web: {command: x, instances: 2}
      init: {command: x, oneshot: true, instances: 2}
      lb: {command: x, dependencies: [web], prerun: init}
      one: {command: x, parent: web-2}
  `
  const specs = await specsOf('p.yml', text)
  expect(specs.get('lb')?.edges.map(({ to }) => to)).toEqual(['web-1', 'web-2'])
  expect(specs.get('lb')?.prerun).toEqual(['init-1', 'init-2'])
  expect(specs.get('init-1')?.autostart).toBe(false)
  expect(specs.get('one')?.parent).toBe('web-2')
  expect(
    await problemsIn('p.yml', 'processes: {web: {command: x, instances: 2}, one: {command: x, parent: web}}\n'),
  ).toEqual([
    'p.yml:1:72: a parent is one process, and "web" has 2 instances — name one of them, such as "web-1", or use "dependencies" with `on_exit: restart`',
  ])
})

test('[CD21] a prerun is a oneshot, and what a prerun calls for does not start by itself', async () => {
  const specs = await specsOf('p.yml', 'processes: {m: {command: x, oneshot: true}, web: {command: x, prerun: [m]}}\n')
  expect(specs.get('m')).toMatchObject({ autostart: false, restart: 'no' })
  expect(specs.get('web')?.prerun).toEqual(['m'])
  expect(await problemsIn('p.yml', 'processes: {m: {command: x}, web: {command: x, prerun: [m]}}\n')).toEqual([
    'p.yml:1:57: a prerun must end, and "m" is no oneshot — give it `oneshot: true`',
  ])
})
