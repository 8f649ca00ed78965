import type { Command } from 'commander'
import { limitWords } from '../../core/budgets/limit-words.ts'
import { answerProblem, byWhom, decidedWords } from '../../core/decision-words.ts'
import { definedOnly } from '../../core/defined-only.ts'
import type { BudgetRaise, HeldDecision, RunState } from '../../core/protocol.ts'
import type { Signalbox } from '../../runtime/client.ts'
import type { RunHandle, Verdict } from '../../runtime/runs/run-handle.ts'
import { EXISTING_STORE, withSignalbox } from '../connections.ts'
import { EXIT } from '../exit-codes.ts'
import { readText } from '../parse/run-input.ts'
import { count, name, path, usd } from '../parse/values.ts'
import { printJson } from '../print/json.ts'
import { CliProblem } from '../problem.ts'
import { keyHere } from '../run-meant.ts'
import type { Terminal } from '../terminal.ts'
import { type Asked, commandFor, elsewhereWords, noneWords } from '../undecided.ts'
import { notingSilence } from '../untaken.ts'

const DECISIONS = {
  approve: "approve a tool call or a workflow's question that waits for a person, or raise the run's budget",
  deny: "deny a tool call or a workflow's question that waits for a person",
}

type Verb = keyof typeof DECISIONS

/** The word for what was done, in `--json`. */
function doneWord(decision: string): string {
  return answerProblem({}, decision) === undefined ? decidedWords(decision) : 'answered'
}

export function addDecisions(program: Command, terminal: Terminal): void {
  for (const verb of Object.keys(DECISIONS) as Verb[]) {
    const command = program
      .command(verb)
      .description(DECISIONS[verb])
      .argument('<run>', "the run's id", name)
      .argument('[tool-call-id]', "the tool call's id, or the question's; may be left out if only one waits")
      .option('--by <name>', 'who decides, for the record', name)
      .option('--note <text>', 'why; the model or the workflow is told')
      .option('--json', 'print one JSON object')
    if (verb === 'approve')
      command
        .option('--raise-usd <amount>', 'let the run spend this much more in USD, instead of approving a tool', usd)
        .option('--raise-tokens <count>', 'let the run use this many more tokens', count)
    command.action((run: string, toolCallId: string | undefined, flags: Flags) => {
      const { raiseUsd: usd, raiseTokens: tokens, json, ...verdict } = flags
      const asked = { run, toolCallId, verdict, json }
      if (usd === undefined && tokens === undefined) return decide(verb, asked, terminal)
      return raiseBudget(definedOnly({ usd, tokens }), asked, terminal)
    })
  }
  program
    .command('answer')
    .description('answer a question that a workflow asks')
    .argument('<run>', "the run's id", name)
    .argument('<question-id>', 'as `signalbox runs --waiting` lists it', name)
    .argument('[answer...]', "one of the question's answers, or the text or the JSON that it asks for")
    .option('--file <path>', 'the answer from a file; - is standard input', path)
    .option('--by <name>', 'who answers, for the record', name)
    .option('--note <text>', 'why; the workflow is told')
    .option('--json', 'print one JSON object')
    .action((run: string, toolCallId: string, words: readonly string[], flags: Flags & { readonly file?: string }) => {
      const { json, file, ...verdict } = flags
      return answer(words, file, { run, toolCallId, verdict, json }, terminal)
    })
}

interface Flags extends Verdict {
  readonly raiseUsd?: string
  readonly raiseTokens?: number
  readonly json?: boolean
}

/** What is decided on, and by whom. */
interface Decided {
  readonly run: string
  readonly toolCallId: string | undefined
  readonly verdict: Verdict
  readonly json: boolean | undefined
}

async function answer(words: readonly string[], file: string | undefined, asked: Decided, terminal: Terminal) {
  if ((words.length === 0) === (file === undefined))
    throw new CliProblem(EXIT.badInput, 'give an answer: either as text after the question, or with --file')
  const text = file === undefined ? words.join(' ') : (await readText(file, terminal)).trimEnd()
  await decide(text, asked, terminal)
}

