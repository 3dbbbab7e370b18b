// Section 4 of procmon.md: the tree, from start to restart.
import { expect, test } from 'bun:test'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { program } from '../../programs/program.ts'
import type { Up } from '../harness.ts'
import { isAlive } from '../proc.ts'
import { aProcmon, script, task } from './file.ts'
import { entriesOf } from './log.ts'
import { anHttpService, freePort, type HttpService } from './services.ts'

function readyAt(service: HttpService, path: string) {
  return { name: 'ready', type: 'http', url: service.url(path) }
}

/** What was marked, in order: `name what`. */
function story(up: Up, from = 0): string[] {
  return up
    .marks()
    .slice(from)
    .map((mark) => `${mark.name} ${mark.what}`)
}

test.concurrent(
  'procmon 4 [TR3] roots start at once, children when their parent is ready, siblings in parallel',
  async () => {
    await using service = anHttpService()
    for (const path of ['/parent', '/one', '/two']) service.say(path, 503)
    await using up = await aProcmon({
      tasks: [
        task('parent', program('never-dies'), { monitors: [readyAt(service, '/parent')] }),
        task('other', program('never-dies')),
        task('one', program('never-dies'), { parent: 'parent', monitors: [readyAt(service, '/one')] }),
        task('two', program('never-dies'), { parent: 'parent', monitors: [readyAt(service, '/two')] }),
        task('leaf', program('never-dies'), { parent: 'one' }),
      ],
    })
    for (const name of ['other', 'parent']) await up.mark(name, 'start')
    await up.fact('the parent was asked often', () => service.asked('/parent').length >= 5)
    expect(await up.view('parent')).toMatchObject({ status: 'init', ready: false })
    expect(story(up).toSorted()).toEqual(['other start', 'parent start'])

    service.say('/parent', 200)
    await up.mark('one', 'start')
    await up.mark('two', 'start') // Neither waits for the other to be ready.
    await up.fact('both were asked often', () => ['/one', '/two'].every((path) => service.asked(path).length >= 5))
    expect(up.marks('leaf')).toEqual([])

    service.say('/one', 200)
    await up.mark('leaf', 'start')
    expect(await up.view('two')).toMatchObject({ status: 'init' })
    expect(up.marks()).toHaveLength(5)
  },
)

test.concurrent(
  'procmon 4 [RD1] preruns run to their end, one after the other, before every start, whatever they say',
  async () => {
    await using up = await aProcmon({
      tasks: [
        task('first', program('exits', 0, 0.2), { specials: { onetime: true } }),
        task('second', program('exits', 3, 0.2), { specials: { onetime: true } }),
        task('web', program('never-dies'), { prerun: ['first', 'second', 'first'] }),
      ],
    })
    const once = ['first start', 'first exit', 'second start', 'second exit', 'first start', 'first exit', 'web start']
    const { pid } = await up.mark('web', 'start')
    expect(story(up)).toEqual(once)
    process.kill(pid, 'SIGKILL')
    await up.mark('web', 'start', 2)
    expect(story(up)).toEqual([...once, ...once])
  },
)

test.concurrent(
  'procmon 4 [SP6] a prerun that two tasks share runs once for each, and never twice at a time',
  async () => {
    await using up = await aProcmon({
      tasks: [
        task('shared', program('exits', 0, 0.2), { specials: { onetime: true } }),
        task('one', program('never-dies'), { prerun: ['shared'] }),
        task('two', program('never-dies'), { prerun: ['shared'] }),
      ],
    })
    await up.mark('one', 'start')
    await up.mark('two', 'start')
    expect(up.marks('shared').map((mark) => mark.what)).toEqual(['start', 'exit', 'start', 'exit'])
  },
)

test.concurrent(
  'procmon 4 [SP7] what hangs from a task with an empty path starts when its preruns are done',
  async () => {
    await using up = await aProcmon({
      tasks: [
        task('first', program('exits', 0), { specials: { onetime: true } }),
        { name: 'setup', path: '', prerun: ['first'] },
        task('web', program('never-dies'), { parent: 'setup' }),
      ],
    })
    const done = await up.mark('first', 'exit')
    const { at } = await up.mark('web', 'start')
    expect(at).toBeGreaterThanOrEqual(done.at)
  },
)

