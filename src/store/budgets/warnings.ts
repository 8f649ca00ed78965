import { type SharedLimit, sharesReached } from '../../core/budgets/shared-limit.ts'
import type { BudgetWarning } from '../../core/ports.ts'
import { insertNew } from '../insert-once.ts'
import type { ScopeTable } from '../schema.ts'
import { all, one, type Statement, type Work } from '../work.ts'
import { limitsNow } from './limits-now.ts'
import { scopeById } from './standing.ts'

const told: Statement<{ scopeId: string }, { share: string }> = ({ scopeId }, { queries }) =>
  queries.selectFrom('budget_warnings').select('share').where('scope_id', '=', scopeId)

const insertWarning = insertNew('budget_warnings')

/** Shares that were reached and that nobody was told of. */
export function* untoldWarnings(shared: readonly SharedLimit[]): Work<BudgetWarning[]> {
  const warnings: BudgetWarning[] = []
  for (const limit of yield* limitsNow(shared.filter(({ warnAt }) => warnAt.length > 0))) {
    const scope = yield* one(scopeById, { scopeId: limit.scopeId })
    if (!scope) continue
    const known = (yield* all(told, { scopeId: limit.scopeId })).map(({ share }) => share)
    warnings.push(...reachedIn(scope, limit).filter(({ share }) => !known.includes(String(share))))
  }
  return warnings
}

function reachedIn(scope: ScopeTable, limit: SharedLimit): BudgetWarning[] {
  const { warnAt: _, ownLimits: __, ...what } = limit
  const spent = { pico: BigInt(scope.spent_pico), tokens: scope.spent_tokens }
  return sharesReached(limit, spent).map(share => ({
    ...what,
    share,
    spentPico: scope.spent_pico,
    spentTokens: scope.spent_tokens,
  }))
}

/** Writes the warnings down, and gives those that nobody else has written meanwhile. */
export function* claimWarnings(warnings: readonly BudgetWarning[], atMs: number): Work<BudgetWarning[]> {
  const ours: BudgetWarning[] = []
  for (const warning of warnings) {
    const row = { scope_id: warning.scopeId, share: String(warning.share), at_ms: atMs }
    if (yield* one(insertWarning, row)) ours.push(warning)
  }
  return ours
}
