/**
 * Steps may stream at the same time, and there is one screen: one of them has the floor, and what the others say is
 * kept until it has finished or they have.
 *
 * @module
 */
export interface Floor {
  /** A whole line, between whatever is being streamed. */
  line(text: string): void
  /** A piece of what `key` says; each of its lines begins with the prefix. */
  stream(key: string, prefix: string, text: string): void
  /**
   * Nothing more comes of `key`: prints what was kept back, or `whole` where nothing was streamed. Says whether anything
   * was.
   */
  finish(key: string, prefix?: string, whole?: string): boolean
}

export function createFloor(write: (text: string) => void): Floor {
  const kept = new Map<string, { readonly prefix: string; readonly text: string }>()
  const heard = new Set<string>()
  let holder: string | undefined
  let isOpen = false
  const close = () => {
    if (isOpen) write('\n')
    isOpen = false
  }
  const speak = (prefix: string, text: string) => {
    write(`${isOpen ? '' : prefix}${text.replaceAll('\n', `\n${prefix}`)}`)
    isOpen = true
  }
  return {
    line(text) {
      close()
      write(`${text}\n`)
    },
    stream(key, prefix, text) {
      heard.add(key)
      holder ??= key
      const whole = (kept.get(key)?.text ?? '') + text
      if (holder !== key) return void kept.set(key, { prefix, text: whole })
      kept.delete(key)
      speak(prefix, whole)
    },
    finish(key, prefix = '', whole = '') {
      const unheard = heard.has(key) || whole === '' ? undefined : { prefix, text: whole }
      const rest = kept.get(key) ?? unheard
      if (rest || holder === key) close()
      if (rest) speak(rest.prefix, rest.text)
      if (rest) close()
      kept.delete(key)
      if (holder === key) holder = undefined
      return heard.delete(key)
    },
  }
}
