/** Reads `web`, `web,db` or `web, 3`: the names (or ids) in their order, each once. */
export function namesIn(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  return [...new Set(names.filter((name) => name !== ''))]
}
