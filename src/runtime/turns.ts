/** Runs a function when all before it have ended, and gives its result. */
export type TakeTurn = <Result>(body: () => Promise<Result>) => Promise<Result>

/** Functions that run one after the other, in the order in which they were given. */
export function createTurns(): TakeTurn {
  let last: Promise<unknown> = Promise.resolve()
  return body => {
    const turn = last.then(body)
    // A failure is for its caller to hear of; the next turn comes all the same.
    last = turn.catch(() => {})
    return turn
  }
}
