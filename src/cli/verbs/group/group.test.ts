import { describe, expect, test } from 'bun:test'
import { aTree } from '../../../../test/support/cli-tree.ts'
import { coppice } from '../../../../test/support/fake-system.ts'
import type { FakeProcess } from '../../../../test/support/fake-control.ts'

const tree: readonly FakeProcess[] = [
  { name: 'web', groups: ['front'] },
  { name: 'api', groups: ['front', 'back'] },
  { name: 'db' },
]

describe('[CL50] commands of commands', () => {
  test.each(['group', 'groups', 'group --help', 'help group', 'help groups'])('`%s` shows them', async (line) => {
    const { exitCode, out } = await coppice(line)
    expect(exitCode).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "See, change, start and stop groups of processes.

      Usage:
        coppice group COMMAND [OPTIONS]

      Also called:
        groups

      Commands:
        ls, list     list the groups
        create       make a group
        del, delete  forget groups; their processes stay
        desc, show   tell all about groups and who is in them
        assign       put processes into groups
        remove       take processes out of groups
        start        start all processes of groups
        stop         stop all processes of groups
        restart      restart all processes of groups
        drop         stop all processes of groups and forget them; the groups stay

      Examples:
        coppice group ls
        coppice group restart front
      "
    `)
  })

  test.each(['group assign --help', 'groups assign -h', 'help group assign'])('`%s` tells about one', async (line) => {
    const { exitCode, out } = await coppice(line)
    expect(exitCode).toBe(0)
    expect(out).toContain('Usage:\n  coppice group assign GROUP[,GROUP…] NAME|ID… [OPTIONS]\n')
  })

  test.each([
    ['group asign', 'There is no command "group asign".\n  Did you mean "assign"?'],
    ['group zzz', 'There is no command "group zzz".\n  `coppice help group` lists what there is.'],
    ['help group zzz', 'There is no command "group zzz".\n  `coppice help group` lists what there is.'],
    ['group assign', 'Which group? Give its name or its id.\n  `coppice group assign --help` tells how it is used.'],
    [
      'group assign front',
      'Which process? Groups come first, then processes.\n  `coppice group assign --help` tells how it is used.',
    ],
    ['group create', 'Which name shall it have?\n  `coppice group create --help` tells how it is used.'],
    ['group create a b', '"b" is one argument too many.\n  `coppice group create --help` tells how it is used.'],
    ['group stop', 'Which group? Give its name or its id.\n  `coppice group stop --help` tells how it is used.'],
    ['group restart front -d', '-d needs a value: -d DIR.\n  `coppice group restart --help` tells how it is used.'],
  ])('`%s` is exit 2', async (line, message) => {
    expect(await coppice(line)).toMatchObject({ exitCode: 2, out: '', err: `coppice: ${message}\n` })
  })
})

describe('[CL66] groups', () => {
  test('ls has ID and Name', async () => {
    await using processes = await aTree(tree)
    expect((await processes.coppice('group ls')).out).toBe('ID  Name\n1   front\n2   back\n')
    expect(JSON.parse((await processes.coppice('group list --json')).out)).toMatchObject([
      { id: 1, name: 'front', processes: ['web', 'api'] },
      { id: 2, name: 'back' },
    ])
    await using none = await aTree()
    expect((await none.coppice('group ls', { terminal: { columns: 80 }, env: { NO_COLOR: '1' } })).out).toBe(
      '╭────╥──────╮\n│ ID ║ Name │\n╰────╨──────╯\n',
    )
  })

  test('create and del show those that there are then', async () => {
    await using processes = await aTree(tree)
    expect(await processes.coppice('group create edge')).toMatchObject({
      exitCode: 0,
      out: 'ID  Name\n1   front\n2   back\n3   edge\n',
    })
    expect(await processes.coppice('group del back,edge')).toMatchObject({ exitCode: 0, out: 'ID  Name\n1   front\n' })
    expect(processes.server.control.list()).toHaveLength(3)
    expect(await processes.coppice('group create front')).toMatchObject({
      exitCode: 1,
      err: 'coppice: There is a group "front" already.\n',
    })
  })

  test.each(['group desc back', 'group show 2'])('`%s` shows its properties, then its processes', async (line) => {
    await using processes = await aTree(tree)
    expect((await processes.coppice(line)).out).toMatch(
      /^property +description\nid +2\nname +back\n\nID +Name .*\n2 +api .*\n$/,
    )
    expect(JSON.parse((await processes.coppice(`${line} --json`)).out)).toMatchObject({ id: 2, processes: ['api'] })
  })

  test('assign and remove take lists of both, and show the groups', async () => {
    await using processes = await aTree(tree)
    const { exitCode, out } = await processes.coppice('group assign front,2 db web')
    expect({ exitCode, ids: [...out.matchAll(/^(\d) +(\w+) /gm)].map(([, id]) => id) }).toEqual({
      exitCode: 0,
      ids: ['1', '2', '3', '1', '2', '3'],
    })
    expect((await processes.coppice('group remove front,back web,api,db --json')).exitCode).toBe(0)
    expect(processes.server.control.list().flatMap(({ groups }) => groups)).toEqual([])
  })

  test.each(['group desc frnt', 'group del frnt', 'group assign front,frnt web', 'group stop frnt', 'stop group:frnt'])(
    '[CL10] an unknown group is exit 4, for `%s`',
    async (line) => {
      await using processes = await aTree(tree)
      expect(await processes.coppice(line)).toMatchObject({
        exitCode: 4,
        out: '',
        err: 'coppice: There is no group "frnt".\n  Did you mean "front"?\n',
      })
    },
  )

  test('[CL17] what acts on groups prints an array', async () => {
    await using processes = await aTree(tree)
    expect(JSON.parse((await processes.coppice('group stop back --json')).out)).toMatchObject([{ name: 'api' }])
  })
})
