import type { SharedLimit } from '../../core/budgets/shared-limit.ts'
import { definedOnly } from '../../core/defined-only.ts'
import { lesser } from '../../core/lesser.ts'
import type { NotReserved, Reserved, ShortBudget, ShortScope, WorstCase } from '../../core/ports.ts'
import { limitsNow } from '../budgets/limits-now.ts'
import type { ScopeTable } from '../schema.ts'
import { together, type Work } from '../work.ts'
import {
  changeScope,
  hasReservations,
  lockScope,
  lockSharedScope,
  makeSharedScope,
  NOTHING,
  reserve,
} from './scope-rows.ts'

/** A scope, locked, with the limits that hold now. */
interface Limited {
  readonly scope: ScopeTable
  readonly limitPico?: string
  readonly limitTokens?: number
  /** A run's slice of its tree's budget. */
  readonly slice?: true
  /** Absent: the tree's, or a slice of it. */
  readonly budget?: ShortBudget
}

/** Where an attempt reserves, or a tool is paid for. */
export interface Scopes {
  /** The run tree's. */
  readonly run: string
  readonly slices: readonly string[]
  readonly shared: readonly SharedLimit[]
}

interface Headroom {
  readonly headroomPico?: string
  readonly headroomTokens?: number
}

/** Reserves a worst case in the tree's scope, in every slice and in every shared one, or in none of them. */
export function* reserveInAll(attemptId: string, worstCase: WorstCase, where: Scopes): Work<Reserved> {
  const scopes = yield* lockAll(where)
  const short = shortIn(scopes, worstCase)
  if (short) return short
  for (const { scope } of scopes) yield* reserve(scope, attemptId, worstCase.pico, worstCase.tokens)
  return { kind: 'reserved' }
}

/** Spends a price in all of them, or in none. */
export function* chargeInAll(pricePico: string, where: Scopes): Work<NotReserved | undefined> {
  const scopes = yield* lockAll(where)
  const short = shortIn(scopes, { pico: pricePico, tokens: 0 })
  if (short) return short
  const spent = { pico: BigInt(pricePico), tokens: 0 }
  for (const { scope } of scopes) yield* changeScope(scope, { spent, reserved: NOTHING })
  return undefined
}

function shortIn(scopes: readonly Limited[], worstCase: WorstCase): NotReserved | undefined {
  const short = scopes.filter(scope => !fits(worstCase, headroomOf(scope)))
  if (short.length === 0) return undefined
  return { kind: 'short', ...scopes.map(headroomOf).reduce(least), ...whatIsShort(short, worstCase) }
}

/** In the order of their ids, so that no two transactions wait for each other; the run's own is first in the result. */
function* lockAll({ run, slices, shared }: Scopes): Work<Limited[]> {
  const own = [run, ...slices]
  const sharedIds = shared.map(({ scopeId }) => scopeId).sort()
  const scopeIds = [...own, ...sharedIds].sort()
  const [, limits, scopes] = yield* together(
    // Beforehand: one that is found missing would be locked after those that follow it.
    together(...sharedIds.map(makeSharedScope)),
    limitsNow(shared),
    together(...scopeIds.map(id => (own.includes(id) ? lockScope(id) : lockSharedScope(id)))),
  )
  const rows = new Map(scopes.map(scope => [scope.scope_id, scope]))
  return [
    ofRun(rows.get(run)!),
    ...slices.map(scopeId => ({ ...ofRun(rows.get(scopeId)!), slice: true as const })),
    ...limits.map(limit => ofBudget(rows.get(limit.scopeId)!, limit)),
  ]
}

function ofRun(scope: ScopeTable): Limited {
  return {
    scope,
    ...(scope.limit_pico !== null && { limitPico: scope.limit_pico }),
    ...(scope.limit_tokens !== null && { limitTokens: scope.limit_tokens }),
  }
}

function ofBudget(scope: ScopeTable, { budget, label, limitPico, limitTokens, endsAtMs }: SharedLimit): Limited {
  const limits = definedOnly({ limitPico, limitTokens })
  return { scope, ...limits, budget: { name: budget, ...definedOnly({ label, ...limits, endsAtMs }) } }
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

/** An unknown price fits into a money limit only where the configuration says so. */
function fits({ pico, tokens, unpriced }: WorstCase, { headroomPico, headroomTokens }: Headroom): boolean {
  if (headroomTokens !== undefined && tokens > headroomTokens) return false
  if (headroomPico === undefined) return true
  return pico === undefined ? unpriced === true : BigInt(pico) <= BigInt(headroomPico)
}

/** What fits both. */
function least(a: Headroom, b: Headroom): Headroom {
  const picos = [a.headroomPico, b.headroomPico].filter(pico => pico !== undefined)
  return {
    ...(picos.length > 0 && { headroomPico: picos.reduce((x, y) => (BigInt(x) < BigInt(y) ? x : y)) }),
    ...definedOnly({ headroomTokens: lesser(a.headroomTokens, b.headroomTokens) }),
  }
}

/** Waiting helps only where something is in flight in all of them; the one to name is the tightest of those that waiting does not help. */
function whatIsShort(short: readonly Limited[], worstCase: WorstCase): WhatIsShort {
  const tightest = short.toSorted((one, other) => byRoom(roomFor(worstCase, one), roomFor(worstCase, other)))
  const stuck = tightest.filter(({ scope }) => !hasReservations(scope))
  const [first] = stuck
  if (!first) return { inFlight: true, ...nameOf(tightest[0]!) }
  const several = stuck.map(limited => ({ ...headroomOf(limited), ...nameOf(limited) }))
  return { inFlight: false, ...nameOf(first), ...(several.length > 1 && { several }) }
}

interface Room {
  readonly pico: number
  readonly tokens: number
}

/** The headroom that is told is the least of all: beside the name of another scope it would send people to raise the wrong limit. */
function byRoom(one: Room, other: Room): number {
  return one.pico - other.pico || one.tokens - other.tokens
}

/** Of what the worst case fits there is enough, however much that is. */
function roomFor(worstCase: WorstCase, limited: Limited): Room {
  const { headroomPico, headroomTokens } = headroomOf(limited)
  return {
    pico: fits(worstCase, definedOnly({ headroomPico })) ? ENOUGH : Number(headroomPico),
    tokens: fits(worstCase, definedOnly({ headroomTokens })) ? ENOUGH : Number(headroomTokens),
  }
}

const ENOUGH = Number.MAX_VALUE

type Named = Pick<ShortScope, 'scopeId' | 'slice' | 'budget'>
type WhatIsShort = Named & Pick<NotReserved, 'inFlight' | 'several'>

function nameOf({ scope, slice, budget }: Limited): Named {
  return { scopeId: scope.scope_id, ...(slice && { slice }), ...(budget && { budget }) }
}
