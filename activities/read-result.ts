/**
 * The built-in tool that rereads a result that was cleared from the prompt.
 *
 * @module
 */
import { READ_RESULT } from '../src/core/agent/cleared-note.ts'
import type { FunctionTool, JsonValue } from '../src/core/messages.ts'
import type { ToolEnd, ToolRecordPort } from '../src/core/ports.ts'
import type { RunToolInput } from '../src/core/protocol.ts'
import { isToolContent } from '../src/core/tools/tool-content.ts'

/** About 5,000 tokens: some four of the usual results, and little beside what was cleared. */
const PART_CHARACTERS = 20_000

/** As models are told of it. */
export const READ_RESULT_TOOL: FunctionTool = {
  type: 'function',
  name: READ_RESULT,
  description:
    `Reads a tool result again that was cleared from this conversation, ${PART_CHARACTERS} characters at a time. ` +
    'The note in its place names its reference.',
  inputSchema: {
    type: 'object',
    properties: {
      reference: { type: 'string', description: 'As the note has it.' },
      from: { type: 'integer', description: 'The character to begin with. The first is 0, which is also the default.' },
    },
    required: ['reference'],
    additionalProperties: false,
  },
}

/** A part of the result, and where the next one begins. A reference that names nothing is told to the model. */
export async function readResult(
  { byReference }: Pick<ToolRecordPort, 'byReference'>,
  { callId = '' }: RunToolInput,
  given: JsonValue | undefined,
): Promise<ToolEnd> {
  const { reference, from = 0 } = Object(given) as { readonly reference?: unknown; readonly from?: unknown }
  if (typeof reference !== 'string' || !Number.isSafeInteger(from) || Number(from) < 0)
    return { isError: true, result: `bad arguments for ${READ_RESULT}: give { "reference": "…", "from": 0 }` }
  const result = await byReference(callId, reference)
  if (result === undefined)
    return { isError: true, result: `no result of this run has the reference "${reference}"; copy it from the note` }
  // Images and files are shown again, whole.
  return { isError: false, result: isToolContent(result) ? result : sectionOf(result, Number(from)) }
}

/** The position, or the one before it if it is in the middle of a surrogate pair. */
function wholeAt(text: string, at: number): number {
  const isHalf = /[\uD800-\uDBFF]/.test(text[at - 1] ?? '') && /[\uDC00-\uDFFF]/.test(text[at] ?? '')
  return isHalf ? at - 1 : at
}

function sectionOf(result: JsonValue, from: number): JsonValue {
  const text = typeof result === 'string' ? result : JSON.stringify(result)
  const begin = wholeAt(text, from)
  const next = wholeAt(text, Math.min(text.length, begin + PART_CHARACTERS))
  const part = text.slice(begin, next)
  return next < text.length ? { part, next, characters: text.length } : { part, characters: text.length }
}
