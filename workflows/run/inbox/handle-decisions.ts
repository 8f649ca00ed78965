/**
 * The handler of decisions: what people say to what a run has asked them, and why it is refused.
 *
 * @module
 */
import { HandlerUnfinishedPolicy } from '@temporalio/common'
import { ApplicationFailure, defineUpdate, setHandler } from '@temporalio/workflow'
import { answerProblem, byWhom, decidedWords, decisionCommands, misfitWords } from '../../../src/core/decision-words.ts'
import {
  DECIDED_OTHERWISE,
  type Decision,
  type DecisionResult,
  type HeldDecision,
  NOT_ASKED,
  type PendingApproval,
  type ReadAnswerResult,
  UPDATES,
} from '../../../src/core/protocol.ts'
import { shellWord } from '../../../src/core/words/shell-word.ts'
import { type Ending, endingOf } from '../book/ending.ts'
import { noteProblem } from '../book/sizes.ts'
import type { Decisions } from './decisions.ts'

interface Deciding {
  readonly runId: string
  readonly decisions: Decisions
  readonly inbox: { readonly stopping: boolean; pending(): readonly PendingApproval[] }
  /** Holds an answer to the schema of its question. */
  readonly readAnswer: (schema: string, answer: string) => Promise<ReadAnswerResult>
  /** Whether the run may still ask people. A run that was cancelled may, where its workflow sees to it. */
  readonly mayAsk: () => boolean
}

/** Sets the handler. */
export function handleDecisions(deciding: Deciding): void {
  setHandler(
    defineUpdate<DecisionResult, [Decision]>(UPDATES.decide),
    // Only the run itself decides by a deadline, and says what a schema has made of an answer.
    ({ deadline: _, value: __, ...decision }) => {
      const ask = askedBy(deciding, decision)
      return ask?.schema === undefined ? take(deciding, decision) : takeValue(deciding, decision, ask, ask.schema)
    },
    {
      validator: decision => {
        const problem = formProblem(decision)
        if (problem !== undefined) refuse(problem)
        const ask = askedBy(deciding, decision)
        if (ask) refuseMisfit(deciding, decision, ask)
        else refuseUnasked(deciding, decision)
      },
      unfinishedPolicy: HandlerUnfinishedPolicy.ABANDON,
    },
  )
}

/** What the decision is about. */
function askedBy({ inbox }: Deciding, { toolCallId }: Decision): PendingApproval | undefined {
  return inbox.pending().find(ask => ask.toolCallId === toolCallId)
}

function refuseMisfit({ runId }: Deciding, { decision }: Decision, ask: PendingApproval): void {
  const wrong = answerProblem(ask, decision)
  if (wrong !== undefined) refuse(noAnswerWords(runId, ask, wrong))
}

/** Refuses a decision on what is not asked, unless it was decided so before. */
function refuseUnasked({ runId, decisions, inbox, mayAsk }: Deciding, decision: Decision): void {
  const held = decisions.find(decision.toolCallId)
  // Not as NOT_ASKED, which clients try again: this stays so.
  const ending = inbox.stopping || !mayAsk() ? endingOf(inbox) : undefined
  if (!held && ending) refuse(notAnyMore(runId, ending, decision))
  if (!held) refuse(notAsked(runId, decision, inbox.pending()), NOT_ASKED)
  if (held.decision !== decision.decision) refuse(decidedOtherwise(runId, held), DECIDED_OTHERWISE)
}

function take({ runId, decisions }: Deciding, decision: Decision): DecisionResult {
  return decisions.take(decision) ?? refuse(notAsked(runId, decision, []), NOT_ASKED)
}

async function takeValue(
  deciding: Deciding,
  decision: Decision,
  ask: PendingApproval,
  schema: string,
): Promise<DecisionResult> {
  const read = await deciding.readAnswer(schema, decision.decision)
  if ('problem' in read) refuse(noAnswerWords(deciding.runId, ask, misfitWords(schema, read.problem)))
  // Meanwhile somebody else may have decided, or the run may have been told to stop.
  if (!askedBy(deciding, decision)) refuseUnasked(deciding, decision)
  return take(deciding, { ...decision, value: read.value })
}

function refuse(problem: string, type?: string): never {
  throw ApplicationFailure.nonRetryable(problem, type)
}

function formProblem(decision: Decision): string | undefined {
  if (typeof decision?.decision !== 'string') return 'a decision is `approve`, `deny`, or an answer to a question'
  return noteProblem(decision)
}

function noAnswerWords(runId: string, ask: PendingApproval, wrong: string): string {
  const ways = decisionCommands({ run: runId }, ask).map(command => `\`${command}\``)
  return `${wrong} is not an answer to ${ask.toolName} of run ${runId}; answer it with ${ways.join(' or ')}`
}

function notAsked(runId: string, { toolCallId }: Decision, pending: readonly PendingApproval[]): string {
  const waiting = pending.map(ask => `${ask.toolCallId} (${ask.toolName})`).join(', ') || 'nothing'
  return `nothing is asked under '${toolCallId}' in run ${runId}; waiting for a decision: ${waiting}. \`signalbox show ${shellWord(runId)}\` lists what was decided before`
}

function notAnyMore(runId: string, ending: Ending, { toolCallId }: Decision): string {
  return `run ${runId} ${ending} and no longer waits for a decision on '${toolCallId}'; \`signalbox show ${shellWord(runId)}\` says how it ends`
}

function decidedOtherwise(runId: string, held: HeldDecision): string {
  return `'${held.toolCallId}' of run ${runId} was ${decidedWords(held.decision)} ${byWhom(held)} before, and that stands; tell the run what to change`
}
