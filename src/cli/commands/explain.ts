import type { Command } from 'commander'
import { describeScope } from '../../core/budgets/shared-budget.ts'
import type { Endpoint } from '../../core/endpoints.ts'
import { formatMoney } from '../../core/money/format-money.ts'
import { worstCase } from '../../core/money/worst-case.ts'
import type { Labels } from '../../core/protocol.ts'
import { outputLimitAt } from '../../core/routing/output-limit.ts'
import type { Explanation, Question } from '../../runtime/explain.ts'
import { EXIT } from '../exit-codes.ts'
import { amount, count, labels, name } from '../parse/values.ts'
import { explainedCallJson, explainedCallWords } from '../print/explained-call.ts'
import { printJson } from '../print/json.ts'
import { priceWords } from '../print/price.ts'
import { folding, renderTableWithin } from '../print/table.ts'
import { formatCount } from '../print/words.ts'
import { CliProblem } from '../problem.ts'
import { withRecords } from '../session.ts'
import type { Terminal } from '../terminal.ts'

interface ExplainFlags {
  readonly step?: number
  readonly class?: string
  readonly promptTokens: number
  readonly outputTokens?: number
  readonly tools?: boolean
  readonly jsonSchema?: boolean
  readonly images?: boolean
  readonly budget?: boolean
  readonly workspace?: string
  readonly label?: Labels
  readonly config?: string
  readonly json?: boolean
}

export function addExplain(program: Command, terminal: Terminal): void {
  program
    .command('explain')
    .description('say why a call of a run went where it went; without a run, plan a call without making it')
    .argument('[run]', 'the run whose call it was', name)
    .option('--step <number>', "the run's step", count)
    .option('--class <name>', 'the task class of a call that nobody makes')
    .option('--prompt-tokens <count>', 'of the prompt', amount, 1_000)
    .option('--output-tokens <count>', "asked for (default: the class's)", count)
    .option('--tools', 'the call has tools')
    .option('--json-schema', 'the answer must satisfy a schema')
    .option('--images', 'the prompt has images')
    .option('--budget', 'the run has a money limit: unknown prices are rejected')
    .option('--workspace <name>', 'whose policy holds too, and whose budgets')
    .option('--label <key=value>', 'of the run or the call, for budgets by label; may be repeated', labels)
    .option('--config <path>', 'the configuration (default: signalbox.yaml)')
    .option('--json', 'print one JSON object')
    .action((run: string | undefined, flags: ExplainFlags) => explainOne(run, flags, terminal))
}

async function explainOne(run: string | undefined, flags: ExplainFlags, terminal: Terminal): Promise<void> {
  const { step, json } = flags
  if (run === undefined && step === undefined && flags.class !== undefined)
    return explain({ ...flags, class: flags.class }, terminal)
  if (run === undefined || step === undefined || flags.class !== undefined)
    throw new CliProblem(
      EXIT.badInput,
      'name a run and its step, as in `signalbox explain my-run --step 3`, or a class, as in `signalbox explain --class strong`',
    )
  const { explainCall } = await import('../../runtime/explain-call.ts')
  await withRecords(terminal, async records => {
    const calls = await explainCall(records, run, step)
    if (json) printJson(terminal, { run, step, calls: calls.map(explainedCallJson) })
    else terminal.print(calls.map(call => explainedCallWords(call, terminal.columns)).join('\n\n'))
  })
}

/** A call that nobody makes. */
type Hypothetical = ExplainFlags & { readonly class: string }

async function explain({ json, config, step: _, ...flags }: Hypothetical, terminal: Terminal): Promise<void> {
  const [{ explainRoute }, { loadConfiguration }] = await Promise.all([
    import('../../runtime/explain.ts'),
    import('../../runtime/configuration.ts'),
  ])
  const explanation = explainRoute(await loadConfiguration(config, terminal.env), questionOf(flags))
  if (json) printJson(terminal, explanationJson(explanation))
  else terminal.print(describe(explanation, terminal.columns))
}

