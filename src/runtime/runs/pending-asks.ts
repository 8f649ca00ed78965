/**
 * What a run and those below it ask people now, with all that is needed to show it and to decide.
 *
 * @module
 */
import type { WorkflowHandle } from '@temporalio/client'
import type { AnyCall } from '../../core/app-types.ts'
import type { JsonValue } from '../../core/messages.ts'
import type { Answers, PendingApproval, RunState } from '../../core/protocol.ts'
import { shownValue } from '../../core/ui-messages/tools.ts'
import type { Store } from '../../store/index.ts'
import { askedSince } from '../events/asked-since.ts'
import { type DatedApproval, standingOf } from '../events/run-standing.ts'
import { lookUpRun } from '../finding/look-up-run.ts'
import { isRunning } from '../temporal/how-ended.ts'
import { NoSuchStep } from './answered-step.ts'
import { stateOnceHeard } from './heard-asks.ts'
import { partsOfAnswer } from './parts-of-answer.ts'
import { messagesOf } from './run-messages.ts'
import { type AskBelow, asksBelow } from './runs-below.ts'

/**
 * A tool call that waits for people, or a question that a workflow asks, which has no `toolName`. Decide it with `approve`, `deny` or
 * `answer` of its `run`, and its `toolCallId`.
 */
export type PendingAsk<Call = AnyCall> = PlaceOfAsk & ((Call & NoQuestion) | Question)

interface PlaceOfAsk extends Pick<PendingApproval, 'toolCallId' | 'step' | 'until' | 'actedIn' | 'priceUsd'> {
  /** The id of the run that asks: this one, or one below it. */
  readonly run: string
  /** When it was asked. Absent if its events do not tell, as after a purge. */
  readonly sinceMs?: number
}

interface NoQuestion {
  readonly answers?: undefined
}

interface Question extends Pick<DatedApproval, 'schema' | 'jsonSchema'> {
  readonly toolName?: undefined
  readonly input?: undefined
  /** The id under which the workflow asks. If it asks again under the same id, that has another `toolCallId`. */
  readonly id: string
  readonly question: string
  readonly answers: Answers
}

interface AskedRun {
  readonly workflow: WorkflowHandle
  readonly key: string
  state(): Promise<RunState>
}

/** An ask with the run that has it. */
interface Ask extends Omit<AskBelow, 'approval'> {
  readonly approval: PendingApproval & Partial<DatedApproval>
}

/** The run says itself what it asks; of those below it the store does, and none of a run that has ended. */
export async function pendingAsks(store: Store, { workflow, key, state }: AskedRun): Promise<readonly PendingAsk[]> {
  const { described } = await lookUpRun({ workflow, storeIfThere: async () => store })
  if (!isRunning(described?.status)) return []
  const { pending } = await stateOnceHeard(state, async () => (await standingOf(store.events, key)).pending)
  const since = await askedSince(store.events, key)
  const own = pending.map(approval => {
    return { run: workflow.workflowId, key, approval: { ...approval, ...since.approval(approval) } }
  })
  const asks: PendingAsk[] = []
  // One after the other: an input may be read out of a transcript of megabytes.
  for (const ask of [...own, ...(await asksBelow(store, key))]) asks.push(await wholeAsk(store, ask))
  return asks
}

async function wholeAsk(store: Store, ask: Ask): Promise<PendingAsk> {
  const { toolName, inputPreview, answers, ...place } = ask.approval
  const { run } = ask
  if (answers) return { run, ...place, id: toolName, question: inputPreview, answers }
  return { run, ...place, toolName, input: shownValue(inputPreview) ?? (await inputOf(store, ask)) }
}

async function inputOf(store: Store, { run, key, approval: { step, toolCallId } }: Ask): Promise<JsonValue> {
  const messages = await messagesOf(store, { id: run, key }, { step })
  const call = partsOfAnswer(messages, 'tool-call').find(part => part.toolCallId === toolCallId)
  if (call) return call.input
  throw new NoSuchStep(
    `the answer of step ${step} of run ${run} does not have the tool call '${toolCallId}', which it asks people for; was it reset just now? Ask again what it waits for`,
  )
}
