import { version } from '../package.json' with { type: 'json' }
import type { DaemonOrder } from './cli/system.ts'
import { keepSignals } from './daemon/host-signals.ts'
import { streams } from './cli/output.ts'
import { runCli } from './cli/run.ts'
import { success } from './lib/result.ts'

if (process.env['COPPICE_HERITAGE'] !== undefined) keepSignals()

// The only file that knows both the command line and the supervisor, and the only one that ends the process.
runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  uid: process.getuid?.() ?? 0,
  version,
  ...streams,
  up: async (order) => (await import('./daemon/up.ts')).up(order),
  daemon,
  async spawnDaemon() {
    const { startDaemon } = await import('./daemon/detach.ts')
    const started = await startDaemon({ logFormat: null, logLevel: null, guard: true })
    return started.ok ? success(started.value.socket) : started
  },
  async unit() {
    const { startLine } = await import('./cli/unit.ts')
    return startLine({ env: process.env, uid: process.getuid?.() ?? 0 })
  },
  doctor: async (fixes) => (await import('./daemon/doctor/doctor.ts')).doctor(fixes),
  simulate: async (order) => (await import('./daemon/simulate/simulate.ts')).simulate(order),
  installation: async () => (await import('./daemon/installation.ts')).installation(),
}).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error('coppice: this is a bug in coppice:', error)
    process.exit(1)
  },
)

async function daemon({ detach, guard, ...options }: DaemonOrder): Promise<number> {
  if (detach) return (await import('./daemon/detach.ts')).daemonInBackground({ ...options, guard })
  return (await import('./daemon/daemon.ts')).daemon(options)
}
