/**
 * A place in a value, for people: `lines[0].total`.
 *
 * @module
 */
export function pathOf(path: readonly PropertyKey[]): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at > 0 ? '.' : ''}${String(key)}`)).join('')
}
