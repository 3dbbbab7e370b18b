// One good file of every dialect and format, with as many keys as it has; what is broken is made from them.

export interface Sample {
  readonly name: string
  readonly text: string
}

const procmon: Sample = {
  name: 'procmon.toml',
  text: `# A tree as procmon's users have it.
[env]
BASE = "/srv/app"
PORT = "6379"
ADDR = "localhost:$PORT"

[logger]
output = "STDERR"
format = "json"
level = "info"

[[prologue]]
name = "data"
type = "ensuredir"
path = "$BASE/data"
perm = "0755"

[[task]]
name = "backup"
path = "/bin/true"
args = ["--to", "$BASE"]
[task.specials]
onetime = true
signal = "SIGHUP"
shutdown = true

[[task]]
name = "redis"
path = "redis-server"
args = ["--port", "$PORT"]
stdout = "SUPPRESS"
maxstartup = "10s"
maxshutdown = "5s"
prerun = ["backup"]

[[task.monitors]]
name = "ready"
type = "redis"
addr = "$ADDR"

[[task]]
name = "web"
path = "/bin/sleep"
args = ["100"]
parent = "redis"

[[task.monitors]]
name = "health"
type = "http"
url = "http://localhost:8080/health"
timeout = "2s"
period = "15s"
`,
}

const coppice: Sample = {
  name: 'coppice.yml',
  text: `# A tree as ours.
processes:
  - name: db
    command: [sleep, "100"]
    umask: "0027"
    nice: 5
    stop_signal: SIGINT
    stop_timeout: 5s
    start_timeout: 30s
    kill_mode: mixed
    ready: tcp:5432
    limits:
      nofile: 1024
    env:
      MODE: fast

  - name: migrate
    command: ./migrate --all
    oneshot: true
    dependencies: [db]

  - name: api
    command: [./api, --port, "8080"]
    parent: db
    restart: on-failure
    success_exit_codes: [0, 2]
    backoff:
      initial: 100ms
      factor: 2
      max: 10s
    start_limit:
      burst: 5
      interval: 10s
    dependencies:
      - name: migrate
        condition: completed_successfully
    monitors:
      - name: health
        http: http://localhost:8080/health
        period: 5s
        retries: 2
    log: api.log

  - name: nightly
    command: ./nightly
    oneshot: true
    schedule:
      every: 12h
`,
}

const pmon3 = [
  {
    name: 'process.config.yaml',
    text: `processes:
  - file: /bin/sleep
    name: server-1
    args: "100"
    env_vars: "PORT=11020 MODE=fast"
    log_dir: /tmp/logs/server-1/
    dependencies:
      - server-2
    groups:
      - groupA
  - file: /bin/sleep
    name: server-2
    args: "100"
    user: root
    no_auto_restart: true
    log: /tmp/logs/server-2.log
`,
  },
  {
    name: 'process.config.json',
    text: `{
  "processes": [
    {
      "file": "/bin/sleep",
      "name": "server-1",
      "args": "100",
      "env_vars": "PORT=11020 MODE=fast",
      "dependencies": ["server-2"],
      "groups": ["groupA", "groupB"]
    },
    {
      "file": "/bin/sleep",
      "name": "server-2",
      "args": "100",
      "no_auto_restart": true
    }
  ]
}
`,
  },
  {
    name: 'process.config.toml',
    text: `[[Processes]]
  File = "/bin/sleep"
  Name = "server-1"
  Args = "100"
  EnvVars = "PORT=11020"
  Dependencies = ["server-2"]
  Groups = ["groupA"]

[[Processes]]
  File = "/bin/sleep"
  Name = "server-2"
  Args = "100"
  NoAutoRestart = true
`,
  },
] as const satisfies readonly Sample[]

export const samples: readonly Sample[] = [procmon, coppice, ...pmon3]
