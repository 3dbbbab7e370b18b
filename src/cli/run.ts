import type { Failure } from '../lib/result.ts'
import type { Answer, Call, Context } from './command.ts'
import { commands } from './commands.ts'
import { exitCodeOf } from './exit-code.ts'
import type { OptionTable } from './option.ts'
import { parse, type Parsed } from './parse.ts'
import { printable } from './render/text.ts'
import { printFailure } from './render/failure.ts'
import { styleOf } from './style-of.ts'
import type { System } from './system.ts'

/** Obeys one command line, without the program's name. Gives the exit code; throws for bugs only. */
export async function runCli(argv: readonly string[], system: System): Promise<number> {
  const parsed = parse(argv, commands)
  if (!parsed.ok) return fail(parsed.failure, system)
  const { command, call } = callOf(parsed.value)
  const verb = await command.load()
  const answer = await verb.run(call, { system, commands })
  if (!answer.ok) return fail(answer.failure, system)
  return show(answer.value, { system, call })
}

/** Help and version are commands like the others, however they were asked for. */
function callOf(parsed: Parsed): { command: Context['commands'][number]; call: Call<OptionTable> } {
  switch (parsed.tag) {
    case 'call':
      return parsed
    case 'help':
      return {
        command: builtIn('help'),
        call: { options: {}, operands: parsed.words },
      }
    case 'version':
      return { command: builtIn('version'), call: { options: {}, operands: [] } }
  }
}

function builtIn(name: string): Context['commands'][number] {
  const command = commands.find((one) => one.name === name)
  if (command === undefined) throw new Error(`no command ${name}`)
  return command
}

async function show(answer: Answer, { system, call }: { system: System; call: Call<OptionTable> }): Promise<number> {
  const shown = await system.out(await textOf(answer, { system, call }))
  for (const remark of answer.remarks) await system.err(`${printable(remark)}\n`)
  for (const problem of answer.problems) await say(problem, system)
  return shown.ok ? answer.exitCode : fail(shown.failure, system)
}

async function textOf(
  { data, text }: Answer,
  { system, call }: { system: System; call: Call<OptionTable> },
): Promise<string> {
  if (call.options['json'] === true) return `${JSON.stringify(data, null, 2)}\n`
  return call.options['quiet'] === true ? '' : text(await styleOf('out', system))
}

async function fail(problem: Failure, system: System): Promise<number> {
  await say(problem, system)
  return exitCodeOf(problem)
}

async function say(problem: Failure, system: System): Promise<void> {
  await system.err(printFailure(problem, await styleOf('err', system)))
}
