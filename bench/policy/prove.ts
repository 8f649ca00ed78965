/**
 * Holds random plans against what policies promise:
 *
 * 1. no candidate breaks a policy of any level, nor by being asked in a batch where its class asks so;
 * 2. tightening any level never adds a candidate;
 * 3. candidates and rejections are all endpoints, each once, and none is rejected for a policy that it keeps.
 *
 * @module
 */
import type { PolicyAt } from '../../src/core/policy/policy.ts'
import type { PlanInput } from '../../src/core/routing/call/plan-input.ts'
import { type Roster, rosterOf } from '../../src/core/routing/filter/roster.ts'
import { planRoute } from '../../src/core/routing/plan-route.ts'
import type { Route } from '../../src/core/routing/route/route.ts'
import {
  type Draw,
  drawClass,
  drawEndpoints,
  drawFrom,
  drawHealth,
  drawNeeds,
  drawPolicies,
  drawPolicyAt,
  LEVELS,
} from './draw.ts'
import { keepsAll, keepsAllInBatch } from './oracle.ts'

export interface Proof {
  readonly plans: number
  /** Over all plans; many of each, or the plans say nothing. */
  readonly candidates: number
  readonly rejectedByPolicy: number
  /** One line for each promise that was broken, at most twenty. */
  readonly failures: readonly string[]
}

/** A catalogue serves so many plans: to draw it takes longer than to plan. */
const PLANS_PER_CATALOGUE = 20
const MOST_FAILURES = 20

export function provePolicy(plans: number, seed: number): Proof {
  const draw = drawFrom(seed)
  const failures: string[] = []
  let candidates = 0
  let rejectedByPolicy = 0
  let roster = rosterOf([])
  for (let plan = 0; plan < plans && failures.length < MOST_FAILURES; plan += 1) {
    if (plan % PLANS_PER_CATALOGUE === 0) roster = rosterOf(drawEndpoints(draw))
    const input = drawInput(draw, roster)
    const route = planRoute(input, roster)
    candidates += route.candidates.length
    rejectedByPolicy += route.rejections.filter(({ rejection }) => rejection.rule === 'policy').length
    const tighter = planRoute({ ...input, policies: tightened(draw, input.policies) }, roster)
    for (const failure of [...broken(input, route), ...added(route, tighter)])
      failures.push(`plan ${plan} of seed ${seed}: ${failure}`)
  }
  return { plans, candidates, rejectedByPolicy, failures }
}

function drawInput(draw: Draw, { endpoints }: Roster): PlanInput {
  const taskClass = drawClass(draw)
  const policies = drawPolicies(draw)
  return {
    endpoints,
    taskClass,
    needs: drawNeeds(draw),
    policies,
    health: drawHealth(draw, endpoints),
    draw: draw.chance(),
  }
}

/** One level asks for more than before, or for the first time. */
function tightened(draw: Draw, policies: readonly PolicyAt[]): readonly PolicyAt[] {
  return [...policies, drawPolicyAt(draw, draw.one(LEVELS), 0.25)]
}

function broken({ endpoints, policies, taskClass }: PlanInput, route: Route): readonly string[] {
  const failures: string[] = []
  const seen = new Set<string>()
  for (const endpoint of route.candidates) {
    seen.add(endpoint.id)
    if (!keepsAll(endpoint, policies)) failures.push(`the candidate ${endpoint.id} breaks a policy`)
    if (taskClass.batchMs !== undefined && !(endpoint.batch && keepsAllInBatch(endpoint, policies)))
      failures.push(`the candidate ${endpoint.id} may not be asked in a batch`)
  }
  for (const { endpoint, rejection } of route.rejections) {
    seen.add(endpoint.id)
    if (rejection.rule === 'policy' && keepsAll(endpoint, policies))
      failures.push(`${endpoint.id} keeps every policy and is rejected for ${rejection.breach.rule}`)
    if (rejection.rule === 'batch' && endpoint.batch && keepsAllInBatch(endpoint, policies))
      failures.push(`${endpoint.id} may be asked in a batch and is rejected for it`)
  }
  const listed = route.candidates.length + route.rejections.length
  if (seen.size !== endpoints.length || listed !== endpoints.length)
    failures.push(`${listed} candidates and rejections of ${seen.size} endpoints, where there are ${endpoints.length}`)
  return failures
}

function added(route: Route, tighter: Route): readonly string[] {
  const before = new Set(route.candidates)
  return tighter.candidates
    .filter(endpoint => !before.has(endpoint))
    .map(({ id }) => `${id} became a candidate by a tighter policy`)
}
