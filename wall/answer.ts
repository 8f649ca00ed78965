/**
 * Whether an answer is the right one, whole: nothing truncated, doubled or invented.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import type { AssistantMessage, Message } from '../src/core/messages.ts'
import type { Answer } from '../src/core/protocol.ts'
import { type Mode, RIGHT_CALLS, RIGHT_TEXT, RIGHT_VALUE } from './questions.ts'

export interface Given {
  readonly mode: Mode
  readonly answer: Answer
  /** The transcript as it is stored, the answer last. */
  readonly transcript: readonly Message[]
  /** How many messages were asked with. */
  readonly asked: number
  /** The word that the vendor put at the end of its text, from its meter. */
  readonly digest: string | undefined
  /** It has to say that it ended early. */
  readonly truncated: boolean
}

/** Gives what is wrong with an answer, or nothing. */
export function answerProblem(given: Given): string | undefined {
  const { answer, transcript, asked } = given
  if (transcript.length !== asked + 1) return `the transcript has ${transcript.length} messages, not ${asked + 1}`
  const last = transcript.at(-1)
  if (last?.role !== 'assistant') return 'the transcript does not end with the answer'
  const stored = textOf(last)
  if (stored !== answer.text) return 'the stored text is another one than the answer'
  if (answer.truncated !== given.truncated)
    return given.truncated ? 'it does not say that it is cut' : 'it is truncated'
  return given.truncated ? truncatedProblem(given) : contentProblem(given, last)
}

/** What an answer says that ended early is the beginning of the right one, and none of its tool calls runs. */
function truncatedProblem({ mode, answer }: Given): string | undefined {
  if (answer.toolCalls.length > 0) return 'a truncated answer asks for tools'
  if (answer.value !== undefined) return 'a truncated answer has a value'
  const right = mode === 'text' ? RIGHT_TEXT : mode === 'structured' ? JSON.stringify(RIGHT_VALUE) : ''
  return right.startsWith(answer.text) && (mode === 'tools' || answer.text !== '')
    ? undefined
    : 'its beginning is wrong'
}

function contentProblem({ mode, answer, digest }: Given, message: AssistantMessage): string | undefined {
  switch (mode) {
    case 'text':
      return answer.text === `${RIGHT_TEXT} [${digest}]`
        ? undefined
        : `its text is wrong: ${answer.text.length} characters`
    case 'structured':
      return isDeepStrictEqual(answer.value, RIGHT_VALUE) ? undefined : 'its value is wrong'
    case 'tools': {
      const calls = message.content.flatMap(part => (part.type === 'tool-call' ? [part] : []))
      const asked = calls.map(({ toolName, input }) => ({ toolName, input }))
      if (!isDeepStrictEqual(asked, RIGHT_CALLS)) return 'its tool calls are wrong'
      const ids = new Set(calls.map(({ toolCallId }) => toolCallId))
      if (ids.size !== calls.length) return 'two tool calls have one id'
      return answer.toolCalls.every(({ toolCallId }) => ids.has(toolCallId)) ? undefined : 'its tool calls are wrong'
    }
  }
}

function textOf(message: AssistantMessage): string {
  return message.content.map(part => (part.type === 'text' ? part.text : '')).join('')
}
