import type { Command } from 'commander'
import type { Labels } from '../../core/protocol.ts'
import { USUAL_CALL } from '../../core/routing/call/usual-call.ts'
import type { Question } from '../../runtime/routes/explain-route.ts'
import { withRecords } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { CONFIG } from '../parse/serving-options.ts'
import { amount, count, labels, name } from '../parse/values.ts'
import { explainedCallJson, explainedCallWords } from '../print/explained-call.ts'
import { explanationJson, explanationWords } from '../print/explanation.ts'
import { printJson } from '../print/json.ts'
import { CliProblem } from '../problem.ts'
import { keyToRead } from '../run-meant.ts'
import type { Terminal } from '../terminal.ts'

interface ExplainFlags {
  readonly step?: number
  readonly class?: string
  readonly promptTokens?: number
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
    .argument('[run]', 'the run that made the call', name)
    .option('--step <number>', "the run's step; may be left out if it has only one", count)
    .option('--class <name>', 'the task class of the call to plan')
    .option('--prompt-tokens <count>', `the length of its prompt (default: ${USUAL_CALL.promptTokens})`, amount)
    .option('--output-tokens <count>', "the most output that it asks for (default: the class's)", count)
    .option('--tools', 'the call has tools')
    .option('--json-schema', 'the answer must satisfy a schema')
    .option('--images', 'the prompt has images')
    .option('--budget', 'the run has a money limit: unknown prices are rejected')
    .option('--workspace <name>', 'the workspace whose policy and budgets apply too')
    .option('--label <key=value>', 'a label of the run or the call, for budgets by label; may be repeated', labels)
    .option(...CONFIG)
    .option('--json', 'print one JSON object')
    .action((run: string | undefined, flags: ExplainFlags) => explain(run, flags, terminal))
}

async function explain(run: string | undefined, flags: ExplainFlags, terminal: Terminal): Promise<void> {
  const { step, json } = flags
  if (run === undefined && step === undefined && flags.class !== undefined)
    return explainHypothetical({ ...flags, class: flags.class }, terminal)
  if (run !== undefined && flags.class !== undefined) throw new CliProblem(EXIT.badInput, bothWords(run, flags))
  if (run === undefined)
    throw new CliProblem(
      EXIT.badInput,
      `name a run and its step, as in \`signalbox explain my-run --step 3\`, or a class, as in \`signalbox explain --class strong\``,
    )
  refuseOthers(flags)
  const { explainCall, onlyStep } = await import('../../runtime/routes/explain-call.ts')
  await withRecords(terminal, async records => {
    const key = await keyToRead(terminal, records, run)
    const its = step ?? (await onlyStep(records, key))
    const calls = await explainCall(records, key, its)
    if (json) printJson(terminal, { run, step: its, calls: calls.map(explainedCallJson) })
    else terminal.print(calls.map(call => explainedCallWords(call, terminal.columns)).join('\n\n'))
  })
}

/** `start` takes an amount behind `--budget`, so that one is likely to stand here too, where a run does. */
function bothWords(run: string, { budget }: ExplainFlags): string {
  const words = `'${run}' names a run, and --class plans a call that is not made: leave out one of them`
  return budget ? `${words}; --budget takes no amount here` : words
}

/** Refuses options for planning a call if a recorded one is explained: accepted, they would seem to have had an effect. */
function refuseOthers({ step: _, json: __, ...ofPlan }: ExplainFlags): void {
  const given = Object.keys(ofPlan).map(key => `--${key.replace(/[A-Z]/g, capital => `-${capital.toLowerCase()}`)}`)
  if (given.length === 0) return
  const words = new Intl.ListFormat('en').format(given)
  throw new CliProblem(
    EXIT.badInput,
    `a call is explained as it was planned at the time: leave out ${words}; \`signalbox backtest\` plans it again`,
  )
}

/** A call that nobody makes. */
type Hypothetical = ExplainFlags & { readonly class: string }

async function explainHypothetical(
  { json, config, step: _, ...flags }: Hypothetical,
  terminal: Terminal,
): Promise<void> {
  const [{ explainRoute }, { loadConfiguration }] = await Promise.all([
    import('../../runtime/routes/explain-route.ts'),
    import('../../runtime/configuration/configuration.ts'),
  ])
  const explanation = explainRoute(await loadConfiguration(config, terminal.env), questionOf(flags))
  if (json) printJson(terminal, explanationJson(explanation))
  else terminal.print(explanationWords(explanation, terminal.columns))
}

function questionOf({
  class: taskClass,
  jsonSchema,
  budget,
  label,
  promptTokens = USUAL_CALL.promptTokens,
  ...rest
}: Omit<Hypothetical, 'json' | 'config' | 'step'>): Question {
  return {
    ...rest,
    taskClass,
    promptTokens,
    ...(label && { labels: label }),
    ...(jsonSchema && { schema: true }),
    ...(budget && { moneyLimited: true }),
  }
}
