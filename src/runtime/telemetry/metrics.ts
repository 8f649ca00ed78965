/**
 * What is counted. The instruments are Temporal's own, so that the figures go wherever the worker's go.
 *
 * @module
 */
import type { MetricMeter, MetricTags } from '@temporalio/common'
import { endedHandedOver } from '../../core/faults/attempt-end.ts'
import type { AttemptEnd } from '../../core/ports.ts'
import type { CallModelInput, CallModelResult } from '../../core/protocol.ts'
import type { Usage } from '../../core/usage.ts'
import { METRIC, providerName, type Spelling, spelt, TAG } from './names.ts'
import type { SeenAttempt } from './observe-ledger.ts'

export interface Metrics {
  attemptEnded(attempt: SeenAttempt, end: AttemptEnd): void
  callEnded(input: CallModelInput, result: CallModelResult): void
  toolCharged(name: string, pricePico: string): void
  breaker(endpoint: string, isOpen: boolean): void
  budget(name: string, share: number): void
  budgetWarned(name: string, share: number): void
}

/** @param spell - As the exporter behind the meter takes names. */
export function createMetrics(meter: MetricMeter, spell: Spelling): Metrics {
  const [metric, tag] = [spelt(METRIC, spell), spelt(TAG, spell)]
  const calls = meter.createCounter(metric.calls, '{call}', 'Model calls by class and how they ended')
  const toolCost = meter.createHistogram(metric.toolCost, 'float', 'USD', 'What calls of tools with a price have cost')
  const waits = meter.createHistogram(metric.waits, 'float', 's', 'Waits that became durable timers')
  const breaker = meter.createGauge(metric.breakerOpen, 'int', '1', 'Whether the breaker of an endpoint is open')
  const budget = meter.createGauge(metric.budgetShare, 'float', '1', 'The share of a budget that is spent')
  const warnings = meter.createCounter(metric.budgetWarnings, '{warning}', 'Shares of budgets that were reached')
  return {
    attemptEnded: createAttemptMetrics(meter, metric, tag),
    callEnded({ taskClass }, result) {
      const outcome = result.kind === 'fault' ? result.fault.kind : result.kind
      calls.add(1, { [tag.taskClass]: taskClass, [tag.outcome]: outcome })
      if (result.kind === 'wait') waits.record(result.ms / 1_000, { [tag.taskClass]: taskClass })
    },
    toolCharged: (name, pricePico) => toolCost.record(Number(pricePico) / 1e12, { [tag.toolName]: name }),
    breaker: (endpoint, isOpen) => breaker.set(isOpen ? 1 : 0, { [tag.endpoint]: endpoint }),
    budget: (name, share) => budget.set(share, { [tag.budget]: name }),
    budgetWarned: (name, share) => warnings.add(1, { [tag.budget]: name, [tag.share]: share }),
  }
}

function createAttemptMetrics(
  meter: MetricMeter,
  metric: Record<keyof typeof METRIC, string>,
  tag: Record<keyof typeof TAG, string>,
): Metrics['attemptEnded'] {
  const attempts = meter.createCounter(metric.attempts, '{attempt}', 'Attempts by provider, model and how they ended')
  const cost = meter.createHistogram(metric.cost, 'float', 'USD', 'What attempts have cost, at most')
  const tokens = meter.createCounter(metric.tokens, '{token}', 'Tokens of all kinds, also parts of others')
  const usage = meter.createHistogram(metric.tokenUsage, 'int', '{token}', 'Input and output tokens of attempts')
  const duration = meter.createHistogram(metric.duration, 'float', 's', 'Attempts from departure to end')
  const firstChunk = meter.createHistogram(metric.firstChunk, 'float', 's', 'Attempts until their first token')
  return ({ endpoint, call }, end) => {
    const of: MetricTags = {
      [tag.operation]: 'chat',
      [tag.provider]: providerName(endpoint),
      [tag.requestModel]: endpoint.upstream,
    }
    const ours = { ...of, [tag.taskClass]: call.taskClass }
    attempts.add(1, { ...ours, [tag.outcome]: outcomeOf(end) })
    if (end.cost) cost.record(Number(end.cost.highPico) / 1e12, ours)
    for (const [kind, count] of countsOf(end.usage)) tokens.add(count, { ...ours, [tag.tokenType]: kind })
    const { inputTokens, outputTokens } = end.usage ?? {}
    if (inputTokens !== undefined) usage.record(inputTokens, { ...of, [tag.tokenType]: 'input' })
    if (outputTokens !== undefined) usage.record(outputTokens, { ...of, [tag.tokenType]: 'output' })
    const failed = end.fault ? { ...of, [tag.errorType]: end.fault.kind } : of
    if (end.totalMs !== undefined) duration.record(end.totalMs / 1_000, failed)
    if (end.firstTokenMs !== undefined) firstChunk.record(end.firstTokenMs / 1_000, of)
  }
}

/** An attempt that a worker aborts as it ends has a fault too, but did not fail. */
function outcomeOf({ outcome, fault }: AttemptEnd): string {
  if (endedHandedOver({ outcome, fault: fault?.kind })) return 'handed-over'
  return outcome === 'fault' && fault ? fault.kind : outcome
}

const KINDS: Readonly<Partial<Record<keyof Usage, string>>> = {
  inputTokens: 'input',
  cacheReadTokens: 'cache_read',
  cacheWriteTokens: 'cache_write',
  outputTokens: 'output',
  reasoningTokens: 'reasoning',
}

function countsOf(usage: Usage = {}): readonly (readonly [kind: string, count: number])[] {
  return (Object.keys(KINDS) as (keyof Usage)[]).flatMap(kind => {
    const count = usage[kind]
    return count ? [[KINDS[kind]!, count] as const] : []
  })
}
