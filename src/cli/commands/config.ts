import type { Command } from 'commander'
import type { LiveResult, LiveSpending } from '../../runtime/live-check/check-live.ts'
import type { LivePlan } from '../../runtime/live-check/plan-live.ts'
import { EXIT } from '../exit-codes.ts'
import { gather, usd } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { folding, renderTableWithin } from '../print/table.ts'
import { countOf, formatDuration } from '../print/words.ts'
import { CliProblem } from '../problem.ts'
import type { Terminal } from '../terminal.ts'

const DEFAULT_PATH = 'signalbox.yaml'

/** What `--live` may cost without being told that it may cost more. */
const MOST_USD = '0.25'

interface CheckFlags {
  readonly live?: boolean
  readonly only?: readonly string[]
  readonly all?: boolean
  readonly unpriced?: boolean
  readonly maxUsd?: string
  readonly json?: boolean
}

export function addConfig(program: Command, terminal: Terminal): void {
  program
    .command('config')
    .description('check the configuration')
    .command('check')
    .description('summarise a configuration, or list everything that is wrong with it')
    .argument('[path]', 'the configuration', DEFAULT_PATH)
    .option(
      '--live',
      "ask the endpoints of the classes' models a few tiny questions, at their price, to see which of them work",
    )
    .option('--only <name>', 'with --live: ask this endpoint or provider; may be repeated', gather)
    .option('--all', 'with --live: ask every endpoint of the configuration')
    .option('--max-usd <amount>', `with --live: ask nobody if it may cost more than this (default: ${MOST_USD})`, usd)
    .option('--unpriced', 'with --live: also ask endpoints without a known price, which --max-usd does not count')
    .option('--json', 'print one JSON object')
    .action((path: string, flags: CheckFlags) => check(path, flags, terminal))
}

async function check(path: string, flags: CheckFlags, terminal: Terminal): Promise<void> {
  if (flags.live) return checkLive(path, flags, terminal)
  refuseOthers(flags)
  const { checkConfiguration } = await import('../../runtime/check-configuration.ts')
  const checked = await besideOutput(() => checkConfiguration(path, terminal.env))
  if (!checked.ok) terminal.end(EXIT.badInput)
  const { words, ...found } = checked
  if (flags.json) printJson(terminal, found)
  else if (checked.ok) terminal.print(`${path} is right\n${words}`)
  else terminal.note(words)
  // An app may keep connections open from its first line on, which a worker wants and a check does not.
  terminal.leave()
}

/** Refuses options of questions to endpoints where none are asked: taken, they would seem to have been heeded. */
function refuseOthers({ only, all, unpriced, maxUsd }: CheckFlags): void {
  const given = [only && '--only', all && '--all', maxUsd !== undefined && '--max-usd', unpriced && '--unpriced']
  const words = new Intl.ListFormat('en', { type: 'disjunction' }).format(
    given.filter(word => typeof word === 'string'),
  )
  if (words === '') return
  throw new CliProblem(EXIT.badInput, `nobody is asked without --live: add it, or leave out ${words}`)
}

/** What an app says while it is loaded goes to standard error: standard output is the command's own. */
async function besideOutput<Result>(work: () => Promise<Result>): Promise<Result> {
  const { write } = process.stdout
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof write
  try {
    return await work()
  } finally {
    process.stdout.write = write
  }
}

async function checkLive(path: string, flags: CheckFlags, terminal: Terminal): Promise<void> {
  const { only, all, unpriced, maxUsd = MOST_USD, json } = flags
  const [{ planLive }, { checkLive: ask, spentOn }, { loadConfiguration }] = await Promise.all([
    import('../../runtime/live-check/plan-live.ts'),
    import('../../runtime/live-check/check-live.ts'),
    import('../../runtime/configuration/configuration.ts'),
  ])
  const configuration = await loadConfiguration(path, terminal.env)
  const plan = planLive(configuration, { ...(only && { only }), ...(all && { all }), ...(unpriced && { unpriced }) })
  if (plan.endpoints.length + plan.refused.length === 0)
    throw new CliProblem(EXIT.badInput, `${path} has no endpoint to ask; correct --only, or look at \`config check\``)
  const price = `${countOf(plan.endpoints.length, 'endpoint')}, ${countOf(plan.questions, 'question')}: at most $${plan.atMostUsd}`
  if (Number(plan.atMostUsd) > Number(maxUsd))
    throw new CliProblem(EXIT.badInput, `${price}, which is more than --max-usd ${maxUsd}; nobody was asked`)
  terminal.note(price)
  for (const note of notesOf(plan)) terminal.note(note)
  const results = await ask(configuration, plan, terminal.env)
  if (results.some(({ ok }) => !ok)) terminal.end(EXIT.checkFailed)
  const spending = spentOn(results, plan)
  if (json) printJson(terminal, liveJson(plan, results, spending))
  else terminal.print([describe(results, configuration.disabled, terminal.columns), spentWords(spending)].join('\n'))
}

function notesOf({ unpriced, forbidden }: LivePlan): readonly string[] {
  return [
    ...(unpriced.length > 0 ? [`and what these cost, whose price is not known: ${unpriced.join(', ')}`] : []),
    ...(forbidden.length > 0
      ? [`not asked, because the global policy or that of their key forbids them: ${forbidden.join(', ')}`]
      : []),
  ]
}

function spentWords({ spentUsd, unknown }: LiveSpending): string {
  const more = unknown.length > 0 ? `, and what ${unknown.join(', ')} cost, which is not known` : ''
  return `spent: $${spentUsd}${more}. It is in no ledger and counts in no budget`
}

function liveJson(
  { atMostUsd, unpriced, refused, forbidden, questions }: LivePlan,
  results: readonly LiveResult[],
  { spentUsd, unknown }: LiveSpending,
) {
  const endpoints = results.map(({ verdicts, ...rest }) => ({ ...rest, ...verdicts }))
  const money = { atMostUsd, spentUsd, unknownCost: unknown }
  return { ok: results.every(({ ok }) => ok), questions, ...money, unpriced, refused, forbidden, endpoints }
}

function describe(
  results: readonly LiveResult[],
  disabled: readonly { provider: string; reason: string }[],
  columns: number | undefined,
): string {
  const failed = results.filter(({ ok }) => !ok)
  return [
    renderTableWithin<LiveResult>(
      columns,
      [
        { title: 'endpoint', cell: result => result.endpoint },
        { title: 'reached', cell: ({ verdicts }) => words(verdicts.reached) },
        { title: 'key accepted', cell: ({ verdicts }) => words(verdicts.key) },
        { title: 'tools', cell: ({ verdicts }) => words(verdicts.tools) },
        { title: 'JSON', cell: ({ verdicts }) => words(verdicts.json) },
        folding('streaming', ({ verdicts }) => words(verdicts.streaming)),
        folding('usage', ({ verdicts }) => words(verdicts.usage)),
        folding('first token', ({ firstTokenMs }) => formatDuration(firstTokenMs), 'right'),
        { title: 'cost', cell: ({ costUsd }) => (costUsd === undefined ? '' : `$${costUsd}`), align: 'right' },
      ],
      results,
    ),
    ...(failed.length > 0 ? ['', ...failed.map(({ endpoint, why }) => why ?? `${endpoint}: a check failed`)] : []),
    ...disabled.map(({ provider, reason }) => `${provider} was not asked: the provider is disabled, ${reason}`),
  ].join('\n')
}

/** A dash for what was not asked: it is not claimed, or there was no point any more. */
function words(verdict: LiveResult['verdicts']['reached']): string {
  return verdict === 'unasked' ? '–' : verdict
}