function questionOf({
  class: taskClass,
  jsonSchema,
  budget,
  label,
  ...rest
}: Omit<Hypothetical, 'json' | 'config' | 'step'>): Question {
  return {
    ...rest,
    taskClass,
    ...(label && { labels: label }),
    ...(jsonSchema && { schema: true }),
    ...(budget && { moneyLimited: true }),
  }
}

function explanationJson({
  taskClass,
  ways,
  needs,
  candidates,
  rejections,
  endpoints,
  maxOutputTokens,
  budgets,
  disabled,
}: Explanation) {
  return {
    class: taskClass.name,
    ways,
    needs,
    maxOutputTokens,
    endpoints,
    candidates,
    rejections: rejections.map(({ endpoint, rejection, found, change }) => ({
      endpoint: endpoint.id,
      provider: endpoint.provider,
      model: endpoint.model,
      ...rejection,
      found,
      change,
    })),
    // An address of a webhook may hold a secret.
    budgets: budgets.map(({ webhook: _, ...budget }) => budget),
    disabled,
  }
}

function describe(explanation: Explanation, width: number | undefined): string {
  const { taskClass, needs, maxOutputTokens, candidates, rejections, endpoints, disabled } = explanation
  const abilities = needs.abilities.length > 0 ? `, ${needs.abilities.join(', ')}` : ''
  const least = needs.outputTokens === maxOutputTokens ? '' : `${formatCount(needs.outputTokens)} to `
  const output = `${least}${formatCount(maxOutputTokens)} out`
  const asked = `${formatCount(needs.promptTokens)} tokens in, ${output}${abilities}`
  return [
    ...explanation.ways.map(({ from, to, why }) => `Class ${from} leads to ${to}: ${why}.`),
    `A call of class ${taskClass.name} (${asked}): ${candidates.length} of ${endpoints} endpoints can serve it.`,
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

/** Towards which it counts; how they stand, `signalbox budget list` knows. */
function budgetLines(budgets: Explanation['budgets']): readonly string[] {
  if (budgets.length === 0) return []
  const lines = budgets.map(({ name, scope, per, usd, tokens }) => {
    const limits = [...(usd === undefined ? [] : [`$${usd}`]), ...(tokens === undefined ? [] : [`${tokens} tokens`])]
    return `  ${name}: ${limits.join(' and ')} per ${per} for ${describeScope(scope)}`
  })
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
      return "By the worker's measured output tokens per second; who was never measured comes first."
    case 'measured':
      return 'By place, where equals share one; in a place by the expected cost of the call with its time and risk in it, of endpoints that nobody has measured yet: the usual.'
    case undefined:
      return 'Models as the class lists them. Among endpoints of one model each run draws its own order, weighted by 1/price².'
  }
}

function candidatesTable(
  { candidates, needs: { promptTokens }, maxOutputTokens }: Explanation,
  width: number | undefined,
): string {
  const mostOf = (endpoint: Endpoint) =>
    worstCase({
      promptTokens,
      maxOutputTokens: outputLimitAt(endpoint, promptTokens, maxOutputTokens),
      price: endpoint.price,
    })
  return renderTableWithin<readonly [number, Endpoint]>(
    width,
    [
      { title: '#', cell: ([index]) => String(index + 1), align: 'right' },
      { title: 'endpoint', cell: ([, endpoint]) => endpoint.id },
      folding('window', ([, { contextWindow }]) => formatCount(contextWindow) || 'unknown', 'right'),
      { title: 'USD per million in/out', cell: ([, { price }]) => priceWords(price), align: 'right' },
      {
        title: 'costs at most',
        cell: ([, endpoint]) => {
          const most = mostOf(endpoint)
          return most === undefined ? 'unknown' : formatMoney(most)
        },
        align: 'right',
      },
      folding('keeps', ([, { dataPolicy }]) => dataPolicy.retention ?? 'unknown'),
      folding('region', ([, { dataPolicy }]) => dataPolicy.region ?? 'unknown'),
    ],
    [...candidates.entries()],
  )
}