async function raiseBudget(
  limits: Pick<BudgetRaise, 'usd' | 'tokens'>,
  { run: id, toolCallId, verdict, json }: Decided,
  terminal: Terminal,
): Promise<void> {
  if (toolCallId !== undefined)
    throw new CliProblem(EXIT.badInput, `a raise is for the whole run; leave out ${toolCallId}, or the raise`)
  const raising = async (signalbox: Signalbox) => {
    await assertOpenHere(signalbox, id, 'given a larger budget')
    const raised = await notingSilence(signalbox, id, terminal, () =>
      signalbox.run(id).raiseBudget({ ...limits, ...verdict }),
    )
    if (json) printJson(terminal, { run: id, done: 'raised', ...raised })
    else terminal.print(`run ${id} may now spend ${limitWords({ usd: raised.limitUsd, tokens: raised.limitTokens })}`)
  }
  await withSignalbox(terminal, raising, EXISTING_STORE)
}

async function assertOpenHere({ client, storeIfThere }: Signalbox, id: string, wanted: string): Promise<void> {
  const { assertOpen } = await import('../../runtime/runs/run-ended.ts')
  await assertOpen({ workflow: client.workflow.getHandle(id), storeIfThere }, wanted)
}

async function decide(
  verb: string,
  { run: id, toolCallId, verdict, json }: Decided,
  terminal: Terminal,
): Promise<void> {
  const asked = { verb, run: id, command: terminal.command }
  const deciding = async (signalbox: Signalbox) => {
    await assertOpenHere(signalbox, id, 'decided on')
    const { decided, held, repeated } = await notingSilence(signalbox, id, terminal, async () => {
      const decided = toolCallId ?? (await onlyPending(asked, signalbox))
      const answering = signalbox.run(id).answer(decided, verb, verdict)
      const result = await answering.catch(async error => {
        throw await refusal(error, { ...asked, toolCallId: decided })
      })
      return { decided, ...result }
    })
    if (repeated) throw new CliProblem(EXIT.badInput, repeatedWords(id, held))
    const { decision: _, ...kept } = held
    if (json) printJson(terminal, { run: id, done: doneWord(verb), ...kept })
    else terminal.print(`${doneWord(verb)} ${decided} of run ${id}`)
  }
  await withSignalbox(terminal, deciding, EXISTING_STORE)
}

/** With the commands for the runs below, where these have asked. */
async function refusal(error: unknown, asked: Parameters<typeof elsewhereWords>[0]): Promise<unknown> {
  const { AskedBelow } = await import('../../runtime/runs/asked-below.ts')
  return error instanceof AskedBelow ? new CliProblem(EXIT.badInput, elsewhereWords(asked, error.asks)) : error
}

function repeatedWords(id: string, held: HeldDecision): string {
  return `${held.toolCallId} of run ${id} was ${decidedWords(held.decision)} ${byWhom(held)} before; nothing has changed`
}

async function onlyPending(asked: Asked, signalbox: Signalbox): Promise<string> {
  const { run } = asked
  const { pending, waitingFor } = await stateOf(signalbox.run(run), signalbox)
  const [first, ...others] = pending
  if (!first) throw new CliProblem(EXIT.badInput, await noneWords(signalbox, { ...asked, waitingFor }))
  if (others.length === 0) return first.toolCallId
  const commands = pending.map(approval => commandFor(asked, approval))
  throw new CliProblem(
    EXIT.badInput,
    [`run ${run} waits for ${pending.length} decisions; say which one you mean:`, ...commands].join('\n'),
  )
}

/** With what the person may have seen asked, although the run has not heard of it. */
async function stateOf(run: RunHandle, signalbox: Signalbox): Promise<RunState> {
  const store = await signalbox.storeIfThere()
  if (!store) return run.state()
  const { stateOnceHeard } = await import('../../runtime/runs/heard-asks.ts')
  const { asksOnRecord } = await import('../../runtime/runs/once-asked.ts')
  const key = await keyHere(signalbox, store, run.id)
  return stateOnceHeard(run.state, () => asksOnRecord(store.events, key))
}