test.concurrent('procmon 4 [SP7] a task with an empty path is only a place for its preruns', async () => {
  await using up = await aProcmon({
    tasks: [
      task('first', program('exits', 0, 0.1), { specials: { onetime: true } }),
      task('second', program('exits', 0), { specials: { onetime: true } }),
      { name: 'setup', path: '', prerun: ['first', 'second'] },
      task('web', program('never-dies')),
    ],
  })
  await up.until('setup', 'completed')
  await up.mark('web', 'start') // Nor does anybody wait for it.
  const told = story(up).filter((text) => !text.startsWith('web'))
  expect(told).toEqual(['first start', 'first exit', 'second start', 'second exit'])
  expect(await up.view('setup')).toMatchObject({ pid: null, restart_count: 0 })
})

test.concurrent(
  'procmon 4 [RD3] the ready monitor is asked every 50 ms until it is OK, and then never again',
  async () => {
    await using service = anHttpService()
    service.say('/web', 503)
    await using up = await aProcmon({
      tasks: [task('web', program('never-dies'), { monitors: [{ ...readyAt(service, '/web'), period: '100ms' }] })],
    })
    const asked = await up.fact('it was asked often', () => service.asked('/web').length > 30 && service.asked('/web'))
    const gaps = asked.slice(1).map(({ at }, i) => at - asked[i]!.at)
    expect(gaps.toSorted((a, b) => a - b)[15]).toBeWithin(45, 120)

    service.say('/web', 200)
    await up.until('web', 'running')
    const { length } = service.asked('/web')
    await Bun.sleep(500) // It must not be asked again.
    expect(service.asked('/web')).toHaveLength(length)
  },
)

test.concurrent(
  'procmon 4 [RD5] what is not ready within maxstartup is killed, tried again from the first time on, and this is said',
  async () => {
    await using service = anHttpService()
    service.say('/web', 503)
    await using up = await aProcmon({
      tasks: [
        task('web', program('slow-term'), { maxstartup: '800ms', monitors: [readyAt(service, '/web')] }),
        task('child', program('never-dies'), { parent: 'web' }),
      ],
    })
    const [first, term] = [await up.mark('web', 'start'), await up.mark('web', 'term')]
    expect(term.at - first.at).toBeWithin(500, 2000)
    const second = await up.mark('web', 'start', 2)
    expect(second.at - term.at).toBeWithin(990, 1900)
    expect(isAlive(first.pid)).toBe(false)
    expect(up.stderr).toMatch(/not ready within 800ms.*503/)
    expect((await up.why('web')).map((link) => link.text).join('\n')).toContain('not ready within 800ms')
    expect(up.marks('child')).toEqual([])

    service.say('/web', 200)
    await up.mark('child', 'start')
  },
)

test.concurrent('procmon 4 [RD5] what exits before it is ready is not waited for', async () => {
  await using service = anHttpService()
  service.say('/web', 503)
  await using up = await aProcmon({
    tasks: [task('web', program('exits', 1, 0.1), { monitors: [readyAt(service, '/web')] })],
  })
  const exit = await up.mark('web', 'exit')
  expect((await up.mark('web', 'start', 2)).at - exit.at).toBeWithin(990, 1900) // `maxstartup` is 10 seconds.
})

test.concurrent('procmon 4 [RD4] the other monitors are asked only once the task is ready', async () => {
  await using service = anHttpService()
  service.say('/ready', 503)
  await using up = await aProcmon({
    tasks: [
      task('web', program('never-dies'), {
        monitors: [
          { name: 'health', type: 'http', url: service.url('/health'), period: '50ms' },
          readyAt(service, '/ready'),
        ],
      }),
    ],
  })
  await up.fact('readiness was asked often', () => service.asked('/ready').length >= 10)
  expect(service.asked('/health')).toEqual([])
  service.say('/ready', 200)
  await up.fact('health is asked', () => service.asked('/health').length >= 3)
  expect(service.asked('/health')[0]!.at).toBeGreaterThanOrEqual(service.asked('/ready').at(-1)!.at)
})

