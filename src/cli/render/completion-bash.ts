import { quotedWord, type Branch, type Source } from './completion.ts'

/** The script that `coppice completion bash` prints: [CL91], [CL92]. It needs nothing but bash. */
export function bashCompletion(branches: readonly Branch[]): string {
  return `# Completes the command lines of coppice in bash. Made by \`coppice completion bash\`.
${library}
_coppice() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} at=2
  COMPREPLY=()
  # bash parts words at "=" and ":" too.
  [[ $cur == '=' ]] && cur=''
  [[ $prev == '=' ]] && prev=\${COMP_WORDS[COMP_CWORD - 2]}
  if ((COMP_CWORD == 1)); then
    _coppice_words ${quotedWord(namesOf(branches).join(' '))}
    return
  fi
  case \${COMP_WORDS[1]} in
${branches.map((branch) => clause(branch, branches)).join('')}  esac
}

complete -F _coppice coppice
`
}

const library = `
_coppice_words() {
  COMPREPLY+=($(compgen -W "$1" -- "$cur"))
}

# Names that a running coppice knows, the last of several that commas part.
_coppice_names() {
  local before='' known
  [[ $cur == *,* ]] && before=\${cur%,*},
  known=$("\${COMP_WORDS[0]}" completion --names "$1" 2>/dev/null)
  COMPREPLY+=($(compgen -P "$before" -W "$known" -- "\${cur##*,}"))
}

_coppice_processes() {
  if [[ $cur == ':' && $prev == 'group' ]]; then
    cur=''
    _coppice_names groups
  elif [[ $prev == ':' && \${COMP_WORDS[COMP_CWORD - 2]} == 'group' ]]; then
    _coppice_names groups
  else
    _coppice_names processes
  fi
}

# Groups come first, then processes.
_coppice_members() {
  if ((COMP_CWORD == at)); then _coppice_names groups; else _coppice_names processes; fi
}

_coppice_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen "$1" -- "$cur"))
}
`

function clause(branch: Branch, all: readonly Branch[], depth = 1): string {
  const indent = '  '.repeat(depth + 1)
  const body = branch.below.length > 0 ? nested(branch, all, depth) : leaf(branch, all)
  const lines = body.map((line) => `${indent}  ${line}\n`).join('')
  return `${indent}${branch.names.join(' | ')})\n${lines}${indent}  ;;\n`
}

function nested({ below }: Branch, all: readonly Branch[], depth: number): string[] {
  return [
    `at=${depth + 2}`,
    `if ((COMP_CWORD == ${depth + 1})); then`,
    `  _coppice_words ${quotedWord(namesOf(below).join(' '))}`,
    '  return',
    'fi',
    `case \${COMP_WORDS[${depth + 1}]} in`,
    ...below.flatMap((one) => clause(one, all, 0).trimEnd().split('\n')),
    'esac',
  ]
}

function leaf({ switches, operands }: Branch, all: readonly Branch[]): string[] {
  const taking = switches.flatMap(({ names, value }) => (value === null ? [] : [{ names, value }]))
  const valued = [...Map.groupBy(taking, ({ value }) => candidates(value.source, all))].map(
    ([from, some]) => `  ${some.flatMap(({ names }) => names).join(' | ')}) ${from}; return ;;`,
  )
  const options = switches.flatMap(({ names }) => names.filter((name) => name.startsWith('--')))
  return [
    ...(valued.length === 0 ? [] : ['case $prev in', ...valued, 'esac']),
    `if [[ $cur == -* ]]; then _coppice_words ${quotedWord(options.join(' '))}; return; fi`,
    candidates(operands, all),
  ]
}

function candidates(source: Source, all: readonly Branch[]): string {
  switch (source.tag) {
    case 'nothing':
      return ':'
    case 'files':
      return '_coppice_files -f'
    case 'directories':
      return '_coppice_files -d'
    case 'users':
      return 'COMPREPLY+=($(compgen -u -- "$cur"))'
    case 'processes':
      return '_coppice_processes'
    case 'groups':
      return '_coppice_names groups'
    case 'members':
      return '_coppice_members'
    case 'words':
      return `_coppice_words ${quotedWord(source.words.join(' '))}`
    case 'commands':
      return `_coppice_words ${quotedWord(namesOf(all).join(' '))}`
  }
}

function namesOf(branches: readonly Branch[]): string[] {
  return branches.flatMap(({ names }) => names)
}
