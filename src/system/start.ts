import type { Exit } from '../core/exit.ts'
import { failure, success, type Result } from '../lib/result.ts'
import type { Census } from './census.ts'
import { environmentOf } from './environment.ts'
import { channelOrderOf } from './hearing.ts'
import { resolveAccount } from './identity.ts'
import { launch } from './launch.ts'
import { markerVariable } from './marker.ts'
import type { Channel, Notifier } from './notify/notifier.ts'
import { openStreams } from './output.ts'
import type { SpawnOrder } from './ports.ts'
import { holdProcess } from './process.ts'
import type { Run } from './run.ts'

export interface Start {
  readonly order: SpawnOrder
  readonly marker: string
  readonly census: Census
  readonly notifier: Notifier
  readonly onEnded: (run: Run, exit: Exit) => void
  /** Told of the first notification of a run that was not listened to. */
  readonly log: (text: string) => void
}

/** Starts the main process of a run. What was opened for it is closed again, whether that succeeds or not. */
export function startRun(input: Start): Result<Run> {
  const { order, marker, notifier, onEnded } = input
  const { spec } = order
  if (spec.command === null) return failure('EINVAL', `${spec.name} has no command`)
  const account = resolveAccount(spec.identity)
  if (!account.ok) return account
  const streams = openStreams(spec.output, account.value?.credentials ?? null)
  if (!streams.ok) return streams
  using opened = streams.value
  let run: Run | null = null
  const channel = notifier.open(channelOrderOf(input, { account: account.value, run: () => run }))
  if (!channel.ok) return channel
  const { variables, descriptor } = channel.value
  const started = launch({
    command: spec.command,
    cwd: spec.cwd,
    env: environmentOf(spec.env, { account: account.value, added: { ...variables, [markerVariable]: marker } }),
    account: account.value,
    umask: spec.identity.umask,
    nice: spec.identity.nice,
    limits: spec.limits,
    streams: [opened.stdout, opened.stderr, ...(descriptor === null ? [] : [descriptor])],
    onExit: (exit) => {
      if (run !== null) onEnded(run, exit)
    },
  })
  channel.value.handedOver()
  if (!started.ok) {
    channel.value[Symbol.dispose]()
    return started
  }
  run = newRun(input, { main: holdProcess(started.value), channel: channel.value })
  return success(run)
}

function newRun(
  { order, marker }: Start,
  { main, channel }: { readonly main: Run['main']; readonly channel: Channel },
): Run {
  const { ref, news } = order
  const key = `${ref.process}.${ref.run}`
  return {
    key,
    pid: main.pid,
    group: main.pid,
    isScattered: false,
    startTime: main.startTime,
    marker,
    main,
    channel,
    news,
    phase: { tag: 'running' },
    sweep: null,
    killed: new Map(),
  }
}
