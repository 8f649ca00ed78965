import { definedOnly } from '../../core/defined-only.ts'
import { formatUsd, picoOfUsd } from '../../core/money/pico.ts'
import type { Budget, RaiseBudgetInput, RaisedBudget } from '../../core/protocol.ts'
import { appendEvents } from '../events/append-events.ts'
import { lockAbove, tellAbove } from '../events/tell-above.ts'
import { insertNew } from '../insert-once.ts'
import type { RunTable, ScopeTable } from '../schema.ts'
import { sealed } from '../seals/seal-text.ts'
import { one, type Statement, tell, type Work } from '../work.ts'
import { isPurged } from './reopen.ts'
import { lockRun } from './run-row.ts'
import { countable, lockScope } from './scope-rows.ts'

const insertRaise = insertNew('budget_raises')

type Limits = Pick<ScopeTable, 'scope_id' | 'limit_pico' | 'limit_tokens'>

const setLimits: Statement<Limits, unknown> = ({ scope_id, ...limits }, { queries }) =>
  queries.updateTable('scopes').set(limits).where('scope_id', '=', scope_id)

const budgetOf: Statement<{ runKey: string }, Pick<RunTable, 'budget'>> = ({ runKey }, { queries }) =>
  queries.selectFrom('runs').select('budget').where('run_key', '=', runKey)

/** For people who look at the run, and for its forks. */
const setBudget: Statement<Pick<RunTable, 'run_key' | 'budget'>, unknown> = ({ run_key, budget }, { queries }) =>
  queries.updateTable('runs').set({ budget }).where('run_key', '=', run_key)

/**
 * Adds to the limits that the run has, and writes down who approved it; the second time it changes nothing. For a purged run the
 * note is left out.
 */
export function* raiseBudget(input: RaiseBudgetInput): Work<RaisedBudget> {
  const { run, raiseId, usd, tokens, by, note, atMs } = input
  const row = yield* lockRun(run)
  const above = yield* lockAbove(row)
  const scope = yield* lockScope(run.key)
  const pico = usd === undefined ? 0n : picoOfUsd(usd, 'The raise of a budget is not an amount')
  const isNew = yield* one(insertRaise, {
    raise_id: raiseId,
    run_key: run.key,
    pico: pico.toString(),
    tokens: tokens ?? 0,
    decided_by: by ?? null,
    note: note === undefined || isPurged(row) ? null : yield* sealed(row.seal_key, note),
    at_ms: atMs,
  })
  if (!isNew) return raisedOf(scope)
  const raised = {
    scope_id: scope.scope_id,
    limit_pico: scope.limit_pico === null ? null : (BigInt(scope.limit_pico) + pico).toString(),
    limit_tokens: scope.limit_tokens === null ? null : countable(scope.limit_tokens + (tokens ?? 0)),
  }
  yield* tell(setLimits, raised)
  const before = yield* one(budgetOf, { runKey: run.key })
  yield* tell(setBudget, { run_key: run.key, budget: JSON.stringify(raisedIn(JSON.parse(before!.budget), raised)) })
  if (isPurged(row)) return raisedOf(raised)
  const event = { kind: 'budget-raise', ...definedOnly({ usd, tokens, by, note }), ...raisedOf(raised) } as const
  yield* appendEvents(row, [event], atMs)
  yield* tellAbove(above, row, [event], atMs)
  return raisedOf(raised)
}

function raisedOf({ limit_pico, limit_tokens }: Omit<Limits, 'scope_id'>): RaisedBudget {
  return {
    ...(limit_pico !== null && { limitUsd: formatUsd(BigInt(limit_pico)) }),
    ...(limit_tokens !== null && { limitTokens: limit_tokens }),
  }
}

function raisedIn(budget: Budget, raised: Limits): Budget {
  const { limitUsd: usd, limitTokens: tokens } = raisedOf(raised)
  return { ...budget, ...definedOnly({ usd, tokens }) }
}
