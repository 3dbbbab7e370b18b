# Sourced by the programs of this folder. `mark WHAT…` appends a line to the file $MARKS, if that is set, so that an
# outside observer can count and compare: milliseconds since 1970, pid, name ($MARK, else the program's own), WHAT.
mark() {
  [ -z "${MARKS-}" ] || echo "$(date +%s%3N) $$ ${MARK:-${0##*/}} $*" >>"$MARKS"
}
