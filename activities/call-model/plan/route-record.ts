/**
 * Keeps the plan of a call in the ledger, with the first row that is written under it.
 *
 * @module
 */
import { createHash } from 'node:crypto'
import type { KeptRoute } from '../../../src/core/ports.ts'
import {
  candidateRecords,
  closedRecords,
  type HeldBack,
  MOST_CANDIDATES,
  ownPolicies,
  type RouteRecord,
  rejectionGroups,
  rejectionKey,
} from '../../../src/core/routing/route/route-record.ts'
import type { CallModelPorts } from '../ports.ts'
import type { Prepared } from '../prepare/prepared.ts'
import type { KnownRejection } from '../remembered.ts'
import type { Plan } from './plan.ts'

/** Enough for most configurations: each has about as many as its classes times the kinds of calls. */
const MOST_KNOWN = 1_000

/** The plan as it is written, with its rejections where this worker has not stored them yet. */
export function keptRoute(
  ports: CallModelPorts,
  prepared: Prepared,
  plan: Plan,
  heldBack: Iterable<readonly [string, HeldBack]> = [],
): KeptRoute {
  const rejections = plan.planInput && rejectionsOf(ports, prepared, plan)
  const held = new Map([...givingLess(plan), ...heldBack])
  const candidates = plan.planInput ? candidateRecords(plan.route, plan.planInput, ports.roster, held) : []
  const record = recordOf(ports, prepared, plan, { candidates, rejections: rejections?.digest })
  return { record: JSON.stringify(record), ...(rejections && !rejections.stored && { rejections }) }
}

/**
 * The endpoints that give less output than the call asks for: they are asked after the others. None if all of them give less,
 * since then none is held back.
 */
function givingLess({ route, lessOutputAt }: Plan): readonly (readonly [string, HeldBack])[] {
  const { candidates } = route
  const less = candidates.flatMap(endpoint => {
    const most = lessOutputAt(endpoint)
    return most === undefined ? [] : [[endpoint.id, { by: `it gives at most ${most} tokens of output` }] as const]
  })
  return less.length === candidates.length ? [] : less
}

/** Notes that these rejections are in the store now, so that they are not written again. */
export function noteKept({ knownRejections }: CallModelPorts, { rejections }: KeptRoute): void {
  if (!rejections) return
  for (const known of knownRejections.values()) if (known.digest === rejections.digest) known.stored = true
}

function recordOf(
  { directory }: CallModelPorts,
  { call, taskClass, ways, input, known }: Prepared,
  { route, planInput, needs, noRoute }: Plan,
  { candidates, rejections }: Pick<RouteRecord, 'candidates'> & { readonly rejections: string | undefined },
): RouteRecord {
  const closed = closedRecords(route)
  const more = route.candidates.length - MOST_CANDIDATES
  return {
    version: directory.catalogVersion,
    atMs: call.startedAtMs,
    asked: call.asked ?? call.taskClass,
    class: taskClass.name,
    ...(ways && ways.length > 0 && { ways }),
    needs,
    ...(taskClass.sort && { sort: taskClass.sort }),
    draw: input.memory.draw,
    moneyLimited: input.run.moneyLimited === true,
    ...(input.settings?.maxOutputTokens !== undefined && { maxOutputTokens: input.settings.maxOutputTokens }),
    lineage: call.transcript.lineage,
    ...(known && { known }),
    ...(input.policy && { policy: withoutPatterns(input.policy) }),
    ...(!planInput && { blocked: noRoute().message }),
    candidates,
    ...(more > 0 && { more }),
    ...(closed.length > 0 && { closed }),
    ...(rejections !== undefined && { rejections }),
  }
}

/** The policy without its content rules: a pattern may be confidential. */
function withoutPatterns({ content: _, ...policy }: NonNullable<Prepared['input']['policy']>) {
  return policy
}

function rejectionsOf(
  { knownRejections, directory, roster }: CallModelPorts,
  { taskClass, policies, input }: Prepared,
  { route, needs }: Plan,
): KnownRejection | undefined {
  if (route.rejections.length === 0) return undefined
  const own = ownPolicies(policies)
  const salt = [
    directory.catalogVersion,
    taskClass.name,
    input.run.workspace,
    policies.length,
    needs.abilities.join(),
    own.length > 0 ? JSON.stringify(own) : '',
  ].join(' ')
  const key = rejectionKey(route, roster, salt)
  const known = knownRejections.get(key)
  if (known) return known
  if (knownRejections.size >= MOST_KNOWN) knownRejections.clear()
  const body = JSON.stringify(rejectionGroups(route))
  const made = { digest: createHash('sha256').update(body).digest('hex').slice(0, 24), body, stored: false }
  knownRejections.set(key, made)
  return made
}
