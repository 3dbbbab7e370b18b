import { describe, expect, test } from 'bun:test'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { type Sources, violations } from './architecture/rules.ts'
import { blank, importsOf } from './architecture/source.ts'

const src = join(import.meta.dir, '../src')

test('src keeps to the import table, has no cycle, and its pure folders know neither clock nor dice', () => {
  const paths = globSync('**/*.ts', { cwd: src })
  expect(violations(new Map(paths.map((path) => [path, readFileSync(join(src, path), 'utf8')])))).toEqual([])
})

describe('the import table', () => {
  const files = [
    'core/step.ts',
    'core/view.ts',
    'core/view-tree.ts',
    'lib/time.ts',
    'wire/routes.ts',
    'config/check.ts',
  ]
  const more = [
    'config/load.ts',
    'store/store.ts',
    'system/ports.ts',
    'api/server.ts',
    'client/client.ts',
    'cli/run.ts',
  ]

  const allowed: [from: string, statement: string][] = [
    ['core/a.ts', "import { now } from '../lib/time.ts'"],
    ['core/a.ts', "import { step } from './step.ts'"],
    ['wire/a.ts', "import type { World } from '../core/step.ts'"],
    ['wire/a.ts', "export type { World } from '../core/step.ts'"],
    ['wire/a.ts', "import { type World, type Spec } from '../core/step.ts'"],
    ['system/a.ts', "import type * as core from '../core/step.ts'"],
    ['system/libc.ts', "import { dlopen } from 'bun:ffi'"],
    ['system/a.ts', "import { spawn } from 'node:child_process'"],
    ['api/a.ts', "import { view } from '../core/view.ts'"],
    ['api/a.ts', "import { tree } from '../core/view-tree.ts'"],
    ['cli/verbs/check.ts', "import { check } from '../../config/check.ts'"],
    ['cli/verbs/ls.ts', "import { connect } from '../../client/client.ts'"],
    ['daemon/main.ts', "import { serve } from '../api/server.ts'"],
    ['main.ts', "import { run } from './cli/run.ts'"],
    ['main.ts', "import manifest from '../package.json'"],
    ['core/a.test.ts', "import { readFileSync } from 'node:fs'"],
  ]
  test.each(allowed)('%s may say %s', (from, statement) => {
    expect(violations(world({ [from]: statement }))).toEqual([])
  })

  const refused: [from: string, statement: string, why: string][] = [
    ['lib/a.ts', "import type { World } from '../core/step.ts'", 'lib may not import core'],
    ['core/a.ts', "import type { Store } from '../store/store.ts'", 'core may not import store'],
    ['core/a.ts', "import { readFileSync } from 'node:fs'", 'core is pure'],
    ['core/a.ts', "import type { Server } from 'bun'", 'core is pure'],
    ['core/a.ts', "import manifest from '../../package.json'", 'core is pure'],
    ['lib/a.ts', "import 'node:fs'", 'lib is pure'],
    ['wire/a.ts', "const { z } = await import('zod')", 'wire is pure'],
    ['wire/a.ts', "import { step } from '../core/step.ts'", 'wire may import only types from core'],
    ['wire/a.ts', "import { type World, step } from '../core/step.ts'", 'only types'],
    ['wire/a.ts', "import {\n  type World,\n  step,\n} from '../core/step.ts'", 'only types'],
    ['wire/a.ts', "import core, { type World } from '../core/step.ts'", 'only types'],
    ['wire/a.ts', "export * from '../core/step.ts'", 'only types'],
    ['wire/a.ts', "import '../core/step.ts'", 'only types'],
    ['wire/a.ts', "const core = await import('../core/step.ts')", 'only types'],
    ['store/a.ts', "const core = require('../core/step.ts')", 'only types'],
    ['api/a.ts', "import { step } from '../core/step.ts'", 'of core, api may import only'],
    ['api/a.ts', "import { open } from '../store/store.ts'", 'only types from store'],
    ['api/a.ts', "import type { Clock } from '../system/ports.ts'", 'api may not import system'],
    ['cli/a.ts', "import { load } from '../config/load.ts'", 'of config, cli may import only'],
    ['cli/a.ts', "import { serve } from '../api/server.ts'", 'cli may not import api'],
    ['client/a.ts', "import type { World } from '../core/step.ts'", 'client may not import core'],
    ['daemon/a.ts', "import { run } from '../cli/run.ts'", 'daemon may not import cli'],
    ['daemon/a.ts', "import { dlopen } from 'bun:ffi'", 'only system/libc.ts'],
    ['cli/a.ts', "import { main } from '../main.ts'", 'nobody imports a root'],
    ['cli/a.ts', "import { fake } from './a.test.ts'", 'nobody imports a test'],
    ['cli/a.ts', "import { x } from './run'", 'write the path with its ending'],
    ['cli/a.ts', "import { x } from './none.ts'", 'there is no such file'],
    ['cli/a.ts', "import { x } from '../../test/fakes.ts'", 'outside src'],
    ['utils/a.ts', '', 'no row'],
  ]
  test.each(refused)('%s may not say %s', (from, statement, why) => {
    const found = violations(world({ [from]: statement, 'cli/a.test.ts': '' }))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(why)
  })

  // Every path that a statement above names, empty, so that nothing but the statement can be wrong.
  function world(changed: Readonly<Record<string, string>>): Sources {
    const empty = Object.fromEntries([...files, ...more, 'main.ts'].map((path) => [path, '']))
    return new Map(Object.entries({ ...empty, ...changed }))
  }
})

