/**
 * What is said to somebody who decides where nothing waits for it: what waits instead, and the command for that.
 *
 * @module
 */
import { isRaiseWait } from '../core/budgets/raise-words.ts'
import {
  type Answered,
  answerProblem,
  byWhom,
  callWords,
  decidedWords,
  decisionCommand,
  decisionCommands,
} from '../core/decision-words.ts'
import type { PendingApproval } from '../core/protocol.ts'
import { shellWord } from '../core/words/shell-word.ts'
import type { Signalbox } from '../runtime/client.ts'
import type { AskBelow } from '../runtime/runs/runs-below.ts'
import type { DecisionReport } from '../runtime/store/records.ts'
import { inOneLine, raiseCommands } from './print/next-commands.ts'
import { formatTime } from './print/words.ts'
import { keyHere } from './run-meant.ts'

/** What somebody decides with a verb. */
export interface Asked extends Required<Answered> {
  readonly verb: string
}

/** What to say of a run that waits for no decision: the approvals of runs below it, or the money that it waits for. */
export async function noneWords(
  signalbox: Signalbox,
  { waitingFor, ...asked }: Asked & { readonly waitingFor: string | undefined },
): Promise<string> {
  const { run } = asked
  const commands = [
    ...commandsBelow(asked, await asksIn(signalbox, run)),
    ...(waitingFor === undefined ? [] : waysToRaise(asked, waitingFor)),
  ]
  const waits = waitingFor === undefined ? '' : ` (${waitingFor})`
  if (commands.length === 0)
    return `run ${run} waits for no decision${waits}${await lastDecision(signalbox, run)}; \`signalbox show ${shellWord(run)}\` says what it does`
  return [`run ${run} waits for no decision of its own${waits}; what waits is decided by:`, ...commands].join('\n')
}

/** What was decided last: of two people who decide at once, the second is told what holds, and by whom. */
async function lastDecision(signalbox: Signalbox, run: string): Promise<string> {
  const store = await signalbox.storeIfThere()
  const decisions = store ? await store.reports.decisions(await keyHere(signalbox, store, run)) : []
  return decisions.map(decidedBefore).at(-1) ?? ''
}

/** `; pay was denied by bob at 2026-11-29 14:20:52 UTC`. */
export function decidedBefore(decided: DecisionReport): string {
  const { toolName, decision, atMs } = decided
  const word = decision === undefined ? 'decided' : decidedWords(decision)
  return `; ${toolName} was ${word} ${byWhom(decided)} at ${formatTime(atMs)} UTC`
}

/** What to say where runs below have asked for what was said to this one. */
export function elsewhereWords(
  { toolCallId, ...asked }: Asked & { readonly toolCallId: string },
  asks: readonly AskBelow[],
): string {
  return [
    `${toolCallId} is not asked by run ${asked.run} itself but by one below it:`,
    ...commandsBelow(asked, asks),
  ].join('\n')
}

/** What runs below ask people for; nothing where there is no store to tell it. */
async function asksIn(signalbox: Signalbox, run: string): Promise<readonly AskBelow[]> {
  const store = await signalbox.storeIfThere()
  if (!store) return []
  const { asksBelow } = await import('../runtime/runs/runs-below.ts')
  return asksBelow(store, await keyHere(signalbox, store, run))
}

function commandsBelow(asked: Asked, asks: readonly AskBelow[]): readonly string[] {
  return asks.map(({ run, approval }) => commandFor({ ...asked, run }, approval))
}

/** The command that decides what a run asks, and what it is for. */
export function commandFor({ verb, ...answered }: Asked, approval: PendingApproval): string {
  const isAnswer = answerProblem(approval, verb) === undefined
  const command = isAnswer ? decisionCommand(answered, approval, verb) : decisionCommands(answered, approval)[0]
  return `  ${command}    for ${approval.toolName}  ${callWords(approval.inputPreview, approval)}`
}

/** Commands that raise a limit. A run that is short of money of a run above says so: there is nothing to raise in itself. */
function waysToRaise({ run, command }: Asked, waitingFor: string): readonly string[] {
  const lineOf = (id: string) => `  ${inOneLine(raiseCommands({ run: id, command }))}`
  if (isRaiseWait(waitingFor)) return [lineOf(run)]
  return idsAbove(run)
    .filter(id => isRaiseWait(waitingFor, id))
    .map(lineOf)
}

/** A child's id is its parent's with a slash and one name more. */
function idsAbove(run: string): readonly string[] {
  const names = run.split('/')
  return names.slice(1).map((_, above) => names.slice(0, above + 1).join('/'))
}
