import { quotedWord, type Branch, type Source, type Switch } from './completion.ts'

/** The script that `coppice completion fish` prints: [CL91], [CL92]. */
export function fishCompletion(branches: readonly Branch[]): string {
  return `# Completes the command lines of coppice in fish. Made by \`coppice completion fish\`.

# Whether the command line begins with these words; each may be one of several, parted by commas.
function __coppice_at
    set -l words (commandline -opc)
    set -e words[1]
    test (count $words) -ge (count $argv); or return 1
    for at in (seq (count $argv))
        contains -- $words[$at] (string split , -- $argv[$at]); or return 1
    end
end

# Whether so many words stand before the cursor.
function __coppice_after
    test (count (commandline -opc)) -eq $argv[1]
end

function __coppice_names
    coppice completion --names $argv[1] 2>/dev/null
end

# Names that a running coppice knows, the last of several that commas part.
function __coppice_list
    set -l before (string match -r -- '^.*,' (commandline -ct))
    for name in (__coppice_names $argv[1])
        echo "$before$name"
    end
    if test $argv[1] = processes
        for name in (__coppice_names groups)
            echo "$before""group:$name"
        end
    end
end

complete -c coppice -f
${branches.flatMap((branch) => linesOf(branch, { before: [], all: branches })).join('\n')}
`
}

interface Place {
  /** The names of the commands above. */
  readonly before: readonly string[]
  readonly all: readonly Branch[]
}

function linesOf(branch: Branch, { before, all }: Place): string[] {
  const { names, summary, switches, operands, below } = branch
  const path = [...before, names.join(',')]
  const above = before.length === 0 ? '' : `__coppice_at ${before.join(' ')}; and `
  const here = `-n ${quotedWord(`__coppice_at ${path.join(' ')}`)}`
  return [
    ...names.map(
      (name) =>
        `complete -c coppice -n ${quotedWord(`${above}__coppice_after ${path.length}`)} -a ${name} -d ${quotedWord(summary)}`,
    ),
    ...below.flatMap((one) => linesOf(one, { before: path, all })),
    ...(below.length > 0 ? [] : switches.map((one) => `complete -c coppice ${here} ${switchText(one, all)}`)),
    ...operandLines(operands, { path, here, all }),
  ]
}

function switchText({ names, summary, value }: Switch, all: readonly Branch[]): string {
  const spelled = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  const argument = value === null ? [] : [value.source.tag === 'files' ? '-r' : '-x', ...candidates(value.source, all)]
  return [...spelled, ...argument, `-d ${quotedWord(summary)}`].join(' ')
}

function operandLines(
  source: Source,
  { path, here, all }: { readonly path: readonly string[]; readonly here: string; readonly all: readonly Branch[] },
): string[] {
  if (source.tag !== 'members') {
    return candidates(source, all).map((candidate) => `complete -c coppice ${here} ${candidate}`)
  }
  const at = `__coppice_at ${path.join(' ')}`
  const first = `__coppice_after ${path.length + 1}`
  return [
    `complete -c coppice -n ${quotedWord(`${at}; and ${first}`)} -a '(__coppice_list groups)'`,
    `complete -c coppice -n ${quotedWord(`${at}; and not ${first}`)} -a '(__coppice_list processes)'`,
  ]
}

function candidates(source: Source, all: readonly Branch[]): string[] {
  switch (source.tag) {
    case 'nothing':
      return []
    case 'files':
      return ['-F']
    case 'directories':
      return ["-a '(__fish_complete_directories)'"]
    case 'users':
      return ["-a '(__fish_complete_users)'"]
    case 'processes':
    case 'groups':
      return [`-a '(__coppice_list ${source.tag})'`]
    case 'members':
      return ["-a '(__coppice_list processes)'"]
    case 'words':
      return [`-a ${quotedWord(source.words.join(' '))}`]
    case 'commands':
      return [`-a ${quotedWord(all.flatMap(({ names }) => names).join(' '))}`]
  }
}
