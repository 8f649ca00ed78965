/**
 * A call of a run with its plans, as `explain <run> --step` prints it.
 *
 * @module
 */
import { endWords } from '../../core/faults/attempt-end.ts'
import type { AttemptRecord } from '../../core/ports.ts'
import type { CandidateRecord } from '../../core/routing/route/route-record.ts'
import { BATCH_PERCENT } from '../../core/vendor-batch.ts'
import { some } from '../../core/words/some.ts'
import { timeWords } from '../../core/words/time-words.ts'
import type { ExplainedCall, ExplainedPlan, RejectionInWords } from '../../runtime/routes/explain-call.ts'
import { callJson } from './calls-table.ts'
import { formatCost } from './money.ts'
import { folding, renderTableWithin } from './table.ts'
import { formatCount, formatDuration, formatTime } from './words.ts'

export function explainedCallJson({ call, ...more }: ExplainedCall) {
  return { ...callJson(call), ...more }
}

export function explainedCallWords({ call, plans, runEnded }: ExplainedCall, width: number | undefined): string {
  const head = `Step ${call.step} of run ${call.runId}, asked in class ${call.taskClass}`
  const unplanned = plans.length === 0 ? ['', 'Its plan is not known: the call is from before plans were kept.'] : []
  return [
    `${head}: ${call.answeredBy === undefined ? 'not answered' : `answered by ${call.answeredBy}`}`,
    ...unplanned,
    ...plans.flatMap((plan, at) => ['', ...planLines(plan, { number: at + 1, inBatch: isInBatch(call, plan), width })]),
    '',
    'What it met:',
    ...(call.attempts.length > 0 ? call.attempts.flatMap(attemptLines) : ['  nobody was asked']),
    ...(runEnded ? ['', `Its run ended: ${[runEnded.outcome, runEnded.message].filter(Boolean).join(' · ')}`] : []),
  ].join('\n')
}

/** Whether one of its attempts was handed over in a batch. */
function isInBatch({ attempts }: ExplainedCall['call'], plan: ExplainedPlan): boolean {
  return attempts.some(({ batch, taskClass }) => batch !== undefined && taskClass === plan.class)
}

interface PlanShown {
  readonly number: number
  readonly inBatch: boolean
  readonly width: number | undefined
}

function planLines(plan: ExplainedPlan, { number, inBatch, width }: PlanShown): readonly string[] {
  const { needs, candidates, more, rejections, blocked } = plan
  const abilities = needs.abilities.length > 0 ? `, ${needs.abilities.join(', ')}` : ''
  const asked = `${formatCount(needs.promptTokens)} tokens in, at most ${formatCount(needs.outputTokens)} out${abilities}`
  const isOutside = ({ rejection }: RejectionInWords) => rejection.rule === 'not-in-class'
  const outside = rejections.filter(isOutside).map(({ endpoint }) => endpoint)
  return [
    `Plan ${number} (${formatTime(plan.atMs)} UTC, ${plan.version}): class ${plan.class}, ${asked}`,
    ...(plan.ways ?? []).map(({ from, to, why }) => `  class ${from} led to ${to}: ${why}`),
    ...(candidates.length > 0
      ? [candidatesTable(plan, inBatch, width)]
      : [`  ${blocked ?? 'no endpoint could serve it'}`]),
    ...(more ? [`  and ${more} more behind those`] : []),
    ...candidates.flatMap(heldBackLine),
    ...rejectionLines(rejections.filter(rejection => !isOutside(rejection))),
    ...(outside.length > 0 ? [`  not in the class: ${some(outside, MOST_OUTSIDE)}`] : []),
  ]
}

/** Of what the class does not list, which may be hundreds of endpoints. */
const MOST_OUTSIDE = 5

function heldBackLine({ endpoint, heldBack }: CandidateRecord): readonly string[] {
  if (!heldBack) return []
  const { ms, by } = heldBack
  return [`  ${endpoint} was ${ms === undefined ? 'turned away' : `held back for ${formatDuration(ms)}`}: ${by}`]
}

function rejectionLines(rejected: readonly RejectionInWords[]): readonly string[] {
  if (rejected.length === 0) return []
  return [
    `  rejected (${rejected.length}):`,
    ...rejected.map(({ endpoint, found, change }) => `    ${endpoint}: ${found}; ${change}`),
  ]
}

/** What a candidate was compared by is no forecast: most calls give less than all the output that they may. */
function candidatesTable({ candidates, sort }: ExplainedPlan, inBatch: boolean, width: number | undefined): string {
  const compared = sort === 'measured' ? 'with time and risk' : 'with all output'
  const number = (value: number | undefined, words: (value: number) => string) =>
    value === undefined ? '' : words(value)
  const halved = ([, its]: readonly [number, CandidateRecord]) =>
    number(its.expectedUsd, usd => `$${Number(((usd * BATCH_PERCENT) / 100).toPrecision(3))}`)
  // With time and risk in it, half of the figure would be half of these too.
  const hasHalf = inBatch && sort !== 'measured'
  return renderTableWithin<readonly [number, CandidateRecord]>(
    width,
    [
      { title: '#', cell: ([at]) => String(at + 1), align: 'right' },
      { title: 'endpoint', cell: ([, { endpoint }]) => endpoint },
      { title: compared, cell: ([, its]) => number(its.expectedUsd, usd => `$${usd}`), align: 'right' },
      ...(hasHalf ? [{ title: 'in a batch', cell: halved, align: 'right' as const }] : []),
      folding('first token', ([, its]) => formatDuration(its.firstTokenMs), 'right'),
      folding('tokens/s', ([, its]) => number(its.tokensPerSecond, String), 'right'),
      folding('fails', ([, its]) => number(its.failureChance, chance => `${(chance * 100).toFixed(1)} %`), 'right'),
      folding('warm', ([, its]) => number(its.warmTokens, formatCount), 'right'),
      { title: '', cell: ([, its]) => (its.ejected ? 'ejected' : its.unsteady ? 'unsteady' : '') },
    ],
    [...candidates.entries()],
  )
}

function attemptLines(attempt: AttemptRecord): readonly string[] {
  const { endpoint, reason, outcome, fault, totalMs, cost, taskClass, unhedged, batch } = attempt
  const met = endWords({ outcome, fault: fault?.kind })
  const took = totalMs === undefined ? '' : ` after ${formatDuration(totalMs)}`
  const spent = cost ? formatCost(cost) : 'unpriced'
  return [
    `  ${attempt.attempt}. ${endpoint} in class ${taskClass} (${reason}): ${met}${took}, ${spent}`,
    ...(fault ? [`     ${fault.message}`] : []),
    ...(batch === undefined ? [] : [`     in batch ${batch}, since ${timeWords(attempt.startedAtMs)}`]),
    ...(unhedged === undefined ? [] : [`     not hedged: ${unhedged}`]),
  ]
}
