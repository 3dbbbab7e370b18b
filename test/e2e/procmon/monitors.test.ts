// Section 5 of procmon.md: monitors of all five types, as gates and as watchers, and composed.
import { expect, test } from 'bun:test'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { program } from '../../programs/program.ts'
import { aProcmon, task } from './file.ts'
import { entriesOf } from './log.ts'
import { aListener, anHttpService, aRedisService, freePort } from './services.ts'

/** Something to monitor: how it is declared, and how it passes and fails. It begins as failing. */
interface Subject extends AsyncDisposable {
  readonly keys: Readonly<Record<string, string>>
  /** What the failure is told with. */
  readonly told: RegExp
  pass(): void
  fail(): void
}

async function http(): Promise<Subject> {
  const service = anHttpService()
  service.say('/', 500)
  return {
    keys: { type: 'http', url: service.url('/') },
    told: /500/,
    pass: () => service.say('/', 204),
    fail: () => service.say('/', 500),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}

async function redis(): Promise<Subject> {
  const service = aRedisService()
  service.say('-LOADING Redis is loading the dataset in memory')
  return {
    keys: { type: 'redis', addr: service.address },
    told: /LOADING/,
    pass: () => service.say('+PONG'),
    fail: () => service.say('-LOADING Redis is loading the dataset in memory'),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}

async function portInUse(): Promise<Subject> {
  const [one, two] = [await freePort(), await freePort()]
  const always = aListener(one)
  let sometimes: Disposable | null = null
  const fail = (): void => {
    sometimes?.[Symbol.dispose]()
    sometimes = null
  }
  return {
    keys: { type: 'portinuse', port: `${one} ${two}` },
    told: new RegExp(String(two)),
    pass: () => void (sometimes = aListener(two)),
    fail,
    async [Symbol.asyncDispose]() {
      fail()
      always[Symbol.dispose]()
    },
  }
}

async function portAvailable(): Promise<Subject> {
  const [one, two] = [await freePort(), await freePort()]
  let taken: Disposable | null = aListener(two)
  const pass = (): void => {
    taken?.[Symbol.dispose]()
    taken = null
  }
  return {
    keys: { type: 'portavailable', port: `${one} ${two}` },
    told: new RegExp(String(two)),
    pass,
    fail: () => void (taken = aListener(two)),
    [Symbol.asyncDispose]: async () => pass(),
  }
}

async function ensureDir(dir: string): Promise<Subject> {
  const place = join(dir, 'place')
  const fail = (): void => {
    rmSync(place, { recursive: true, force: true })
    writeFileSync(place, 'a file where a directory should be')
  }
  fail()
  return {
    keys: { type: 'ensuredir', path: join(place, 'deep/down') },
    told: /place/,
    pass: () => rmSync(place),
    fail,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

test.concurrent.each([
  ['http', http],
  ['redis', redis],
  ['portinuse', portInUse],
  ['portavailable', portAvailable],
  ['ensuredir', ensureDir],
] as const)(
  'procmon 5 [PB] %s gates the start as `ready`, and its failure is a death under any other name',
  async (_type, make) => {
    const scratch = await Bun.$`mktemp -d`.text()
    await using subject = await make(scratch.trim())
    await using up = await aProcmon({
      tasks: [
        task('web', program('slow-term'), {
          monitors: [
            { name: 'ready', ...subject.keys },
            { name: 'watch', period: '100ms', ...subject.keys },
          ],
        }),
        task('child', program('never-dies'), { parent: 'web' }),
      ],
    })
    const first = await up.mark('web', 'start')
    const waits = await up.until('web', (view) => view.status === 'init' && subject.told.test(view.reason))
    expect(waits.ready).toBe(false)
    expect(up.marks('child')).toEqual([])

    subject.pass()
    await up.mark('child', 'start')
    expect(await up.view('web')).toMatchObject({ status: 'running', ready: true, pid: first.pid })

    subject.fail()
    const term = await up.mark('web', 'term')
    const second = await up.mark('web', 'start', 2)
    expect(second.at - term.at).toBeGreaterThanOrEqual(990)
    expect(up.stderr).toMatch(/failed its check watch/)
    expect(up.marks('child')).toHaveLength(1)

    subject.pass()
    await up.mark('child', 'start', 2)
    expect(await up.view('web')).toMatchObject({ status: 'running', pid: second.pid, restart_count: 1 })
    rmSync(scratch.trim(), { recursive: true, force: true })
  },
)

test.concurrent('procmon 5 [PB] http passes on 200 to 299 only, and asks with its verb', async () => {
  await using service = anHttpService()
  const statuses = [200, 204, 299, 300, 304, 400, 404, 500, 503]
  for (const status of statuses) service.say(`/${status}`, status)
  await using up = await aProcmon({
    tasks: statuses.map((status) =>
      task(`web-${status}`, program('never-dies'), {
        monitors: [
          { name: 'ready', type: 'http', url: service.url(`/${status}`), verb: status < 300 ? 'HEAD' : 'POST' },
        ],
      }),
    ),
  })
  for (const status of [200, 204, 299]) await up.until(`web-${status}`, 'running')
  for (const status of [300, 304, 400, 404, 500, 503]) {
    await up.fact('it was asked often', () => service.asked(`/${status}`).length >= 3)
    expect(await up.view(`web-${status}`)).toMatchObject({ status: 'init', ready: false })
    expect(service.asked(`/${status}`)[0]!.verb).toBe('POST')
  }
  expect(service.asked('/200').map((one) => one.verb)).toEqual(['HEAD'])
})

test.concurrent(
  'procmon 5 [PB] http asks with GET and waits one second for the answer, unless it says otherwise',
  async () => {
    await using service = anHttpService()
    for (const path of ['/plain', '/short']) service.say(path, 'nothing')
    const monitor = { name: 'health', type: 'http', period: '50ms' }
    await using up = await aProcmon({
      tasks: [
        task('plain', program('slow-term'), { monitors: [{ ...monitor, url: service.url('/plain') }] }),
        task('short', program('slow-term'), {
          monitors: [{ ...monitor, url: service.url('/short'), timeout: '200ms' }],
        }),
      ],
    })
    for (const [name, least, most] of [
      ['plain', 950, 2500],
      ['short', 150, 900],
    ] as const) {
      await up.mark(name, 'term')
      const of = entriesOf(up.stderr).filter((entry) => entry.process === name)
      const [running, down] = [
        of.find(({ msg }) => msg.startsWith('running')),
        of.find(({ msg }) => msg.startsWith('goes down')),
      ]
      expect(down!.at - running!.at - 50).toBeWithin(least, most)
      expect(service.asked(`/${name}`)[0]!.verb).toBe('GET')
    }
  },
)

test.concurrent(
  'procmon 5 [PB] ensuredir makes the directory and its parents, 0755 unless perm says otherwise',
  async () => {
    await using up = await aProcmon((dir) => ({
      prologue: [
        { name: 'plain', type: 'ensuredir', path: join(dir, 'a/b/c') },
        { name: 'own', type: 'ensuredir', path: join(dir, 'd/e'), perm: '0700' },
        { name: 'there', type: 'ensuredir', path: there(dir), perm: '0755' },
      ],
      tasks: [task('web', program('never-dies'))],
    }))
    await up.mark('web', 'start')
    const mode = (path: string): string => (statSync(join(up.dir, path)).mode & 0o777).toString(8)
    expect(['a', 'a/b', 'a/b/c', 'd/e', 'there'].map(mode)).toEqual(['755', '755', '755', '700', '711'])
  },
)

/** What is there already stays as it is. */
function there(dir: string): string {
  mkdirSync(join(dir, 'there'), { mode: 0o711 })
  return join(dir, 'there')
}

test.concurrent('procmon 5 [RD4] a monitor is asked every 15 s when no period is said', async () => {
  await using service = anHttpService()
  await using up = await aProcmon({
    tasks: [
      task('web', program('never-dies'), { monitors: [{ name: 'health', type: 'http', url: service.url('/') }] }),
    ],
  })
  await up.mark('web', 'start')
  const asked = await up.fact('it is asked', () => service.asked('/')[0], 20_000)
  const running = entriesOf(up.stderr).find(({ msg }) => msg.startsWith('running'))
  expect(asked.at - running!.at).toBeWithin(14_900, 17_000)
})

test.concurrent('procmon 5 [RD4] a monitor is asked every period', async () => {
  await using service = anHttpService()
  await using up = await aProcmon({
    tasks: [
      task('web', program('never-dies'), {
        monitors: [{ name: 'health', type: 'http', url: service.url('/'), period: '200ms' }],
      }),
    ],
  })
  const asked = await up.fact('it was asked often', () => service.asked('/').length >= 8 && service.asked('/'))
  const gaps = asked.slice(1).map(({ at }, i) => at - asked[i]!.at)
  expect(gaps.toSorted((a, b) => a - b)[3]).toBeWithin(190, 350)
})

test.concurrent('procmon 5 [RD7] with `retries = 2` a monitor fails at the third failure in a row', async () => {
  await using service = anHttpService()
  await using up = await aProcmon({
    tasks: [
      task('web', program('slow-term'), {
        monitors: [{ name: 'health', type: 'http', url: service.url('/'), period: '50ms', retries: 2 }],
      }),
    ],
  })
  const { pid } = await up.mark('web', 'start')
  service.sayOnce('/', 503, 503, 200, 503, 503)
  await up.fact('it was asked often', () => service.asked('/').length >= 10)
  expect(await up.view('web')).toMatchObject({ pid, run: 1, status: 'running' })
  service.say('/', 503)
  const { length } = service.asked('/')
  await up.mark('web', 'term')
  expect(service.asked('/').length - length).toBeWithin(2, 5)
})

test.concurrent(
  'procmon 5 [RD7] with a bucket a monitor fails when failures come too often, in a row or not',
  async () => {
    await using service = anHttpService()
    const bucket = { capacity: 2, leak: '1m' }
    await using up = await aProcmon({
      tasks: [
        task('web', program('slow-term'), {
          monitors: [{ name: 'health', type: 'http', url: service.url('/'), period: '50ms', bucket }],
        }),
      ],
    })
    const { pid } = await up.mark('web', 'start')
    service.sayOnce('/', 503, 200, 503)
    await up.fact('it was asked often', () => service.asked('/').length >= 8)
    expect(await up.view('web')).toMatchObject({ pid, run: 1, status: 'running' })
    service.sayOnce('/', 503)
    await up.mark('web', 'term')
  },
)

test.concurrent('procmon 5 [PB] a monitor never holds up another: neither a task, nor a second monitor', async () => {
  await using service = anHttpService()
  service.say('/slow', 'nothing')
  await using up = await aProcmon({
    tasks: [
      task('web', program('slow-term'), {
        monitors: [
          { name: 'slow', type: 'http', url: service.url('/slow'), period: '50ms', timeout: '20s' },
          { name: 'quick', type: 'http', url: service.url('/quick'), period: '50ms' },
        ],
      }),
    ],
  })
  await up.fact('the other is asked on and on', () => service.asked('/quick').length >= 20)
  expect(service.asked('/slow')).toHaveLength(1) // Nor is it asked again before it has answered.
  service.say('/quick', 503)
  await up.mark('web', 'term')
})
