/**
 * What a run's events have only the beginning of, whole from the store.
 *
 * @module
 */
import type { RunEvent } from '../../core/events.ts'
import type { JsonValue, Message } from '../../core/messages.ts'
import type { UiMessageState, Whole } from '../../core/ui-messages/state.ts'
import { shownValue } from '../../core/ui-messages/tools.ts'
import { NoSuchStep } from './answered-step.ts'
import { partsOfAnswer } from './parts-of-answer.ts'
import type { MessagesOptions } from './run-messages.ts'

/** A run, as far as it is read for that. */
export interface WholeRun {
  messages(of: MessagesOptions): Promise<readonly Message[]>
  toolResult(call: { readonly step: number; readonly toolCallId: string }): Promise<JsonValue | undefined>
}

/** Reads what the event shows the beginning of. */
export async function wholeOf({ run, answers }: Reading, state: UiMessageState, event: RunEvent): Promise<Whole> {
  switch (event.kind) {
    case 'answer': {
      // What streamed as it came is in the message; what came beside it was not heard.
      if (state.speaker?.step === event.step || !event.usage.reasoningTokens) return {}
      const thoughts = partsOfAnswer(await answers.of(event.step), 'reasoning')
      return { reasoning: thoughts.map(({ text }) => text).join('\n\n') }
    }
    case 'tool-start':
    case 'approval-ask': {
      if (shownValue(event.inputPreview) !== undefined) return {}
      const calls = partsOfAnswer(await answers.of(event.step), 'tool-call')
      return { input: calls.find(({ toolCallId }) => toolCallId === event.toolCallId)?.input }
    }
    case 'tool-end':
      return shownValue(event.preview) === undefined ? { output: await run.toolResult(event) } : {}
    default:
      return {}
  }
}

interface Reading {
  readonly run: WholeRun
  readonly answers: ReturnType<typeof createAnswers>
}

/**
 * The answers of steps. The one that was read last is remembered: it may have many calls, and each reading is of the whole transcript.
 */
export function createAnswers(run: Pick<WholeRun, 'messages'>) {
  let last: { readonly step: number; readonly answer: readonly Message[] } | undefined
  return {
    /** The answer of a step; empty if a workflow called the tool itself: then the preview is all there is. */
    async of(step: number): Promise<readonly Message[]> {
      if (last?.step === step) return last.answer
      const answer = (await run.messages({ step }).catch(unlessNoStep)).slice(-1)
      last = answer.length > 0 ? { step, answer } : undefined
      return answer
    },
    /** Forgets the answer that was read last: a run that was reset may give another one in that step. */
    forget() {
      last = undefined
    },
  }
}

/** No messages, of a step without an answer or of a run that was purged. @throws any other error */
export function unlessNoStep(error: unknown): readonly Message[] {
  if (error instanceof NoSuchStep) return []
  throw error
}
