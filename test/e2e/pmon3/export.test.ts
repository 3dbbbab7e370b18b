// pmon3's page, 4.4: the example of its own e2e test, byte for byte, with paths of this test.
import { expect, test } from 'bun:test'

import { aDaemon } from '../daemon-harness.ts'
import { program } from './stage.ts'

/** What pmon3's test declares, but for the unknown user, which here is an error. */
const declared = (dir: string): string => `{ "processes": [
  {"file":"${dir}/test_app","name":"export-test-server-1","env_vars":"TEST_APP_PORT=11020","log_dir":"${dir}/log/export-test-server-1/",
   "dependencies":["export-test-server-2","export-test-server-3"],"groups":["groupA","groupB"]},
  {"file":"${dir}/test_app","name":"export-test-server-2","env_vars":"TEST_APP_PORT=11021","no_auto_restart":true},
  {"file":"${dir}/test_app","name":"export-test-server-3","args":"-e example_args","log":"${dir}/log/export-test-server-3.log",
   "env_vars":"TEST_APP_PORT=11022","groups":["groupC"]},
  {"file":"${dir}/test_app","name":"export-test-server-4","env_vars":"TEST_APP_PORT=11023","dependencies":["export-test-server-3"]} ] }`

const expected: Readonly<Record<string, (dir: string) => string>> = {
  json: (dir) => `{
  "processes": [
    {
      "file": "${dir}/test_app",
      "user": "root",
      "log": "${dir}/log/export-test-server-1/export-test-server-1.log",
      "args": "",
      "env_vars": "TEST_APP_PORT=11020",
      "name": "export-test-server-1",
      "dependencies": [
        "export-test-server-2",
        "export-test-server-3"
      ],
      "groups": [
        "groupA",
        "groupB"
      ],
      "no_auto_restart": false
    },
    {
      "file": "${dir}/test_app",
      "user": "root",
      "log": "${dir}/logs/export-test-server-2.log",
      "args": "",
      "env_vars": "TEST_APP_PORT=11021",
      "name": "export-test-server-2",
      "no_auto_restart": true
    },
    {
      "file": "${dir}/test_app",
      "user": "root",
      "log": "${dir}/log/export-test-server-3.log",
      "args": "-e example_args",
      "env_vars": "TEST_APP_PORT=11022",
      "name": "export-test-server-3",
      "groups": [
        "groupC"
      ],
      "no_auto_restart": false
    },
    {
      "file": "${dir}/test_app",
      "user": "root",
      "log": "${dir}/logs/export-test-server-4.log",
      "args": "",
      "env_vars": "TEST_APP_PORT=11023",
      "name": "export-test-server-4",
      "dependencies": [
        "export-test-server-3"
      ],
      "no_auto_restart": false
    }
  ]
}
`,
  toml: (dir) => `[[Processes]]
  File = "${dir}/test_app"
  User = "root"
  Log = "${dir}/log/export-test-server-1/export-test-server-1.log"
  Args = ""
  EnvVars = "TEST_APP_PORT=11020"
  Name = "export-test-server-1"
  dependencies = ["export-test-server-2", "export-test-server-3"]
  groups = ["groupA", "groupB"]

[[Processes]]
  File = "${dir}/test_app"
  User = "root"
  Log = "${dir}/logs/export-test-server-2.log"
  Args = ""
  EnvVars = "TEST_APP_PORT=11021"
  Name = "export-test-server-2"
  NoAutoRestart = true

[[Processes]]
  File = "${dir}/test_app"
  User = "root"
  Log = "${dir}/log/export-test-server-3.log"
  Args = "-e example_args"
  EnvVars = "TEST_APP_PORT=11022"
  Name = "export-test-server-3"
  groups = ["groupC"]

[[Processes]]
  File = "${dir}/test_app"
  User = "root"
  Log = "${dir}/logs/export-test-server-4.log"
  Args = ""
  EnvVars = "TEST_APP_PORT=11023"
  Name = "export-test-server-4"
  dependencies = ["export-test-server-3"]
`,
  yaml: (dir) => `processes:
    - file: ${dir}/test_app
      user: root
      log: ${dir}/log/export-test-server-1/export-test-server-1.log
      args: ""
      env_vars: TEST_APP_PORT=11020
      name: export-test-server-1
      dependencies:
        - export-test-server-2
        - export-test-server-3
      groups:
        - groupA
        - groupB
    - file: ${dir}/test_app
      user: root
      log: ${dir}/logs/export-test-server-2.log
      args: ""
      env_vars: TEST_APP_PORT=11021
      name: export-test-server-2
      no_auto_restart: true
    - file: ${dir}/test_app
      user: root
      log: ${dir}/log/export-test-server-3.log
      args: -e example_args
      env_vars: TEST_APP_PORT=11022
      name: export-test-server-3
      groups:
        - groupC
    - file: ${dir}/test_app
      user: root
      log: ${dir}/logs/export-test-server-4.log
      args: ""
      env_vars: TEST_APP_PORT=11023
      name: export-test-server-4
      dependencies:
        - export-test-server-3
`,
}

test('[CL58] export is what pmon3 prints, byte for byte, in three formats', async () => {
  await using daemon = await aDaemon({
    starts: false,
    files: (dir) => ({
      'config.yml': `logs:\n  directory: ${dir}/logs/\nprocess_config_file: ${dir}/processes.json\n`,
      'processes.json': declared(dir),
    }),
  })
  program(daemon, 'test_app', 'exec sleep 100000')
  await daemon.start()
  await daemon.until('export-test-server-1', 'running')
  for (const [format, text] of Object.entries(expected)) {
    const { code, stdout } = await daemon.cli('export', format, '-o', 'name')
    expect([code, stdout]).toEqual([0, text(daemon.dir)])
  }
  expect((await daemon.cli('export')).stdout).toBe(expected['json']?.(daemon.dir) ?? '')
})

test('[CL58] < > & come out as pmon3 writes them', async () => {
  await using daemon = await aDaemon()
  await daemon.json('exec', '/bin/sleep', '--name', 'web', '-a', '1000', '-e', `Q='<a>&b'`)
  expect((await daemon.cli('export')).stdout).toContain(String.raw`Q='\u003ca\u003e\u0026b'`)
})
