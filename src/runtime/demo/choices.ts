/**
 * What the router's choices came to, for the demo's tables: which calls moved after a fault, what caches saved, which calls
 * were hedged, which escalated.
 *
 * @module
 */
import type { Endpoint } from '../../core/endpoints.ts'
import { readReason } from '../../core/faults/attempt-reason.ts'
import { groupBy } from '../../core/group-by.ts'
import { formatUsd } from '../../core/money/pico.ts'
import { pricedUsage } from '../../core/money/price-of.ts'
import type { AttemptRecord } from '../../core/ports.ts'
import type { Usage } from '../../core/usage.ts'
import type { CallReport } from '../../store/index.ts'
import type { DemoCache, DemoEscalation, DemoFallback, DemoHedge } from './report-types.ts'

/** The moves of one call: each attempt that ended in a fault and was followed by one at another endpoint, of the same class. */
export function fallbacksOf({ runId, step, taskClass, attempts }: CallReport): readonly DemoFallback[] {
  return attempts.flatMap(({ fault, endpoint }, index) => {
    const next = attempts[index + 1]
    if (!fault || !next || next.endpoint === endpoint || readReason(next.reason).special === 'escalated') return []
    return [{ run: runId, step, class: taskClass, fault: fault.kind, from: endpoint, to: next.endpoint }]
  })
}

/**
 * For each run and endpoint where something was read from a cache: what its answers cost by the price list, what their
 * usage would have cost with nothing cached and nothing written, and the difference.
 */
export function cachesOf(calls: readonly CallReport[], endpoints: readonly Endpoint[]): readonly DemoCache[] {
  const answers = calls.flatMap(({ attempts }) => attempts.filter(({ outcome }) => outcome === 'answered'))
  const byId = new Map(endpoints.map(endpoint => [endpoint.id, endpoint]))
  const groups = groupBy(answers, ({ runId, endpoint }) => `${runId} ${endpoint}`)
  return [...groups.values()]
    .map(group => cacheOf(group, byId.get(group[0]!.endpoint)))
    .filter(({ cachedTokens }) => cachedTokens > 0)
}

function cacheOf(answers: readonly AttemptRecord[], endpoint: Endpoint | undefined): DemoCache {
  const { runId, endpoint: id } = answers[0]!
  const paid = sum(answers, ({ usage }) => picoOf(usage, endpoint))
  const uncached = sum(answers, ({ usage }) => picoOf(withoutCache(usage), endpoint))
  return {
    run: runId,
    endpoint: id,
    answers: answers.length,
    inputTokens: count(answers, ({ inputTokens }) => inputTokens),
    cachedTokens: count(answers, ({ cacheReadTokens }) => cacheReadTokens),
    paidUsd: formatUsd(paid),
    uncachedUsd: formatUsd(uncached),
    savedUsd: formatUsd(uncached - paid),
  }
}

function withoutCache({ inputTokens, outputTokens, reasoningTokens }: Usage): Usage {
  return { inputTokens, outputTokens, reasoningTokens }
}

function picoOf(usage: Usage, endpoint: Endpoint | undefined): bigint {
  const priced = pricedUsage(usage, endpoint?.price)
  return priced.kind === 'priced' ? priced.pico : 0n
}

function sum(answers: readonly AttemptRecord[], of: (answer: AttemptRecord) => bigint): bigint {
  return answers.reduce((total, answer) => total + of(answer), 0n)
}

function count(answers: readonly AttemptRecord[], of: (usage: Usage) => number | undefined): number {
  return answers.reduce((total, { usage }) => total + (of(usage) ?? 0), 0)
}

/** Calls whose first endpoint was slow to begin, so that a second one was asked beside it. */
export function hedgesOf({ runId, step, taskClass, attempts, answeredBy }: CallReport): readonly DemoHedge[] {
  return attempts.flatMap((second, at) => {
    const first = attempts[at - 1]
    if (!first || readReason(second.reason).special !== 'hedge') return []
    const { reason, endpoint } = second
    const answered = answeredBy ?? null
    return [
      { run: runId, step, class: taskClass, first: first.endpoint, second: endpoint, answeredBy: answered, reason },
    ]
  })
}

/** Answers of the wrong shape that were asked again of the class that their own names for it. */
export function escalationsOf({ runId, step, attempts, answeredBy }: CallReport): readonly DemoEscalation[] {
  return attempts.flatMap((attempt, at) => {
    const before = attempts[at - 1]
    if (!before || readReason(attempt.reason).special !== 'escalated') return []
    const classes = { from: before.taskClass, to: attempt.taskClass }
    const endpoints = { gaveUpOn: before.endpoint, answeredBy: answeredBy ?? null }
    return [{ run: runId, step, ...classes, ...endpoints, reason: attempt.reason }]
  })
}
