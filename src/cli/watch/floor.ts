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
   * Nothing more comes of `key`: prints what was kept back, and what of `whole` was never streamed: a stream may lack its
   * last pieces. Says whether anything was streamed.
   */
  finish(key: string, prefix?: string, whole?: string): boolean
}

interface Speech {
  readonly prefix: string
  /** All that was streamed, printed or not. */
  text: string
  /** How much of the text is on the screen. */
  shown: number
}

export function createFloor(write: (text: string) => void): Floor {
  const speeches = new Map<string, Speech>()
  let holder: string | undefined
  let isOpen = false
  const close = () => {
    if (isOpen) write('\n')
    isOpen = false
  }
  const show = (speech: Speech) => {
    const { prefix, text, shown } = speech
    if (shown === text.length) return
    write(`${isOpen ? '' : prefix}${text.slice(shown).replaceAll('\n', `\n${prefix}`)}`)
    speech.shown = text.length
    isOpen = true
  }
  return {
    line(text) {
      close()
      write(`${text}\n`)
    },
    stream(key, prefix, text) {
      holder ??= key
      const speech = speeches.get(key) ?? { prefix, text: '', shown: 0 }
      speeches.set(key, speech)
      speech.text += text
      if (holder === key) show(speech)
    },
    finish(key, prefix = '', whole = '') {
      const streamed = speeches.get(key)
      const speech = streamed ?? { prefix, text: '', shown: 0 }
      speech.text += unsaid(speech.text, whole)
      if (holder !== key && speech.shown < speech.text.length) close()
      show(speech)
      if (speech.shown > 0) close()
      if (holder === key) holder = undefined
      speeches.delete(key)
      return streamed !== undefined
    },
  }
}

/** The same floor for one of several runs: each of its lines begins with the name. */
export function namedFloor(floor: Floor, name: string): Floor {
  const keyed = (key: string) => `${name} ${key}`
  const prefixed = (prefix: string) => `${name}: ${prefix}`
  return {
    line: text => floor.line(text.split('\n').map(prefixed).join('\n')),
    stream: (key, prefix, text) => floor.stream(keyed(key), prefixed(prefix), text),
    finish: (key, prefix = '', whole) => floor.finish(keyed(key), prefixed(prefix), whole),
  }
}

/** Of the whole, what comes after what was said: a reader may have begun in the middle. */
function unsaid(said: string, whole: string): string {
  if (whole === '') return ''
  const at = whole.indexOf(said)
  return at < 0 ? `\n${whole}` : whole.slice(at + said.length)
}
