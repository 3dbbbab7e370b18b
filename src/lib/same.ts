/** Whether two values of plain data (objects, lists, maps, texts, numbers) say the same. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof Map || b instanceof Map) return a instanceof Map && b instanceof Map && sameEntries([...a], [...b])
  if (Array.isArray(a) !== Array.isArray(b)) return false
  return sameEntries(Object.entries(a), Object.entries(b))
}

/** In any order. */
function sameEntries(some: readonly (readonly [unknown, unknown])[], others: typeof some): boolean {
  const wanted = new Map(others)
  return some.length === wanted.size && some.every(([key, value]) => wanted.has(key) && isSame(value, wanted.get(key)))
}
