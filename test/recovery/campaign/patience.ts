/**
 * How long a campaign waits for its runs: as long as anything moves, however slow the machine is.
 *
 * @module
 */

export interface Patience {
  /** Something has happened. */
  moved(): void
  readonly isOver: boolean
  /** What the promise gives, or an error when patience ends before. */
  within<Result>(promise: Promise<Result>): Promise<Result>
  end(): void
}

/** A lost worker is noticed after 20 s and an activity is tried again after 30 s at most; runs that stand still for this long are lost. */
const QUIET_MS = 240_000

const LOOK_MS = 1_000

export function createPatience(): Patience {
  let movedAtMs = Date.now()
  let over = false
  let giveUp: (error: Error) => void = () => {}
  const ended = new Promise<never>((_resolve, reject) => {
    giveUp = reject
  })
  // Nobody may be waiting when patience ends.
  ended.catch(() => {})
  const timer = setInterval(() => {
    over ||= Date.now() - movedAtMs > QUIET_MS
    if (over) giveUp(new Error(`it has not ended, and nothing has moved for ${QUIET_MS / 1_000} s`))
  }, LOOK_MS)
  return {
    moved() {
      movedAtMs = Date.now()
    },
    get isOver() {
      return over
    },
    within: promise => Promise.race([promise, ended]),
    end: () => clearInterval(timer),
  }
}
