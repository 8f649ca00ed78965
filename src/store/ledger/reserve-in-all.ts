import type { SharedLimit } from '../../core/budgets/shared-limit.ts'
import type { Reserved, ShortBudget, WorstCase } from '../../core/ports.ts'
import { limitsNow } from '../budgets/limits-now.ts'
import type { ScopeTable } from '../schema.ts'
import type { Work } from '../work.ts'
import { hasReservations, lockScope, lockSharedScope, reserve } from './scope-rows.ts'

/** A scope, locked, with the limits that hold now. */
interface Limited {
  readonly scope: ScopeTable
  readonly limitPico?: string
  readonly limitTokens?: number
  /** Absent: the run's own. */
  readonly budget?: ShortBudget
}

interface Headroom {
  readonly headroomPico?: string
  readonly headroomTokens?: number
}

/** Reserves a worst case in the run's scope and in every shared one, or in none of them. */
export function* reserveInAll(
  attemptId: string,
  worstCase: WorstCase,
  runScope: string,
  shared: readonly SharedLimit[],
): Work<Reserved> {
  const scopes = yield* lockAll(runScope, shared)
  const short = scopes.filter(scope => !fits(worstCase, headroomOf(scope)))
  if (short.length > 0)
    return { kind: 'short', ...scopes.map(headroomOf).reduce(least), ...(yield* whatIsShort(short)) }
  for (const { scope } of scopes) yield* reserve(scope, attemptId, worstCase.pico, worstCase.tokens)
  return { kind: 'reserved' }
}

/** In the order of their ids, so that no two transactions wait for each other; the run's own is first in the result. */
function* lockAll(runScope: string, shared: readonly SharedLimit[]): Work<Limited[]> {
  const limits = yield* limitsNow(shared)
  const rows = new Map<string, ScopeTable>()
  for (const scopeId of [runScope, ...limits.map(limit => limit.scopeId)].sort())
    rows.set(scopeId, scopeId === runScope ? yield* lockScope(scopeId) : yield* lockSharedScope(scopeId))
  return [ofRun(rows.get(runScope)!), ...limits.map(limit => ofBudget(rows.get(limit.scopeId)!, limit))]
}

function ofRun(scope: ScopeTable): Limited {
  return {
    scope,
    ...(scope.limit_pico !== null && { limitPico: scope.limit_pico }),
    ...(scope.limit_tokens !== null && { limitTokens: scope.limit_tokens }),
  }
}

function ofBudget(scope: ScopeTable, { budget, limitPico, limitTokens, endsAtMs }: SharedLimit): Limited {
  const limits = {
    ...(limitPico !== undefined && { limitPico }),
    ...(limitTokens !== undefined && { limitTokens }),
  }
  return { scope, ...limits, budget: { name: budget, ...limits, ...(endsAtMs !== undefined && { endsAtMs }) } }
}

/** What a new reservation may have. Spendings can pass a limit that was lowered, or when a vendor bills beyond the worst case. */
function headroomOf({ scope, limitPico, limitTokens }: Limited): Headroom {
  const tokens = (limitTokens ?? 0) - scope.spent_tokens - scope.reserved_tokens
  const pico = BigInt(limitPico ?? 0) - BigInt(scope.spent_pico) - BigInt(scope.reserved_pico)
  return {
    ...(limitPico !== undefined && { headroomPico: (pico > 0n ? pico : 0n).toString() }),
    ...(limitTokens !== undefined && { headroomTokens: Math.max(0, tokens) }),
  }
}

/** An unknown price never fits into a money limit. */
function fits({ pico, tokens }: WorstCase, { headroomPico, headroomTokens }: Headroom): boolean {
  if (headroomTokens !== undefined && tokens > headroomTokens) return false
  if (headroomPico === undefined) return true
  return pico !== undefined && BigInt(pico) <= BigInt(headroomPico)
}

/** What fits both. */
function least(a: Headroom, b: Headroom): Headroom {
  const picos = [a.headroomPico, b.headroomPico].filter(pico => pico !== undefined)
  const tokens = [a.headroomTokens, b.headroomTokens].filter(count => count !== undefined)
  return {
    ...(picos.length > 0 && { headroomPico: picos.reduce((x, y) => (BigInt(x) < BigInt(y) ? x : y)) }),
    ...(tokens.length > 0 && { headroomTokens: Math.min(...tokens) }),
  }
}

/** Waiting helps only where something is in flight in all of them; the one to name is the one that waiting does not help. */
function* whatIsShort(short: readonly Limited[]): Work<{ inFlight: boolean; budget?: ShortBudget }> {
  for (const { scope, budget } of short)
    if (!(yield* hasReservations(scope.scope_id))) return { inFlight: false, ...(budget && { budget }) }
  const { budget } = short[0]!
  return { inFlight: true, ...(budget && { budget }) }
}
