import { endOfScope, isOfBudget } from '../../core/budgets/shared-limit.ts'
import { picoOfUsd } from '../../core/money/pico.ts'
import type { Budget } from '../../core/protocol.ts'
import { insertOnce } from '../insert-once.ts'
import type { ReservationTable, ScopeTable } from '../schema.ts'
import { one, type Statement, tell, type Work } from '../work.ts'

const MONEY_LIMIT = "The budget's money limit is not an amount"

const lockedScope: Statement<{ scopeId: string }, ScopeTable> = ({ scopeId }, { queries, lockRows }) =>
  lockRows(queries.selectFrom('scopes').select(COLUMNS).where('scope_id', '=', scopeId))

/** By name: each attempt reads them, and {@link lockedScope} is faster so. */
const COLUMNS = [
  'scope_id',
  'limit_pico',
  'limit_tokens',
  'spent_pico',
  'spent_tokens',
  'reserved_pico',
  'reserved_tokens',
] as const satisfies readonly (keyof ScopeTable)[]

const insertScope = insertOnce('scopes')

type Sums = Omit<ScopeTable, 'limit_pico' | 'limit_tokens'>

const updateScope: Statement<Sums, unknown> = ({ scope_id, ...sums }, { queries }) =>
  queries.updateTable('scopes').set(sums).where('scope_id', '=', scope_id)

const insertReservation: Statement<ReservationTable, unknown> = (row, { queries }) =>
  queries.insertInto('reservations').values(row)

const deleteReservation: Statement<{ scopeId: string; attemptId: string }, unknown> = (
  { scopeId, attemptId },
  { queries },
) => queries.deleteFrom('reservations').where('scope_id', '=', scopeId).where('attempt_id', '=', attemptId)

/**
 * Sets a scope's limits the first time; later calls change nothing.
 *
 * @throws RangeError when the money limit is not an amount: whoever starts a run checks it before.
 */
export function* openScope(scopeId: string, budget: Budget): Work<void> {
  yield* tell(insertScope, {
    ...UNUSED,
    scope_id: scopeId,
    limit_pico: budget.usd === undefined ? null : picoOfUsd(budget.usd, MONEY_LIMIT).toString(),
    limit_tokens: budget.tokens ?? null,
  })
}

const UNUSED = { spent_pico: '0', spent_tokens: 0, reserved_pico: '0', reserved_tokens: 0 }

/** Makes the scope of a shared budget in one period where it is missing. */
export const makeSharedScope = (scopeId: string) =>
  tell(insertScope, { ...UNUSED, scope_id: scopeId, limit_pico: null, limit_tokens: null })

/** Such a scope, locked. Whoever sweeps may take it away just when it was made. */
export function* lockSharedScope(scopeId: string): Work<ScopeTable> {
  for (;;) {
    const there = yield* one(lockedScope, { scopeId })
    if (there) return there
    yield* makeSharedScope(scopeId)
  }
}

/** A scope in which an attempt has reserved, locked; `undefined` of a budget's whose period was forgotten after the attempt had ended. */
export function* lockChargedScope(scopeId: string): Work<ScopeTable | undefined> {
  return endOfScope(scopeId) === undefined ? yield* lockScope(scopeId) : yield* one(lockedScope, { scopeId })
}

/** The scope, which nobody else changes until the transaction ends. */
export function* lockScope(scopeId: string): Work<ScopeTable> {
  const scope = yield* one(lockedScope, { scopeId })
  if (!scope) throw new Error(`The scope ${scopeId} was never opened; openRun and beginAttempt come first`)
  return scope
}

/** Money and tokens to move, in pico-dollars. */
export interface Amount {
  readonly pico: bigint
  readonly tokens: number
}

export function* reserve(scope: ScopeTable, attemptId: string, pico: string | undefined, tokens: number): Work<void> {
  const { scope_id } = scope
  if (keepsRows(scope)) yield* tell(insertReservation, { scope_id, attempt_id: attemptId, pico: pico ?? null, tokens })
  yield* changeScope(scope, { spent: NOTHING, reserved: { pico: BigInt(pico ?? 0), tokens } })
}

/**
 * Whether there is a row for each attempt that has reserved in this scope. Of a budget people are told who holds what in it. Of a run's
 * own scope the sums are enough, but earlier builds serve runs beside this one, and look for a row where a limit is short: without it
 * they would end a run that need only wait.
 */
function keepsRows({ scope_id, limit_pico, limit_tokens }: ScopeTable): boolean {
  return isOfBudget(scope_id) || limit_pico !== null || limit_tokens !== null
}

/**
 * Takes away the row of what an attempt held in a scope; its sums are changed by {@link changeScope}.
 *
 * @param isLost - Its worker is. That may have been of an earlier build, which kept a row in scopes without a limit too.
 */
export function* dropReservation(scope: ScopeTable, attemptId: string, isLost: boolean): Work<void> {
  if (isLost || keepsRows(scope)) yield* tell(deleteReservation, { scopeId: scope.scope_id, attemptId })
}

export function hasReservations({ reserved_pico, reserved_tokens }: ScopeTable): boolean {
  return reserved_pico !== '0' || reserved_tokens !== 0
}

/**
 * A count that can be read again: SQLite gives none beyond 2^53 back. After a limit that was raised that far, or a vendor that said it had
 * read as much, nobody could spend from the scope any more.
 */
export function countable(tokens: number): number {
  return Math.min(tokens, Number.MAX_SAFE_INTEGER)
}

export const NOTHING: Amount = { pico: 0n, tokens: 0 }

/** Adds to what was spent and what is reserved; negative amounts take away. The scope must be locked. */
export function* changeScope(scope: ScopeTable, by: { readonly spent: Amount; readonly reserved: Amount }): Work<void> {
  yield* tell(updateScope, {
    scope_id: scope.scope_id,
    spent_pico: (BigInt(scope.spent_pico) + by.spent.pico).toString(),
    spent_tokens: countable(scope.spent_tokens + by.spent.tokens),
    reserved_pico: (BigInt(scope.reserved_pico) + by.reserved.pico).toString(),
    reserved_tokens: countable(scope.reserved_tokens + by.reserved.tokens),
  })
}
