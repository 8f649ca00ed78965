/** What kind of value it is, for messages that must not repeat the value: it may be a prompt. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'string' ? 'a text' : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`
}

/** The value as it would be written, or what kind it is where JSON cannot hold it. */
export function written(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`
  try {
    return JSON.stringify(value) ?? kindOf(value)
  } catch {
    return kindOf(value)
  }
}
