import type { Monitor, Readiness } from '../core/spec.ts'
import type { Millis } from '../lib/time.ts'
import { checkReader, checkSchema, withoutVariable, type Checked } from './checks.ts'
import { anyOf, type Schema } from './json-schema.ts'
import { monitorName, withNames } from './monitor-name.ts'
import type { Reader, Reading } from './reader.ts'
import { duration } from './readers.ts'
import { list, oneOf } from './shapes.ts'
import { key, table, type Values } from './table.ts'
import { textNode, type Node } from './tree.ts'

const slowest: Millis = 1000
const monitorPeriod: Millis = 10_000

const readyExtras = {
  interval: key(
    duration({ longerThanZero: true }),
    'How soon it is asked again at first; 50ms if not said. It grows to 1s.',
  ),
  period: key(duration({ longerThanZero: true }), 'How often it is asked once the process was ready; 10s if not said.'),
}

const notifyKeys = {
  notify: key(
    oneOf('socket', 'fd'),
    '`socket`: READY=1 on NOTIFY_SOCKET, as for systemd. `fd`: a newline on NOTIFY_FD.',
  ),
  watchdog: key(
    duration({ longerThanZero: true }),
    'A process that sends no WATCHDOG=1 for so long counts as dead (socket only).',
  ),
}

const monitorExtras = {
  name: key(monitorName, 'What the monitor is called in messages; its kind if not said.'),
  period: key(duration({ longerThanZero: true }), 'How often it is asked; 10s if not said.'),
}

const prologueExtras = { name: monitorExtras.name }

/** How it is known that a process is ready: by a check, or because it says so itself. [CD14] */
export function readyReader(): Reader<Readiness> {
  return { schema: { $ref: '#/definitions/ready' }, read: plainReady().read }
}

/** What the JSON Schema says of readiness and of monitors, for its definitions. */
export function healthSchemas(): Readonly<Record<'check' | 'ready' | 'monitor' | 'prologue', Schema>> {
  return {
    check: checkSchema(),
    ready: plainReady().schema,
    monitor: checkReader(monitorExtras).schema,
    prologue: checkReader(prologueExtras).schema,
  }
}

function plainReady(): Reader<Readiness> {
  const check = checkReader(readyExtras)
  const notify = table(notifyKeys)
  return {
    get schema() {
      const short = { enum: ['notify', 'notify: socket', 'notify: fd'] }
      return anyOf(short, { ...notify.schema, required: ['notify'] }, check.schema)
    },
    read(written, given) {
      const found = withoutVariable(written, given)
      if (found === undefined) return undefined
      const { node, reading } = found
      const wish = notifyTable(node)
      if (wish !== null) return readiness(notify.read(wish, reading), wish, reading)
      const checked = check.read(node, reading)
      if (checked === undefined) return undefined
      const { interval = 50, period = monitorPeriod } = checked.extras
      return { tag: 'check', check: checked.check, interval, slowest: Math.max(slowest, interval), period }
    },
  }
}

/** `notify` and `notify: fd` as the table that they are short for; null for what is no notification. */
function notifyTable(node: Node): Node | null {
  if (node.tag === 'table') return node.members.has('notify') ? node : null
  if (node.tag === 'list' || typeof node.value !== 'string') return null
  const [, via] = /^\s*notify(?:\s*:\s*(.*?))?\s*$/.exec(node.value) ?? [null, null]
  if (via === null) return null
  const value = textNode(via ?? 'socket', { at: node.at, key: 'notify' })
  return {
    tag: 'table',
    at: node.at,
    key: node.key,
    members: new Map([['notify', { at: node.at, key: 'notify', value }]]),
  }
}

function readiness(
  values: Values<typeof notifyKeys> | undefined,
  node: Node,
  { problems }: Reading,
): Readiness | undefined {
  if (values?.notify === undefined) return undefined
  const { notify: via, watchdog = null } = values
  if (via === 'fd' && watchdog !== null) {
    problems.error(node, 'a watchdog needs `notify: socket`: NOTIFY_FD says only one thing')
  }
  return { tag: 'notify', via, watchdog }
}

/** Checks that are asked again and again, each with a period. [CD15] */
export function monitorsReader(): Reader<readonly Monitor[]> {
  return named(list(checkReader(monitorExtras)), 'monitor')
}

/** Checks that must pass before anything starts. [CD15] */
export function prologueReader(): Reader<readonly Monitor[]> {
  return named(list(checkReader(prologueExtras)), 'prologue')
}

function named(
  checks: Reader<readonly Checked<Partial<typeof monitorExtras>>[]>,
  definition: string,
): Reader<readonly Monitor[]> {
  return {
    schema: { type: 'array', items: { $ref: `#/definitions/${definition}` } },
    read(node, reading) {
      const found = checks.read(node, reading)
      return found && withNames(found.map(monitorOf))
    },
  }
}

function monitorOf({ check, kind, extras }: Checked<Partial<typeof monitorExtras>>): Monitor {
  return { name: extras.name ?? kind, check, period: extras.period ?? monitorPeriod }
}
