import { describe, expect, test } from 'bun:test'

import { problemsIn, specOf, specsOf, type Given } from '../../test/support/config.ts'

async function environment(text: string, given: Given = {}): Promise<Record<string, string>> {
  return Object.fromEntries((await specOf('p.yml', text, given)).env.set)
}

describe('variables', () => {
  test('[CD7] what the process will see: its own, then the file, then coppice', async () => {
    const text = `
      env: {A: file, B: file}
      processes:
        - command: echo $A $B $C
          env: {A: own}
    `
    const spec = await specOf('p.yml', text, { env: { A: 'real', B: 'real', C: 'real' } })
    expect(spec.command).toEqual(['echo', 'own', 'file', 'real'])
  })

  test('[CD7] a value sees what stands before it, and by its own name what it hides', async () => {
    const text = `
      env:
        PORT: \${PORT:-8080}
        URL: http://x:$PORT
      processes:
        - command: x
          env:
            PATH: /opt/bin:$PATH
            PORT: 1$PORT
            OWN: $PORT
    `
    expect(await environment(text, { env: { PATH: '/bin' } })).toEqual({
      PORT: '18080',
      URL: 'http://x:8080',
      PATH: '/opt/bin:/bin',
      OWN: '18080',
    })
    expect(await environment(text, { env: { PATH: '/bin', PORT: '9' } })).toMatchObject({
      PORT: '19',
      URL: 'http://x:9',
    })
  })

  test('[CD6] one that is not set is an error; nothing is one with --nocheck', async () => {
    const text = `
      processes:
        - command: echo $HOMER \${X y}
          cwd: $NOWHERE
    `
    expect(await problemsIn('p.yml', text, { env: { HOME: '/' } })).toEqual([
      'p.yml:2:14: the variable HOMER is not set — did you mean "$HOME"?',
      'p.yml:2:14: "${X y}" begins no variable — write `$$` for a plain `$`',
      'p.yml:3:10: the variable NOWHERE is not set — write `${NOWHERE:-}` for nothing in its place, or `$$` for a plain `$`',
    ])
  })

  test('[CF20] --nocheck leaves them as they stand', async () => {
    const spec = await specOf('p.yml', 'processes: [{command: "echo $NOPE ${X y}", nice: 0}]\n', { nocheck: true })
    expect(spec.command).toEqual(['echo', '$NOPE', '${X y}'])
  })

  test('[CD5] they add no words, and quotes protect them', async () => {
    const text = `processes: [{command: "echo $A '$A' \\\\$A \\"$A\\" \${B:-x y} $$A"}]\n`
    expect((await specOf('p.yml', text, { env: { A: `a 'b` } })).command).toEqual([
      'echo',
      `a 'b`,
      '$A',
      '$A',
      `a 'b`,
      'x y',
      '$A',
    ])
  })

  test('[CD5] in a list they are everywhere', async () => {
    expect(
      (await specOf('p.yml', `processes: [{command: [sh, -c, "echo '$A'"]}]\n`, { env: { A: '1' } })).command,
    ).toEqual(['sh', '-c', "echo '1'"])
  })

  test('[CF6] in every text of an entry', async () => {
    const text = `
      processes:
        - name: web-$N
          command: x
          stop_timeout: \${T:-3s}
          nice: $N
          oneshot: $YES
          restart: \${R:-no}
          ready: {http: "http://x:$N", status: "$S"}
          groups: [$G]
    `
    const env = { N: '7', YES: 'true', S: '200', G: 'a b' }
    expect(await specOf('p.yml', text.replace(/ +ready.*\n/, ''), { env })).toMatchObject({
      name: 'web-7',
      stop: { timeout: 3000 },
      identity: { nice: 7 },
      oneshot: true,
      groups: ['a b'],
    })
    expect(await problemsIn('p.yml', text, { env: { ...env, YES: 'maybe', N: 'x' } })).toEqual([
      'p.yml:5:11: "nice" must be a whole number from -20 to 19, not "x"',
      'p.yml:6:14: "oneshot" must be true or false, not "maybe"',
      'p.yml:8:19: "http" must be a URL such as http://localhost:8080/health, not "http://x:x"',
    ])
  })
})

