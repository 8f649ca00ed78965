/** Names in the order in which they come first, each with how often it occurs: `search (4 times), publish`. */
export function eachOnce(names: readonly string[]): string {
  return [...new Set(names)].map(name => named(name, names.filter(other => other === name).length)).join(', ')
}

function named(name: string, times: number): string {
  return times === 1 ? name : `${name} (${times} times)`
}
