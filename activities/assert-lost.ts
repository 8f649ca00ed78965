import { LostContent } from '../src/core/content/lost-content.ts'
import type { LedgerPort } from '../src/core/ports.ts'
import type { RunName } from '../src/core/protocol.ts'

/**
 * Rethrows. If this store does not know the run, this worker has another store and the content is not lost: the error thrown then
 * makes Temporal try again, until a worker with the run's own store takes the activity.
 */
export async function assertLost(
  ledger: Pick<LedgerPort, 'assertOpened'>,
  run: RunName,
  error: unknown,
): Promise<never> {
  if (error instanceof LostContent) await ledger.assertOpened(run)
  throw error
}