describe('the environment', () => {
  const files = { '/work/a.env': 'A=file-a\nB=file-a\nC=$A\n', '/work/b.env': 'B=file-b\n' }

  test('[CD8] the later wins', async () => {
    const text = `
      env: {A: file, B: file, C: file, D: file, E: file, F: file}
      defaults: {env: {B: default, C: default}}
      processes:
        - command: x
          env_file: c.env
          env_vars: D=vars E=vars
          env: {E: own}
    `
    expect(await environment(text, { files: { '/work/c.env': 'C=env-file\nD=env-file\n' } })).toEqual({
      A: 'file',
      B: 'default',
      C: 'env-file',
      D: 'vars',
      E: 'own',
      F: 'file',
    })
  })

  test('[CD8] numbers and truth values are what is written; clean_env', async () => {
    const spec = await specOf(
      'p.json',
      '{"processes": [{"command": "x", "env": {"A": 1.50, "B": true}, "clean_env": true}]}',
    )
    expect(spec.env).toEqual({
      inherit: false,
      set: new Map([
        ['A', '1.50'],
        ['B', 'true'],
      ]),
    })
  })

  test('[CD8] what is no text', async () => {
    expect(await problemsIn('p.yml', 'processes: [{command: x, env: {A: [1], "B C": x, D: }}]\n')).toEqual([
      'p.yml:1:35: "A" must be a text, not a list',
      'p.yml:1:40: "B C" is no name for a variable',
      expect.stringMatching(/^p\.yml:1:\d+: "D" must be a text, not {2}?.*write "" for an empty value$/),
    ])
  })

  test('[CD9] env files, taken as they are', async () => {
    expect(await environment('processes: [{command: x, env_file: [a.env, ./b.env]}]\n', { files })).toEqual({
      A: 'file-a',
      B: 'file-b',
      C: '$A',
    })
  })

  test('[CD9] [CF2] a file that cannot be read, and a bad line under its own name', async () => {
    const text = 'processes: [{command: x, env_file: [a.env, no.env, bad.env]}]\n'
    expect(await problemsIn('p.yml', text, { files: { ...files, '/work/bad.env': '# ok\nA=1\nB\n' } })).toEqual([
      'p.yml:1:36: cannot read the env file /work/no.env: no such file',
      '/work/bad.env:3:1: the line is not NAME=value',
    ])
  })
})

describe('defaults', () => {
  test('[CD10] hold for every process that does not say otherwise', async () => {
    const text = `
      defaults: {user: www, stop_timeout: 3s, restart: on-failure, log: all.log, stderr: STDERR, command: idle, nice: 1}
      processes:
        a: {}
        b: {user: root, file: /x, no_auto_restart: true, log_dir: logs, nice: 2}
    `
    const specs = await specsOf('p.yml', text)
    expect(specs.get('a')).toMatchObject({
      command: ['idle'],
      identity: { user: 'www', nice: 1 },
      restart: 'on-failure',
      output: { stdout: { path: '/work/all.log' }, stderr: { tag: 'inherit-stderr' } },
      stop: { timeout: 3000 },
    })
    expect(specs.get('b')).toMatchObject({
      command: ['/x'],
      identity: { user: 'root', nice: 2 },
      restart: 'no',
      endIsFailure: true,
      output: { stdout: { path: '/work/logs/b.log' }, stderr: { path: '/work/logs/b.log' } },
    })
  })

  test('[CD10] their problems are told once, where they are', async () => {
    const text = 'defaults: {name: x, nice: 99, parnet: y}\nprocesses: {a: {command: x}, b: {command: x}}\n'
    expect(await problemsIn('p.yml', text)).toEqual([
      'p.yml:1:12: every process has a name of its own',
      'p.yml:1:27: "nice" must be a whole number from -20 to 19, not 99',
      'p.yml:1:31: unknown key "parnet" — did you mean "parent"?',
    ])
    expect(await problemsIn('p.yml', 'defaults: 5\nprocesses: []\n')).toEqual([
      'p.yml:1:11: "defaults" must be a table with keys of processes',
    ])
  })
})

describe('instances', () => {
  test('[CD20] each has its name, its number, and its own text', async () => {
    const text =
      'processes: [{name: web, command: "x --port 80$COPPICE_INSTANCE", instances: 2, log: "w$COPPICE_INSTANCE.log"}]\n'
    const specs = await specsOf('p.yml', text)
    expect([...specs.keys()]).toEqual(['web-1', 'web-2'])
    expect(specs.get('web-2')).toMatchObject({
      instanceOf: { name: 'web', index: 2 },
      command: ['x', '--port', '802'],
      env: { set: new Map([['COPPICE_INSTANCE', '2']]) },
      output: { stdout: { path: '/work/w2.log' } },
    })
  })

  test('[CD20] one is numbered too; without `instances` there is no number', async () => {
    expect([...(await specsOf('p.yml', 'processes: {web: {command: x, instances: 1}}\n')).keys()]).toEqual(['web-1'])
    const [problem] = await problemsIn('p.yml', 'processes: {web: {command: x $COPPICE_INSTANCE}}\n')
    expect(problem).toContain('the variable COPPICE_INSTANCE is not set')
  })

  test('[CD20] problems of all instances are told once', async () => {
    expect(
      await problemsIn('p.yml', 'processes: {web: {command: x, instances: 3, nice: 99, parnet: 1}}\n'),
    ).toHaveLength(2)
    expect(await problemsIn('p.yml', 'processes: {web: {command: x, instances: 0}}\n')).toEqual([
      'p.yml:1:42: "instances" must be a whole number from 1 to 1000, not 0',
    ])
  })
})
