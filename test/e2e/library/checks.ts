// checks: asks composed checks as readiness of a task each, and prints `NAME yes|no REASON` for each, in order.
import {
  all,
  any,
  bucket,
  custom,
  dir,
  exec,
  file,
  http,
  not,
  planOf,
  portFree,
  redis,
  retry,
  startTree,
  tcp,
  withReadiness,
} from '../../../src/index.ts'
import type { Check } from '../../../src/index.ts'

const yes = custom(async () => true)
const no = custom(async () => ({ ok: false, detail: 'it says no' }))
const throws = custom(() => {
  throw new Error('it threw up')
})
const hangs = custom(() => new Promise(() => undefined), { timeout: 200 })
const heard = Promise.withResolvers<string>()
const listens = custom(
  (signal) => {
    signal.addEventListener('abort', () => heard.resolve('the probe was told that nobody waits'))
    return new Promise(() => undefined)
  },
  { timeout: 100 },
)

using server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response('fine') })
const port = server.port ?? 0

const checks: Record<string, Check> = {
  yes,
  no,
  throws,
  hangs,
  listens,
  'not-no': not(no),
  'not-yes': not(yes),
  'all-yes': all(yes, yes),
  'all-but-one': all(yes, no),
  'any-one': any(no, yes),
  'any-none': any(no, no),
  'retry-no': retry(no, 1000),
  'bucket-yes': bucket(yes, { capacity: 1, leak: 60_000 }),
  nested: all(any(no, yes), not(all(yes, no))),
  http: http(`http://127.0.0.1:${port}/`),
  tcp: tcp(port, { host: '127.0.0.1' }),
  'port-free': not(portFree(port)),
  redis: redis({ port: 1 }),
  exec: exec(['true']),
  file: file('/etc/passwd'),
  dir: dir('/tmp'),
}

const names = Object.keys(checks)
let plan = await planOf({ processes: names.map((name) => ({ name, command: 'sleep 1000' })) })
for (const [name, check] of Object.entries(checks))
  if (plan.ok) plan = { ok: true, value: withReadiness(plan.value, name, check) }
if (!plan.ok) throw new Error(plan.failure.message)

await using tree = startTree(plan.value)
console.log(await heard.promise)
// A verdict that changes nothing is no event: so it looks now and then.
while (!tree.processes().every((view) => view.ready || /not ready yet: /.test(view.reason))) await Bun.sleep(20)
for (const view of tree.processes()) console.log(`${view.name} ${view.ready ? 'yes' : 'no'} ${view.reason}`)
