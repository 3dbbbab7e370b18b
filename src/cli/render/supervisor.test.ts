import { expect, test } from 'bun:test'
import { aTree } from '../../../test/support/cli-tree.ts'
import { printSupervisor, summaryOf } from './supervisor.ts'
import { plainStyle } from './style.ts'

const supervisor = { version: '1.2.3', pid: 7, mode: 'daemon', file: '/p.json', started_at: '2026-11-20T11:00:00Z' }

test('[DM63] status tells of the supervisor, counts its processes, and says what is wrong', () => {
  const summary = summaryOf({
    supervisor: { ...supervisor, alarms: ['the state is not recorded: the disk is full'] },
    processes: [],
    config: { file: '/c.yml', process_file: '/p.json', settings: [], warnings: [] },
    socket: '/s',
  })
  expect(printSupervisor({ ...summary, processes: { all: 3, running: 2, failed: 1 } }, plainStyle)).toBe(
    [
      'property      description',
      'version       1.2.3',
      'pid           7',
      'mode          daemon',
      'since         2026-11-20 11:00:00',
      'socket        /s',
      'config        /c.yml',
      'process file  /p.json',
      'processes     3: 2 running, 1 failed',
      'alarm         the state is not recorded: the disk is full',
      '',
    ].join('\n'),
  )
})

test('[DM63] of an `up` it works too, and prints JSON', async () => {
  await using tree = await aTree([{ name: 'web' }, { name: 'db' }, { name: 'bad', status: 'failed' }])
  const { exitCode, out } = await tree.coppice('status --json')
  expect(exitCode).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ alarms: [], processes: { all: 3, running: 2, failed: 1 } })
})
