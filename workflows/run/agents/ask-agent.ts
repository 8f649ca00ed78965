/**
 * A child run that a model asked for like a tool: its end, whatever it is, becomes the tool's result.
 *
 * @module
 */
import { workflowInfo } from '@temporalio/workflow'
import { questionOfCall } from '../../../src/core/agent/question-of-call.ts'
import { addToolCall } from '../../../src/core/agent/totals.ts'
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { JsonValue } from '../../../src/core/messages.ts'
import type { Budget, Elsewhere, Outcome, RunToolInput, ToolResultRef } from '../../../src/core/protocol.ts'
import { shortActivities } from '../activities.ts'
import { askChild } from '../children/ask-child.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { tellCancelled } from '../tools/tell-cancelled.ts'

export async function askAgent(
  run: RunAtWork,
  { run: ref, step, toolCallId, toolName, inputPreview, callId = '' }: RunToolInput,
  { input }: Elsewhere,
  budget: Budget | undefined,
): Promise<ToolResultRef> {
  const { book } = run
  const question = questionOfCall(callId)
  const call = definedOnly({ step, toolCallId, toolName, question, inputPreview })
  const asked = { run: { id: ref.id, key: ref.key }, ...call, part: workflowInfo().runId }
  let outcome: Outcome
  try {
    outcome = await askChild(run, toolName, definedOnly({ input, budget, asked }))
  } catch (error) {
    const telling = tellCancelled(book, { run: ref, ...call })
    if (telling) await telling
    throw error
  }
  book.totals = addToolCall(book.totals)
  const { isError, result } = wordsOf(toolName, outcome)
  const { keepResult } = shortActivities()
  const summary = `${toolName} · ${outcome.kind}`
  return keepResult.executeWithOptions({ summary }, [{ run: ref, ...call, isError, result }])
}

/** What the model reads. A child that did not answer says why, and what it had said until then. */
function wordsOf(
  name: string,
  { kind, text, truncated, output, message }: Outcome,
): { isError: boolean; result: JsonValue } {
  if (truncated)
    return { isError: false, result: `${text}\n[Cut here: ${name} came to its output limit. Ask for less.]` }
  if (kind === 'answered') return { isError: false, result: text ?? output ?? null }
  const why = `${name} gave no answer (${kind})${message === undefined ? '' : `: ${message}`}`
  return { isError: true, result: text ? `${why}\nIts last words: ${text}` : why }
}
