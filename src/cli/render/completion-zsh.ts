import { quotedWord, type Branch, type Source, type Switch } from './completion.ts'

/** The script that `coppice completion zsh` prints; as a file of the `fpath`, or sourced: [CL91], [CL92]. */
export function zshCompletion(branches: readonly Branch[]): string {
  return `#compdef coppice
# Completes the command lines of coppice in zsh. Made by \`coppice completion zsh\`.

_coppice_names() {
  local -a names
  names=(\${(f)"$(coppice completion --names $1 2>/dev/null)"})
  compadd "\${@:2}" -a names
}

_coppice_process() {
  if compset -P 'group:'; then _coppice_names groups "$@"; else _coppice_names processes "$@"; fi
}

_coppice_group() { _coppice_names groups "$@" }

_coppice_processes() { _sequence _coppice_process }

_coppice_groups() { _sequence _coppice_group }

_coppice_commands() {
  local -a commands
  commands=(
${listOf(branches)}  )
  _describe command commands
}

_coppice() {
  local curcontext=$curcontext
  if ((CURRENT == 2)); then
    _coppice_commands
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
${branches.map((branch) => clause(branch, '    ')).join('')}  esac
}

if [[ $funcstack[1] == _coppice ]]; then _coppice "$@"; else compdef _coppice coppice; fi
`
}

function listOf(branches: readonly Branch[]): string {
  return branches
    .flatMap(({ names, summary }) => names.map((name) => `    ${quotedWord(`${name}:${escaped(summary)}`)}\n`))
    .join('')
}

function clause({ names, switches, operands, below }: Branch, indent: string): string {
  const head = `${indent}${names.join('|')})\n`
  const end = `${indent}  ;;\n`
  if (below.length > 0) {
    return `${head}${indent}  if ((CURRENT == 2)); then
${indent}    local -a commands
${indent}    commands=(
${listOf(below)}${indent}    )
${indent}    _describe command commands
${indent}    return
${indent}  fi
${indent}  shift words
${indent}  ((CURRENT--))
${indent}  case $words[1] in
${below.map((one) => clause(one, `${indent}    `)).join('')}${indent}  esac
${end}`
  }
  const specs = [...switches.flatMap(specsOf), ...operandSpecs(operands)]
  return `${head}${indent}  _arguments -s \\\n${specs.map((spec) => `${indent}    ${spec}`).join(' \\\n')}\n${end}`
}

/** One for each name of an option; those of one option exclude each other. */
function specsOf({ names, summary, value }: Switch): string[] {
  return names.map((name) => {
    const others = names.length > 1 ? `(${names.join(' ')})` : ''
    const joins = value === null ? '' : name.startsWith('--') ? '=' : '+'
    const action = value === null ? '' : `:${escaped(value.label)}:${actionOf(value.source)}`
    return quotedWord(`${others}${name}${joins}[${escaped(summary)}]${action}`)
  })
}

function operandSpecs(source: Source): string[] {
  if (source.tag === 'nothing') return []
  if (source.tag === 'members')
    return [quotedWord('1:group:_coppice_groups'), quotedWord('*:process:_coppice_processes')]
  return [quotedWord(`*:${source.tag}:${actionOf(source)}`)]
}

function actionOf(source: Source): string {
  switch (source.tag) {
    case 'nothing':
      return ' '
    case 'files':
      return '_files'
    case 'directories':
      return '_files -/'
    case 'users':
      return '_users'
    case 'processes':
    case 'members':
      return '_coppice_processes'
    case 'groups':
      return '_coppice_groups'
    case 'words':
      return `(${source.words.join(' ')})`
    case 'commands':
      return '_coppice_commands'
  }
}

/** What means something to `_arguments` or `_describe`. */
function escaped(text: string): string {
  return text.replaceAll('`', '').replaceAll(':', ';').replaceAll('[', '(').replaceAll(']', ')')
}
