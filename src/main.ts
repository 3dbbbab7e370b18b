import { version } from '../package.json' with { type: 'json' }
import { streams } from './cli/output.ts'
import { runCli } from './cli/run.ts'

// The only file that knows both the command line and the supervisor, and the only one that ends the process.
runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  uid: process.getuid?.() ?? 0,
  version,
  ...streams,
  up: async (order) => (await import('./daemon/up.ts')).up(order),
}).then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error('coppice: this is a bug in coppice:', error)
    process.exit(1)
  },
)
