/**
 * Makes the demo's report out of what the ledger and the meters have recorded.
 *
 * @module
 */
import { addCost, costUsd, NO_COST } from '../../core/money/cost.ts'
import { formatUsd } from '../../core/money/pico.ts'
import type { AttemptRecord } from '../../core/ports.ts'
import type { Directory } from '../../core/task-class.ts'
import type { CallReport } from '../../store/index.ts'
import { costElsewhere, strongEndpoint } from './all-strong.ts'
import { cachesOf, escalationsOf, fallbacksOf, hedgesOf } from './choices.ts'
import { compareWithMeter, type MeterComparison, type Metered } from './compare-meter.ts'
import type { PerformedRun } from './perform.ts'
import type { DemoAttempt, DemoCall, DemoReport, DemoRun, DemoSum, DemoTotals } from './report-types.ts'

export interface Recorded {
  readonly runs: readonly PerformedRun[]
  /** All calls of these runs. */
  readonly calls: readonly CallReport[]
  /** Every request that the vendors have metered. */
  readonly metered: readonly Metered[]
  readonly directory: Directory
}

export function createReport({ runs, calls, metered, directory }: Recorded): DemoReport {
  const attempts = calls.flatMap(call => call.attempts).toSorted((a, b) => a.startedAtMs - b.startedAtMs)
  const comparison = compareWithMeter(attempts, metered)
  const strong = strongEndpoint(directory)
  const allStrong = new Map(calls.map(call => [call.callId, costElsewhere(call, strong)]))
  const allStrongPico = [...allStrong.values()].reduce<bigint>((sum, pico) => sum + (pico ?? 0n), 0n)
  return {
    runs: runs.map(runOf),
    calls: calls.map(call => callOf(call, allStrong.get(call.callId))),
    attempts: attempts.map(attempt => attemptOf(attempt, comparison)),
    fallbacks: calls.flatMap(fallbacksOf),
    caches: cachesOf(calls, directory.endpoints),
    hedges: calls.flatMap(hedgesOf),
    escalations: calls.flatMap(escalationsOf),
    classes: sumsBy(calls, call => [call.taskClass]),
    labels: sumsBy(calls, call => Object.entries(call.labels).map(([key, value]) => `${key}=${value}`)),
    totals: totalsOf(comparison, allStrongPico, runs),
    meteredRequests: metered.length,
    strongEndpoint: strong.id,
    problems: [...runs.flatMap(unanswered), ...comparison.problems],
  }
}

function runOf({ id, workflow, url, outcome }: PerformedRun): DemoRun {
  const { kind, message, cost, calls, toolCalls } = outcome
  return {
    id,
    workflow,
    outcome: kind,
    ...(message !== undefined && { message }),
    costUsd: costUsd(cost),
    costLowUsd: formatUsd(BigInt(cost.lowPico)),
    calls,
    toolCalls,
    url,
  }
}

function unanswered({ id, outcome }: PerformedRun): readonly string[] {
  if (outcome.kind === 'answered') return []
  return [`run ${id} ended as ${outcome.kind}${outcome.message ? `: ${outcome.message}` : ''}`]
}

function callOf(call: CallReport, allStrongPico: bigint | undefined): DemoCall {
  const { runId, step, taskClass, labels, planned, answeredBy, attempts, usage, cost, startedAtMs, answeredAtMs } = call
  const firstTokenMs = attempts.findLast(attempt => attempt.outcome === 'answered')?.firstTokenMs
  return {
    run: runId,
    step,
    class: taskClass,
    labels,
    planned: planned ?? null,
    answeredBy: answeredBy ?? null,
    attempts: attempts.map(attempt => attempt.reason),
    usage,
    costLowUsd: formatUsd(BigInt(cost.lowPico)),
    costHighUsd: costUsd(cost),
    ...(firstTokenMs !== undefined && { firstTokenMs }),
    ...(answeredAtMs !== undefined && { totalMs: answeredAtMs - startedAtMs }),
    allStrongUsd: allStrongPico === undefined ? null : formatUsd(allStrongPico),
  }
}

function attemptOf(attempt: AttemptRecord, { meteredOf }: MeterComparison): DemoAttempt {
  const { runId, step, taskClass, provider, model, reason, outcome, fault, retention, cost, wireRequestId } = attempt
  const metered = meteredOf.get(wireRequestId)
  return {
    run: runId,
    step,
    class: taskClass,
    attempt: attempt.attempt,
    provider,
    model,
    reason,
    outcome,
    fault: fault?.kind ?? null,
    retention: retention ?? null,
    costLowUsd: cost ? formatUsd(BigInt(cost.lowPico)) : null,
    costHighUsd: cost ? costUsd(cost) : null,
    meterUsd: metered ? formatUsd(BigInt(metered.billedPico)) : null,
    wireRequestId,
    ...(attempt.firstTokenMs !== undefined && { firstTokenMs: attempt.firstTokenMs }),
    ...(attempt.totalMs !== undefined && { totalMs: attempt.totalMs }),
  }
}

function sumsBy(
  calls: readonly CallReport[],
  keysOf: (call: CallReport) => readonly string[],
): Readonly<Record<string, DemoSum>> {
  const keys = [...new Set(calls.flatMap(keysOf))].sort()
  return Object.fromEntries(keys.map(key => [key, sumOf(calls.filter(call => keysOf(call).includes(key)))]))
}

function sumOf(calls: readonly CallReport[]): DemoSum {
  const cost = calls.reduce((sum, call) => addCost(sum, call.cost), NO_COST)
  return { calls: calls.length, costUsd: costUsd(cost), costLowUsd: formatUsd(BigInt(cost.lowPico)) }
}

function totalsOf(comparison: MeterComparison, allStrongPico: bigint, runs: readonly PerformedRun[]): DemoTotals {
  return {
    ledgerExactUsd: formatUsd(comparison.ledgerExactPico),
    meterExactUsd: formatUsd(comparison.meterExactPico),
    ledgerLowUsd: formatUsd(comparison.ledgerLowPico),
    ledgerHighUsd: formatUsd(comparison.ledgerHighPico),
    meterUsd: formatUsd(comparison.meterPico),
    allStrongUsd: formatUsd(allStrongPico),
    toolCalls: runs.reduce((sum, { outcome }) => sum + outcome.toolCalls, 0),
  }
}
