/**
 * Which endpoints of a roster the policies of a call admit. Calls of one class, workspace and run have the same policies, so the answer is
 * kept with the roster.
 *
 * @module
 */
import type { Endpoint } from '../../endpoints.ts'
import { admits, combinePolicies, type PolicyAt } from '../../policy/policy.ts'
import { policyBreach } from '../../policy/policy-breach.ts'
import type { Rejection } from './rejection.ts'

/** For each endpoint of a roster, in its order, whether policies admit it. */
export interface PolicyColumn {
  /** 1 if all policies admit the endpoint. */
  readonly admitted: Uint8Array
  /** The rejections that were made so far, by the endpoint's place. */
  readonly rejections: Rejection[]
}

/** What is needed of a roster here. */
interface Columns {
  readonly endpoints: readonly Endpoint[]
  readonly policyColumns: Map<string, PolicyColumn>
}

/** How many sets of policies are remembered: about 100 kB with 500 endpoints. */
const KEPT = 64

/** The column for these policies, made at most once for each set that is remembered. */
export function policyColumn(roster: Columns, policies: readonly PolicyAt[]): PolicyColumn {
  const key = JSON.stringify(policies)
  const kept = roster.policyColumns.get(key)
  if (kept) return kept
  if (roster.policyColumns.size >= KEPT) roster.policyColumns.clear()
  const column = { admitted: admittedBy(roster, policies), rejections: [] }
  roster.policyColumns.set(key, column)
  return column
}

/** The rejection of an endpoint that is not admitted. Made once for each, because it contains words. */
export function policyRejection(
  { endpoints }: Columns,
  at: number,
  column: PolicyColumn,
  policies: readonly PolicyAt[],
): Rejection | undefined {
  if (column.admitted[at] === 1) return undefined
  const kept = column.rejections[at]
  if (kept) return kept
  const breach = policyBreach(endpoints[at]!, policies)
  if (!breach) throw new Error(`${endpoints[at]!.id} breaks no policy and was rejected for one. This is a bug`)
  const rejection = { rule: 'policy', breach } as const
  column.rejections[at] = rejection
  return rejection
}

function admittedBy({ endpoints }: Columns, policies: readonly PolicyAt[]): Uint8Array {
  const everywhere = combinePolicies(policies.filter(({ provider }) => provider === undefined))
  const atProvider = policiesByProvider(policies)
  return Uint8Array.from(endpoints, endpoint => {
    const its = atProvider.get(endpoint.provider)
    return admits(everywhere, endpoint) && (its === undefined || (its !== null && admits(its, endpoint))) ? 1 : 0
  })
}

/** The policies that apply at single providers in addition; `null` if the call may not go there at all. */
function policiesByProvider(policies: readonly PolicyAt[]) {
  const keys = policies.filter(({ provider }) => provider !== undefined)
  return new Map(
    [...new Set(keys.map(({ provider }) => provider!))].map(name => {
      const its = keys.filter(({ provider }) => provider === name)
      return [name, its.some(({ blockedBy }) => blockedBy !== undefined) ? null : combinePolicies(its)] as const
    }),
  )
}
