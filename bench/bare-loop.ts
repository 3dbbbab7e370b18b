// `bun bare-loop.ts PROGRAM ARGS…`: the loop of c/respawn.c in the runtime that coppice is written for, and nothing else.
const command = process.argv.slice(2)
let child = start()

function start(): Bun.Subprocess {
  return Bun.spawn(command, {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    onExit: () => void (child = start()),
  })
}

process.on('SIGTERM', () => {
  child.kill('SIGKILL')
  process.exit(0)
})
