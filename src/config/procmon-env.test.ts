import { expect, test } from 'bun:test'

import { planOf, problemsIn, specOf, type Given } from '../../test/support/config.ts'

/** What a task sees, with this `[env]`. */
/** What the process will see: coppice's own environment, and over it what the spec sets. */
async function seen(env: string, given: Given = {}): Promise<Record<string, string>> {
  const spec = await specOf('p.toml', `[env]\n${env}\n[[task]]\nname = "x"\npath = "x"\n`, given)
  expect(spec.env.inherit).toBe(true)
  return { ...given.env, ...Object.fromEntries(spec.env.set) }
}

test('[PM6] the real environment wins, also where others speak of the name', async () => {
  expect(await seen('PORT = "80"\nURL = "http://x:$PORT"', { env: { PORT: '99' } })).toEqual({
    PORT: '99',
    URL: 'http://x:99',
  })
})

test('[PM7] neighbours in any order, to any depth', async () => {
  const env = 'A = "$B-a"\nB = "${C}b"\nC = "$D"\nD = "$E"\nE = "$F"\nF = "$G"\nG = "$H"\nH = "end"'
  expect(await seen(env)).toMatchObject({ A: 'endb-a', B: 'endb', G: 'end' })
})

test('[PM7] values of the real environment are taken as they are', async () => {
  expect(await seen('URL = "x:$SECRET"', { env: { SECRET: 'a$URL$$b' } })).toMatchObject({ URL: 'x:a$URL$$b' })
})

test('[PM8] what is left over is an error that names it', async () => {
  const text = '[env]\nA = "$A"\nB = "$C"\nC = "x$B"\nD = "y${NOWHERE}"\n[[task]]\nname = "x"\npath = "x"\n'
  const hint = 'set it, write `$$` for a plain `$`, or check no variables with --nocheck'
  expect(await problemsIn('p.toml', text)).toEqual([
    `p.toml:2:5: the variable A is made of itself — ${hint}`,
    `p.toml:3:5: the variable C is made of itself — ${hint}`,
    `p.toml:4:5: the variable B is made of itself — ${hint}`,
    `p.toml:5:5: the variable NOWHERE is not set — ${hint}`,
  ])
})

test('[PM8] not with --nocheck, and not where the real environment replaces it', async () => {
  expect(await seen('A = "$A"\nD = "y${NOWHERE}"', { nocheck: true })).toEqual({ A: '$A', D: 'y${NOWHERE}' })
  expect(await seen('A = "$NOWHERE"', { env: { A: 'real' } })).toEqual({ A: 'real' })
})

test('[PM9] $$ is one $', async () => {
  expect(await seen('A = "a$$b"\nB = "$A"')).toEqual({ A: 'a$b', B: 'a$b' })
  const spec = await specOf('p.toml', '[[task]]\nname = "x"\npath = "x"\nargs = ["$$HOME", "5$"]\n', {
    env: { HOME: '/' },
  })
  expect(spec.command).toEqual(['x', '$HOME', '5$'])
})

test('[PM10] everything else is filled in once', async () => {
  const text = `
    [env]
    N = "web"
    LEVEL = "debug"
    P = "80"
    T = "3s"
    YES = "yes"
    SIG = "HUP"
    DOLLAR = "$$N"
    [logger]
    level = "$LEVEL"
    [[prologue]]
    type = "ensuredir"
    path = "/data/$N"
    [[task]]
    name = "db"
    path = "/bin/db"
    [[task]]
    name = "\${N}-1"
    path = "/bin/$N"
    args = ["--port=$P", "$DOLLAR", "$UNKNOWN"]
    parent = "$DB"
    stdout = "$N.log"
    stderr = "$N.err"
    maxstartup = "$T"
    maxshutdown = "$T"
    [[task.monitors]]
    name = "ready"
    type = "portinuse"
    port = "$P 81"
    [[task]]
    name = "hup"
    path = "x"
    [task.specials]
    onetime = "$YES"
    signal = "$SIG"
    periodic = "$T"
  `
  const { settings, specs } = await planOf('p.toml', text, { env: { DB: 'db' } })
  expect(settings.logger.level).toBe('debug')
  expect(settings.prologue).toMatchObject([{ check: { probe: { kind: 'dir', path: '/data/web' } } }])
  expect(specs[1]).toMatchObject({
    name: 'web-1',
    command: ['/bin/web', '--port=80', '$N', '$UNKNOWN'],
    parent: 'db',
    output: { stdout: { path: '/work/web.log' }, stderr: { path: '/work/web.err' } },
    startTimeout: 3000,
    stop: { timeout: 3000 },
    ready: { check: { probe: { ports: [80, 81] } } },
  })
  expect(specs[2]).toMatchObject({
    oneshot: true,
    trigger: { signal: 'SIGHUP', schedule: { tag: 'every', period: 3000 } },
  })
})

test('[PM10] where a variable that is not set makes a bad value, it is named', async () => {
  const text = '[[task]]\nname = "x"\npath = "x"\n[[task.monitors]]\ntype = "portinuse"\nport = "80 $PORT_B"\n'
  expect(await problemsIn('p.toml', text)).toEqual([
    'p.toml:6:8: "port" must be a port, or several with blanks between, not "80 $PORT_B" — the variable PORT_B is not set',
  ])
})

test('[PM11] the environment of a task is the whole merged map', async () => {
  expect(await seen('A = "1"\nN = 5', { env: { HOME: '/root', A: '2' } })).toEqual({ HOME: '/root', A: '2', N: '5' })
})

test('[PM15] [PM29] delays from the merged map', async () => {
  const text = '[env]\nDEFAULT_RESTART_DELAY = "3s"\nSHUTDOWN_MAX = "9s"\n[[task]]\nname = "x"\npath = "x"\n'
  const plan = await planOf('p.toml', text, { env: { SHUTDOWN_MAX: '20s' } })
  expect(plan.specs[0]?.delay).toEqual({ tag: 'procmon', rest: 3000 })
  expect(plan.settings.shutdownMax).toBe(20_000)
})

test('[PM15] [PM29] their defaults, and what is no duration', async () => {
  const bare = '[[task]]\nname = "x"\npath = "x"\n'
  const plan = await planOf('p.toml', bare, { env: { DEFAULT_RESTART_DELAY: '', SHUTDOWN_MAX: 'long' } })
  expect(plan.specs[0]?.delay).toEqual({ tag: 'procmon', rest: 10_000 })
  expect(plan.settings.shutdownMax).toBe(75_000)
  expect(await problemsIn('p.toml', `[env]\nSHUTDOWN_MAX = "long"\n${bare}`)).toEqual([
    'p.toml:2:16: warning: SHUTDOWN_MAX is "long", which is no duration, and counts for nothing',
  ])
})

test('[PM1] [env] must be a table of texts', async () => {
  expect(await problemsIn('p.toml', 'env = 5\n[[task]]\nname = "x"\npath = "x"\n')).toEqual([
    'p.toml:1:7: "env" must be a table of NAME: value, not 5',
  ])
  expect(await problemsIn('p.toml', '[env]\nA = [1]\n"B C" = "1"\n[[task]]\nname = "x"\npath = "x"\n')).toEqual([
    'p.toml:2:5: "A" must be a text, not a list',
    'p.toml:3:1: "B C" is no name for a variable',
  ])
})