test.concurrent(
  'procmon 4 [TR4] [TR5] when a task exits its subtree goes down, children first, and comes back in order',
  async () => {
    const port = await freePort()
    await using up = await aProcmon({
      tasks: [
        task('root', program('never-dies')),
        task('mid', program('http-server', port, 0.2), {
          parent: 'root',
          monitors: [{ name: 'ready', type: 'portinuse', port: String(port) }],
        }),
        task('left', program('slow-term', 0.3), { parent: 'mid' }),
        task('right', program('ignores-term'), { parent: 'mid', maxshutdown: '600ms' }),
        task('leaf', program('slow-term', 0.2), { parent: 'left' }),
        task('aside', program('never-dies'), { parent: 'root' }),
      ],
    })
    for (const name of ['root', 'left', 'leaf', 'right', 'aside']) await up.mark(name, 'start')
    const before = up.marks().length
    const mid = await up.mark('mid', 'start')
    const [root, aside, right] = [await up.view('root'), await up.view('aside'), await up.mark('right', 'start')]
    process.kill(mid.pid, 'SIGKILL')

    for (const name of ['left', 'leaf', 'right']) await up.mark(name, 'start', 2)
    const told = story(up, before)
    const without = told.filter((text) => !text.startsWith('right'))
    expect(without.slice(0, 6)).toEqual(['leaf term', 'leaf exit', 'left term', 'left exit', 'mid start', 'mid ready'])
    expect(without.slice(6).toSorted()).toEqual(['leaf start', 'left start'])
    // Siblings go in parallel: this one heard of it while the leaf was ending, and was killed at its `maxshutdown`.
    expect(told.indexOf('right term')).toBeLessThan(told.indexOf('left exit'))
    expect(isAlive(right.pid)).toBe(false)
    const [rightTerm] = up.marks('right', 'term')
    const midAgain = await up.mark('mid', 'start', 2)
    expect(midAgain.at - rightTerm!.at).toBeGreaterThanOrEqual(590)
    expect(told.indexOf('right start')).toBeGreaterThan(told.indexOf('mid ready'))

    const { pid: rootPid } = await up.view('root')
    const { pid: asidePid } = await up.view('aside')
    expect([rootPid, asidePid]).toEqual([root.pid, aside.pid])
  },
)

test.concurrent(
  'procmon 4 [TR4] [ST3] when a monitor fails its subtree goes first, then the task; both get SIGKILL at their maxshutdown',
  async () => {
    await using service = anHttpService()
    await using up = await aProcmon({
      tasks: [
        task('web', program('ignores-term'), {
          maxshutdown: '600ms',
          monitors: [
            readyAt(service, '/ready'),
            { name: 'health', type: 'http', url: service.url('/health'), period: '50ms' },
          ],
        }),
        task('child', program('ignores-term'), { parent: 'web', maxshutdown: '600ms' }),
      ],
    })
    const [web, child] = [await up.mark('web', 'start'), await up.mark('child', 'start')]
    service.sayOnce('/health', 503)
    await up.mark('child', 'start', 2)
    const [childTerm, webTerm, webAgain] = [
      await up.mark('child', 'term'),
      await up.mark('web', 'term'),
      await up.mark('web', 'start', 2),
    ]
    expect(story(up, 2).slice(0, 2)).toEqual(['child term', 'web term'])
    // A mark comes a moment after the signal: the difference may be a little less than what was waited.
    expect(webTerm.at - childTerm.at).toBeWithin(450, 2000)
    expect(webAgain.at - webTerm.at).toBeGreaterThanOrEqual(1450) // 600 ms, and the restart's second
    expect([isAlive(web.pid), isAlive(child.pid)]).toEqual([false, false])
    expect(up.stderr).toMatch(/health.*503/)
  },
)

test.concurrent(
  'procmon 4 [TR1] a task that ends while its own children live on is not replaced before they are gone',
  async () => {
    await using up = await aProcmon((dir) => ({
      tasks: [
        task(
          'web',
          script(
            'trap "" TERM; mark start; ( mark straggler; sleep 1.5; mark straggler-ends ) & until [ -e "$1" ]; do sleep 0.02; done',
            join(dir, 'end'),
          ),
        ),
      ],
    }))
    await up.mark('web', 'straggler')
    writeFileSync(join(up.dir, 'end'), '')
    await up.mark('web', 'start', 2)
    expect(story(up).slice(0, 4)).toEqual(['web start', 'web straggler', 'web straggler-ends', 'web start'])
    rmSync(join(up.dir, 'end'))
  },
)

