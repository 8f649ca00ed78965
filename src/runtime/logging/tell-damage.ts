/**
 * Says that the store is damaged. Temporal's SDK warns of each failed try of an activity and tries it again, which tells nobody that no
 * try will ever succeed.
 *
 * @module
 */
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { StoreProblem } from '../../store/index.ts'

/** Every run's activities come upon it, each again and again. */
const SAID_AGAIN_AFTER_MS = 60_000

const UNTIL_THEN = 'Until then, every activity that meets the damage fails and is retried.'

/** Logs the first failure at error level with what to do, and again once a minute while there are more. */
export function tellDamage(now: () => number): ActivityInterceptorsFactory {
  let saidAtMs = Number.NEGATIVE_INFINITY
  return ({ log }) => ({
    inbound: {
      execute: (input, next) =>
        next(input).catch((error: unknown) => {
          const isDue = now() - saidAtMs >= SAID_AGAIN_AFTER_MS
          if (error instanceof StoreProblem && error.kind === 'corrupt' && isDue) {
            saidAtMs = now()
            log.error(`${error.message} ${UNTIL_THEN}`)
          }
          throw error
        }),
    },
  })
}
