import { type SharedLimit, shareSpent, sharesReached } from '../../core/budgets/shared-limit.ts'
import type { BudgetWarning } from '../../core/ports.ts'
import { insertNew } from '../insert-once.ts'
import type { ScopeTable } from '../schema.ts'
import { all, one, type Statement, together, type Work } from '../work.ts'
import { limitsNow } from './limits-now.ts'
import { scopeById } from './standing.ts'

const told: Statement<{ scopeId: string }, { share: string }> = ({ scopeId }, { queries }) =>
  queries.selectFrom('budget_warnings').select('share').where('scope_id', '=', scopeId)

const insertWarning = insertNew('budget_warnings')

/** Shares that were reached and that nobody was told of, and a call turned away that nobody was told of. */
export function* untoldWarnings(shared: readonly SharedLimit[], turnedAwayBy?: string): Work<BudgetWarning[]> {
  const limits = yield* limitsNow(shared.filter(({ warnAt }) => warnAt.length > 0))
  const warnings = yield* together(...limits.map(limit => untoldOf(limit, limit.scopeId === turnedAwayBy)))
  return warnings.flat()
}

function* untoldOf(limit: SharedLimit, isTurnedAway: boolean): Work<BudgetWarning[]> {
  const { scopeId } = limit
  const [scope, shares] = yield* together(one(scopeById, { scopeId }), all(told, { scopeId }))
  if (!scope) return []
  const known = shares.map(({ share }) => share)
  return reasonsIn(scope, limit, isTurnedAway).filter(warning => !known.includes(keyOf(warning)))
}

function reasonsIn(scope: ScopeTable, limit: SharedLimit, isTurnedAway: boolean): BudgetWarning[] {
  const { warnAt, ownLimits: _, ...what } = limit
  const spent = { pico: BigInt(scope.spent_pico), tokens: scope.spent_tokens }
  const reached = sharesReached(limit, spent)
  const figures = { ...what, spentPico: scope.spent_pico, spentTokens: scope.spent_tokens }
  const warnings = reached.map(share => ({ ...figures, share }))
  // Once all shares were reached, people know that it turns calls away.
  if (!isTurnedAway || reached.length === warnAt.length) return warnings
  return [...warnings, { ...figures, share: Math.floor(shareSpent(limit, spent) * 100) / 100, turnsAway: true }]
}

/** By what a warning is known to have been told, in place of its share. */
const TURNS_AWAY = 'turns-away'

function keyOf({ share, turnsAway }: BudgetWarning): string {
  return turnsAway ? TURNS_AWAY : String(share)
}

/** Writes the warnings down, and gives those that nobody else has written meanwhile. */
export function* claimWarnings(warnings: readonly BudgetWarning[], atMs: number): Work<BudgetWarning[]> {
  const ours: BudgetWarning[] = []
  for (const warning of warnings) {
    const row = { scope_id: warning.scopeId, share: keyOf(warning), at_ms: atMs }
    if (yield* one(insertWarning, row)) ours.push(warning)
  }
  return ours
}
