/**
 * Ctrl-C and SIGTERM, for who has things to end first.
 *
 * @module
 */

/** The signals that ask us to end, with the exit codes that shells expect of them. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

export interface SignalWatch {
  /** Settles with the first signal. */
  readonly came: Promise<void>
  /** To end with, once a signal has come. */
  exitCode(): number | undefined
  stop(): void
}

/** npm passes a Ctrl-C on that the terminal has sent already: what follows so soon is no second one. */
const SAME_PRESS_MS = 500

/** A process that is ending hears no signal any more, and npm's would still kill it: it stays up until that must have come. */
const STAYS_UP_MS = 100

/** Waits for Ctrl-C or SIGTERM; a second one ends the process on the spot. */
export function watchSignals(onFirst = () => {}): SignalWatch {
  let exitCode: number | undefined
  let firstAtMs = 0
  let settle = () => {}
  const came = new Promise<void>(resolve => {
    settle = resolve
  })
  const handle = (signal: NodeJS.Signals) => {
    if (exitCode !== undefined && Date.now() - firstAtMs < SAME_PRESS_MS) return
    if (exitCode !== undefined) process.exit(exitCode)
    firstAtMs = Date.now()
    setTimeout(() => {}, STAYS_UP_MS)
    exitCode = EXIT_CODES[signal as keyof typeof EXIT_CODES]
    onFirst()
    settle()
  }
  const signals = Object.keys(EXIT_CODES)
  for (const signal of signals) process.on(signal, handle)
  return {
    came,
    exitCode: () => exitCode,
    stop: () => {
      for (const signal of signals) process.off(signal, handle)
    },
  }
}
