/**
 * Tells a webhook that a budget runs low.
 *
 * @module
 */
import type { Alert, Webhook } from '../../core/alert.ts'
import { whoseWords } from '../../core/budgets/shared-budget.ts'
import { isUsedUp, leftWords, warningFigures } from '../../core/budgets/warning-figures.ts'
import type { BudgetWarning } from '../../core/ports.ts'
import { postPatiently } from './post-patiently.ts'

export interface Announcer {
  /**
   * Posts a warning where its budget has a webhook: figures, the budget's name, and whose limit it is where each value of a label has one;
   * nothing else of any run. Gives what went wrong at last, without the address.
   */
  announce(warning: BudgetWarning): Promise<string | undefined>
  /** What was not delivered is given up. */
  close(): Promise<void>
}

/** @param webhooks - By budget, as they are now. */
export function createAnnouncer(webhooks: () => Readonly<Record<string, Webhook>>, send: typeof fetch): Announcer {
  const closing = new AbortController()
  const posting = new Set<Promise<unknown>>()
  return {
    async announce(warning) {
      const all = webhooks()
      const webhook = Object.hasOwn(all, warning.budget) ? all[warning.budget] : undefined
      if (!webhook) return undefined
      const posted = postPatiently(webhook, budgetAlert(warning, Date.now()), closing.signal, send)
      posting.add(posted)
      return posted.finally(() => posting.delete(posted))
    },
    async close() {
      closing.abort()
      await Promise.all(posting)
    },
  }
}

const TURNS_AWAY = 'has turned a call away, which might have needed more than is left'

function budgetAlert(warning: BudgetWarning, atMs: number): Alert {
  const { endsAtMs, budget, share } = warning
  const least = `is at least ${percent(share)} % spent`
  const spent = isUsedUp(warning) ? 'is used up' : warning.turnsAway ? TURNS_AWAY : least
  return {
    kind: 'budget-warning',
    state: 'begun',
    subject: budget,
    message: `the budget ${budget}${whoseWords(warning)} ${spent}: ${leftWords(warning)} left`,
    at: new Date(atMs).toISOString(),
    ...warningFigures(warning),
    ...(endsAtMs !== undefined && { periodEndsAt: new Date(endsAtMs).toISOString() }),
  }
}

/** Shares may be below one in a hundred. */
function percent(share: number): number {
  return Number((share * 100).toPrecision(3))
}
