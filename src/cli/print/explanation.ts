/**
 * The plan of a call that nobody makes, as `explain --class` prints it.
 *
 * @module
 */
import { limitWords } from '../../core/budgets/limit-words.ts'
import { describeScope } from '../../core/budgets/shared-budget.ts'
import type { Endpoint } from '../../core/endpoints.ts'
import { mostWithin } from '../../core/money/cost.ts'
import { formatMoney } from '../../core/money/format-money.ts'
import { worstCase } from '../../core/money/worst-case.ts'
import { outputLimitAt } from '../../core/routing/call/output-limit.ts'
import { BATCH_PERCENT, batchKeptMs } from '../../core/vendor-batch.ts'
import { formatDuration } from '../../core/words/format-duration.ts'
import type { ExplainedCandidate, Explanation } from '../../runtime/routes/explain-route.ts'
import { folding, renderTableWithin } from './table.ts'
import { formatCount, priceWords } from './words.ts'

export function explanationJson({ taskClass, rejections, ...explanation }: Explanation) {
  return {
    class: taskClass.name,
    ...(taskClass.batchMs !== undefined && { batchMs: taskClass.batchMs, batchPercent: BATCH_PERCENT }),
    ...explanation,
    rejections: rejections.map(({ endpoint, rejection, found, change }) => ({
      endpoint: endpoint.id,
      provider: endpoint.provider,
      model: endpoint.model,
      ...rejection,
      found,
      change,
    })),
  }
}

export function explanationWords(explanation: Explanation, width: number | undefined): string {
  const { taskClass, needs, maxOutputTokens, candidates, rejections, endpoints, disabled } = explanation
  const abilities = needs.abilities.length > 0 ? `, ${needs.abilities.join(', ')}` : ''
  const least = needs.outputTokens === maxOutputTokens ? '' : `${formatCount(needs.outputTokens)} to `
  const output = `${least}${formatCount(maxOutputTokens)} out`
  const asked = `${formatCount(needs.promptTokens)} tokens in, ${output}${abilities}`
  return [
    ...explanation.ways.map(({ from, to, why }) => `Class ${from} leads to ${to}: ${why}.`),
    `A call of class ${taskClass.name} (${asked}): ${candidates.length} of ${endpoints} endpoints can serve it.`,
    ...batchLines(taskClass, candidates),
    ...(candidates.length > 0 ? ['', candidatesTable(explanation, width), '', orderWords(taskClass.sort)] : []),
    ...budgetLines(explanation.budgets),
    ...rejectionLines(rejections.filter(isInClass)),
    ...outsideLines(
      taskClass.name,
      rejections.filter(rejected => !isInClass(rejected)),
    ),
    ...disabled.map(({ provider, reason }) => `  every endpoint of ${provider}: the provider is disabled, ${reason}`),
  ].join('\n')
}

function batchLines({ batchMs }: Explanation['taskClass'], candidates: readonly Endpoint[]): readonly string[] {
  if (batchMs === undefined) return []
  const asked = `In a batch for ${formatDuration(batchMs)}, at ${BATCH_PERCENT} % of the usual price; after that as usual.`
  if (candidates.length === 0) return [asked]
  const keptMs = Math.max(...candidates.map(batchKeptMs))
  return [`${asked} Vendors keep a batch for up to ${formatDuration(keptMs)}.`]
}

/** Towards which it counts; how they stand, `signalbox budget list` knows. */
function budgetLines(budgets: Explanation['budgets']): readonly string[] {
  if (budgets.length === 0) return []
  const lines = budgets.map(
    ({ name, scope, per, ...limit }) => `  ${name}: ${limitWords(limit)} per ${per} for ${describeScope(scope)}`,
  )
  return ['', `Counts towards ${budgets.length === 1 ? 'one budget' : `${budgets.length} budgets`}:`, ...lines]
}

type Rejected = Explanation['rejections'][number]

const isInClass = ({ rejection }: Rejected) => rejection.rule !== 'not-in-class'

function rejectionLines(rejected: readonly Rejected[]): readonly string[] {
  if (rejected.length === 0) return []
  const lines = rejected.map(({ endpoint, found, change }) => `  ${endpoint.id}: ${found}; ${change}`)
  return ['', `Rejected (${rejected.length}):`, ...lines]
}

/** A provider of the catalogue has dozens of models, with which one and the same is the matter: a line for each provider. */
function outsideLines(className: string, rejected: readonly Rejected[]): readonly string[] {
  if (rejected.length === 0) return []
  const providers = [...new Set(rejected.map(({ endpoint }) => endpoint.provider))]
  const modelsOf = (name: string) => rejected.flatMap(({ endpoint: its }) => (its.provider === name ? [its.model] : []))
  const lines = providers.map(name => `  ${name}: ${modelsOf(name).join(', ')}`)
  return ['', `Not in the class (${rejected.length}); to ask one, add it to classes.${className}.models:`, ...lines]
}

/** What the order follows, so that another run's order is no surprise. */
function orderWords(sort: Explanation['taskClass']['sort']): string {
  switch (sort) {
    case 'order':
      return 'In the order in which the class lists its models.'
    case 'price':
      return 'By the expected cost of this call.'
    case 'latency':
      return "By the worker's average time to first token, which it has to measure first: until then as listed."
    case 'throughput':
      return "By the worker's measured output tokens per second; endpoints that were never measured come first."
    case 'measured':
      return 'By place, where equals share one; in a place by the expected cost of the call with its time and risk in it, of endpoints that nobody has measured yet: the usual.'
    case undefined:
      return 'Models as the class lists them. Among endpoints of one model each run draws its own order, weighted by 1/price².'
  }
}

type Row = readonly [number, ExplainedCandidate]

function candidatesTable(
  { taskClass, candidates, needs: { promptTokens }, maxOutputTokens }: Explanation,
  width: number | undefined,
): string {
  const mostWords = (endpoint: Endpoint, percent = 100) => {
    const most = outputLimitAt(endpoint, promptTokens, maxOutputTokens)
    const pico = worstCase({ promptTokens, maxOutputTokens: most, price: endpoint.price })
    return pico === undefined ? 'unknown' : formatMoney(mostWithin(pico, percent))
  }
  const inBatch = ([, endpoint]: Row) => mostWords(endpoint, BATCH_PERCENT)
  return renderTableWithin<Row>(
    width,
    [
      { title: '#', cell: ([index]) => String(index + 1), align: 'right' },
      { title: 'endpoint', cell: ([, endpoint]) => endpoint.id },
      folding('window', ([, { contextWindow }]) => formatCount(contextWindow) || 'unknown', 'right'),
      { title: 'USD per million in/out', cell: ([, { price }]) => priceWords(price), align: 'right' },
      { title: 'costs at most', cell: ([, endpoint]) => mostWords(endpoint), align: 'right' },
      ...(taskClass.batchMs === undefined ? [] : [{ title: 'in a batch', cell: inBatch, align: 'right' as const }]),
      folding('keeps', ([, { dataPolicy }]) => dataPolicy.retention ?? 'unknown'),
      folding('region', ([, { dataPolicy }]) => dataPolicy.region ?? 'unknown'),
      ...(taskClass.reasoning ? [folding<Row>('thinks', ([, { reasoning }]) => reasoning ?? 'as it will')] : []),
    ],
    [...candidates.entries()],
  )
}
