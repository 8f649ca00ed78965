/**
 * Tells a webhook that a budget runs low.
 *
 * @module
 */
import { warningFigures } from '../core/budgets/warning-figures.ts'
import type { BudgetWarning } from '../core/ports.ts'

/** A webhook that takes longer is taken for dead. */
const TIMEOUT_MS = 5_000

/**
 * Posts a warning as JSON: figures and the budget's name, nothing of any run. Gives what went wrong, without the address;
 * `undefined` when it was taken.
 */
export async function announceWarning(url: string, warning: BudgetWarning): Promise<string | undefined> {
  const body = JSON.stringify(bodyOf(warning))
  const headers = { 'content-type': 'application/json' }
  const answer = fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  return answer.then(
    async reply => {
      await reply.body?.cancel()
      return reply.ok ? undefined : `it answered ${reply.status}`
    },
    (error: Error) => (error.name === 'TimeoutError' ? `no answer within ${TIMEOUT_MS} ms` : 'it cannot be reached'),
  )
}

function bodyOf(warning: BudgetWarning) {
  const { endsAtMs } = warning
  return {
    kind: 'budget-warning',
    ...warningFigures(warning),
    ...(endsAtMs !== undefined && { periodEndsAt: new Date(endsAtMs).toISOString() }),
  }
}
