/**
 * A whole answer of the wrong shape, and what its model is told to have it repaired.
 *
 * @module
 */
import type { Fault } from '../../../src/core/faults/fault.ts'
import { type Message, userText } from '../../../src/core/messages.ts'
import type { ReplyAnswer } from '../../../src/core/ports.ts'
import type { Prepared } from '../prepare/prepared.ts'

/** An answer of the wrong shape. `reply` is absent where nothing of it can be given back. */
export interface Misshapen {
  readonly fault: Fault
  readonly reply?: ReplyAnswer
  /** What is wrong, for the model that gave it: it may quote the answer, and stays out of faults and logs. */
  readonly problem?: string
}

/** Truncated and refused answers are none of these: to give those back would buy the same once more. */
export function isMisshapen({ kind, evidence }: Fault): boolean {
  return kind === 'malformed-reply' && (evidence.code === 'schema' || evidence.code === 'tool-call')
}

/** What is added to the prompt for the one attempt that repairs. It goes into no transcript. */
export function repairMessages(
  { schema }: Pick<Prepared, 'schema'>,
  { reply, problem, fault }: Misshapen,
): readonly Message[] {
  if (fault.evidence.code === 'tool-call') return [userText(problem ?? TOOL_CALL_WORDS)]
  const words = `That answer does not satisfy the schema ${schema?.name}: ${problem}. Answer again, with one JSON value that does and nothing else.`
  return [...(reply ? [reply.message] : []), userText(words)]
}

const TOOL_CALL_WORDS =
  'Your last answer called a tool with arguments that are no JSON object. Call it again with arguments that satisfy its input schema.'
