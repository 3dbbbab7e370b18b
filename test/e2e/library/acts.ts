// acts: what a program can ask of a tree. Prints a line of JSON for each answer: `[QUESTION, ANSWER]`.
import { planOf, readPlan, startTree } from '../../../src/index.ts'

const tell = (question: string, answer: unknown): void => console.log(JSON.stringify([question, answer]))

const bad = await planOf({
  processes: [
    { name: 'a', comand: 'sleep 1' },
    { name: 'b', command: 'sleep 1', parent: 'c' },
  ],
})
tell('bad plan', bad.ok ? null : bad.failure)
const missing = await readPlan('/no/such/file.yml')
tell('missing file', missing.ok ? null : missing.failure)

const plan = await planOf({
  processes: [
    { name: 'db', command: 'sleep 1000' },
    { name: 'web', command: 'sleep 1000', parent: 'db', instances: 2 },
    { name: 'job', command: 'sh -c "exit 3"', oneshot: true, autostart: false },
  ],
})
if (!plan.ok) throw new Error(plan.failure.message)
{
  await using tree = startTree(plan.value, { keepRunning: true })
  tell('start', await tree.act('start', 'web'))
  tell(
    'running',
    tree.processes().map((view) => [view.name, view.status, view.restart_count]),
  )
  tell('stop', await tree.act('stop', 'db'))
  tell(
    'stopped',
    tree.processes().map((view) => [view.name, view.status, view.pid]),
  )
  tell('start both', [await tree.act('start', 'db'), await tree.act('start', 'web')])
  tell('restart', await tree.act('restart', 'db'))
  tell('start what fails', await tree.act('start', 'job'))
  tell(
    'why',
    tree.why('job').map((link) => link.text),
  )
  tell('why of nobody', tree.why('nobody'))
  tell('act on nobody', await tree.act('stop', 'nobody').catch((error: Error) => error.message))
  tell('exit code', await tree.stop())
  tell('ended', await tree.ended)
}

for (const code of [0, 7]) {
  const once = await planOf({ processes: [{ name: 'once', command: ['sh', '-c', `exit ${code}`], restart: 'no' }] })
  if (!once.ok) throw new Error(once.failure.message)
  await using tree = startTree(once.value)
  tell(`ends by itself after ${code}`, await tree.ended)
}
