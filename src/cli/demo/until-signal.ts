/** The signals that ask us to end, with the exit codes that shells expect of them. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

export interface SignalWatch {
  /** The exit code to end with, once the first signal has come. */
  readonly came: Promise<number>
  stop(): void
}

/** Waits for Ctrl-C or SIGTERM; a second one ends the process on the spot. */
export function watchSignals(onFirst: () => void): SignalWatch {
  const names = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]
  const listening = new AbortController()
  const came = new Promise<number>(resolve => {
    let first = true
    const handle = (code: number) => {
      if (!first) process.exit(code)
      first = false
      onFirst()
      resolve(code)
    }
    for (const name of names) {
      const listener = () => handle(EXIT_CODES[name])
      process.on(name, listener)
      listening.signal.addEventListener('abort', () => process.off(name, listener))
    }
  })
  return { came, stop: () => listening.abort() }
}