test.concurrent('procmon 4 [RS4] the restart delay is 1 s at first and doubles at every restart', async () => {
  const within = ['env', '-u', 'DEFAULT_RESTART_DELAY']
  await using up = await aProcmon({ tasks: [task('web', program('crash-loop'))] }, { within })
  await up.mark('web', 'start', 3)
  await up.fact('it waits for the third time', () => delaysOf(up).length === 3)
  expect(delaysOf(up)).toEqual(['1s', '2s', '4s'])
  const [first, second] = gapsOf(up, 'start', 'start')
  expect(first).toBeWithin(900, 1900)
  expect(second).toBeWithin(1900, 2900)
})

test.concurrent('procmon 4 [RS4] the delay decays towards DEFAULT_RESTART_DELAY while the task lives', async () => {
  // 1 s, towards 100 ms by a tenth each time it has lived as long as the delay: 910 ms after 1 s, 829 after 1.91, and 756
  // would come after 2.74. Then it is doubled, and the same happens to 1658 ms: 1502 ms after 1.66 s, the next after 3.16.
  await using up = await aProcmon(
    { tasks: [task('web', program('exits', 0, 2.3))] },
    { env: { DEFAULT_RESTART_DELAY: '100ms' } },
  )
  await up.mark('web', 'start', 3)
  expect(delaysOf(up)).toEqual(['829ms', '1.5s'])
  const [first, second] = gapsOf(up, 'exit', 'start')
  expect(first).toBeGreaterThanOrEqual(820)
  expect(second).toBeGreaterThanOrEqual(1490)
})

/** The delays that were told of. */
function delaysOf(up: Up): (string | undefined)[] {
  const told = entriesOf(up.stderr).map(({ msg }) => /^restarts after (\S+?)[,; ]/.exec(msg)?.[1])
  return told.filter(Boolean)
}

/** How long it took from each `from` to the next run's `to`. */
function gapsOf(up: Up, from: string, to: string): number[] {
  const [before, after] = [up.marks('web', from), up.marks('web', to).slice(1)]
  return after.map((mark, i) => mark.at - before[i]!.at)
}

test.concurrent('procmon 4 [TR8] what a monitor says of an earlier run means nothing to the next', async () => {
  await using service = anHttpService()
  await using up = await aProcmon({
    tasks: [
      task('web', program('never-dies'), {
        monitors: [{ name: 'health', type: 'http', url: service.url('/health'), period: '100ms', timeout: '2s' }],
      }),
    ],
  })
  await up.fact('it is asked', () => service.asked('/health').length > 0)
  const before = service.asked('/health').length
  service.sayOnce('/health', 'nothing')
  const { at } = await up.fact('it waits for an answer', () => service.asked('/health')[before])
  const { pid } = await up.mark('web', 'start')
  process.kill(pid, 'SIGKILL')
  const again = await up.mark('web', 'start', 2)
  // The answer that never came was due 2 seconds after it was asked for; the second run is a second old by then.
  await up.fact('the second run is asked after that', () => service.asked('/health').some((one) => one.at > at + 2300))
  expect(await up.view('web')).toMatchObject({ status: 'running', pid: again.pid, restart_count: 1 })
})

test.concurrent('procmon 4 [RS6] a program that is not there is tried again, and the others do not care', async () => {
  await using up = await aProcmon({
    tasks: [
      { name: 'missing', path: './not-there' },
      task('web', program('never-dies')),
      task('child', program('never-dies'), { parent: 'web' }),
    ],
  })
  await up.until('child', 'running')
  const missing = await up.until('missing', 'failed')
  expect(missing.reason).toMatch(/not-there/)
  expect(missing.next_try).not.toBeNull()
  writeFileSync(join(up.dir, 'not-there'), '#!/bin/sh\nexec sleep 1000000\n', { mode: 0o755 })
  await up.until('missing', 'running')
})