describe('cycles', () => {
  test('of two files and of three are found once each, types included', () => {
    const sources = {
      'core/a.ts': "import { b } from './b.ts'\nimport { c } from './c.ts'",
      'core/b.ts': "import type { A } from './a.ts'",
      'core/c.ts': "import { d } from './d.ts'",
      'core/d.ts': "import { c } from './c.ts'\nimport { b } from './b.ts'",
    }
    expect(violations(new Map(Object.entries(sources)))).toEqual([
      'cycle: core/a.ts → core/b.ts → core/a.ts',
      'cycle: core/c.ts → core/d.ts → core/c.ts',
    ])
  })

  test('two ways to the same file are no cycle', () => {
    const sources = {
      'core/a.ts': "import { b } from './b.ts'\nimport { c } from './c.ts'",
      'core/b.ts': "import { c } from './c.ts'",
      'core/c.ts': '',
    }
    expect(violations(new Map(Object.entries(sources)))).toEqual([])
  })
})

describe('clocks and dice', () => {
  const refused = [
    'const at = Date.now()',
    'const at = new Date()',
    'const at = performance.now()',
    'const die = Math.random()',
    'setTimeout(ring, 5)',
    'const text = `at ${Date.now()}`',
    'const half = a / Math.random() / 2',
    "const quote = /['\"]/\nsetInterval(ring, 5) // it's",
    'console.log(1)',
    'Bun.sleep(1)',
    'globalThis.process.exit()',
  ]
  test.each(refused)('core, lib and wire may not say %s', (code) => {
    for (const folder of ['core', 'lib', 'wire']) {
      const found = violations(new Map([[`${folder}/a.ts`, code]]))
      expect(found).toHaveLength(1)
      expect(found[0]).toStartWith(`${folder}/a.ts:${code.includes('\n') ? 2 : 1}: `)
    }
  })

  const allowed = [
    '// not Date.now(), not setTimeout',
    '/* Math.random()\n performance.now() */',
    "const text = 'Date.now() isn\\'t here'",
    'const text = `Math.random() ${name} setTimeout(${`Bun.${name}`})`',
    'const pattern = /Bun.sleep|Date.now()/',
    'const effect = { fetch: 1, crypto: 2 }',
    'world.clock.performance',
    'const { process } = world\nprocess.exit',
  ]
  test.each(allowed)('core may say %s', (code) => {
    expect(violations(new Map([['core/a.ts', code]]))).toEqual([])
  })

  test('lib may write a time that it was told, core has no use for dates', () => {
    const code = 'const text = new Date(at).toISOString()'
    expect(violations(new Map([['lib/a.ts', code]]))).toEqual([])
    expect(violations(new Map([['core/a.ts', code]]))).toHaveLength(1)
  })

  test('what has the outside world as its business may use it', () => {
    expect(violations(new Map([['system/a.ts', 'setTimeout(ring, Date.now())']]))).toEqual([])
  })
})

describe('reading a source', () => {
  test('imports in comments and strings are none', () => {
    const source =
      "// import a from './a.ts'\n/* import './b.ts' */\nconst c = \"import c from './c.ts'\"\nconst d = `import './d.ts'`"
    expect(importsOf(source)).toEqual([])
  })

  test('a declaration before an import is no part of it', () => {
    const source = "export class A {}\nexport type B = { c: string }\nimport { d } from './d.ts'\nexport const e = 1\n"
    expect(importsOf(source)).toEqual([{ specifier: './d.ts', typeOnly: false }])
  })

  test('blanking keeps the length, the lines and the code', () => {
    const source = 'a = "b" // c\n/* d\n*/ e = [`f ${g({ h: "i" })} j`, /k"/, l / m / n]'
    expect(blank(source)).toBe('a = " "     \n    \n   e = [`  ${g({ h: " " })}  `, /  /, l / m / n]')
  })
})
