// foster-parent reaps|waits COMMAND...: runs COMMAND, and gets its orphans. `reaps`: at once, as an init does; `waits`:
// never, so that they stay zombies. It ends with its standard input.
import { peekZombie, reap, setSubreaper } from '../../src/system/libc.ts'
import { childrenOf } from '../e2e/proc.ts'

const [habit, ...command] = process.argv.slice(2)
setSubreaper('on')
const child = Bun.spawn(command, { stdio: ['ignore', 'inherit', 'inherit'] })
if (habit === 'reaps') {
  setInterval(() => {
    for (const pid of childrenOf(process.pid)) if (pid !== child.pid && peekZombie(pid) === pid) reap(pid)
  }, 2)
}
await new Response(Bun.stdin.stream()).text()
process.exit(0)
