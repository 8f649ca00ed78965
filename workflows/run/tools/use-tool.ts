/**
 * A tool that a workflow asks for itself, and what it gives into the workflow's hand.
 *
 * @module
 */
import { definedOnly } from '../../../src/core/defined-only.ts'
import type { KeysOf } from '../../../src/core/keys-of.ts'
import type { Jsonable, JsonValue } from '../../../src/core/messages.ts'
import type { Part } from '../../../src/core/parts.ts'
import { MOST_HISTORY_BYTES, PREVIEW_BYTES, type ToolFailure, type ToolResultRef } from '../../../src/core/protocol.ts'
import type { Book } from '../book/book.ts'
import { type Given, toGive } from '../given/given-problem.ts'
import { optionsProblem } from '../given/known-options.ts'
import type { RunAtWork } from '../inbox/at-work.ts'
import { failOpened } from '../lifetime/fail-opened.ts'
import { askTool, toolOfWorkflow } from './ask-tool.ts'

/** Options of `run.tool`. */
export interface ToolOptions {
  /**
   * The longest result, as JSON in UTF-8, that the workflow gets as `value`, and that therefore goes into its history, which each replay
   * reads. Take as much as the next steps need, from 512 to 1900000. History keeps the JSON as a text, in which each quote and each
   * backslash takes two bytes, and takes no more than 1900000 of that. A tool's own `maxResultBytes` cuts before.
   *
   * @defaultValue 512
   */
  readonly historyBytes?: number
}

const TOOL_OPTIONS: KeysOf<ToolOptions> = { historyBytes: true }

/** The result of a tool. */
export interface ToolAnswer<Value = JsonValue> {
  /** The tool failed; `preview` says how. */
  readonly isError: boolean
  /**
   * With `isError`: in what way it failed.
   *
   * - `over-budget`: a call has a price that does not fit in a budget, so the tool was not called, and nothing was charged.
   * - `unknown`: it has begun, and nobody knows whether it took effect: its time was up; or its worker was lost, and it runs at most once.
   * - `failed`: anything else, such as what it has thrown, wrong arguments, or a task queue that nobody serves.
   */
  readonly failure?: 'failed' | ToolFailure
  /** The whole result. Absent if it is an error, or `stored`. */
  readonly value?: Value
  /** The same as JSON text: whole, or only the beginning if `stored`. */
  readonly preview: string
  /** The result is longer than `historyBytes`, or than the tool's `maxResultBytes`: the store has it, up to the latter. */
  readonly stored: boolean
  /** If it shows images or PDFs: its texts and files, which you can pass on to a model, an agent or a child. */
  readonly parts?: readonly Part[]
}

export async function useTool<Value>(
  run: RunAtWork,
  name: string,
  input: Jsonable,
  options: ToolOptions = {},
): Promise<ToolAnswer<Value>> {
  const { book } = run
  const given = givenInput(book, name, input, options)
  if (given.problem !== undefined) return failOpened(book, given.problem)
  return askTool(run, toolOfWorkflow(book, name, given.value, options.historyBytes), toolAnswer<Value>)
}

function givenInput(book: Book, name: string, input: Jsonable, options: ToolOptions): Given<JsonValue> {
  const unknown = optionsProblem(book, 'tool', options, TOOL_OPTIONS)
  if (unknown !== undefined) return { problem: unknown }
  const given = toGive(book, `the input of ${name}`, input as JsonValue)
  const problem = given.problem ?? boundProblem(name, options.historyBytes)
  return problem === undefined ? given : { problem }
}

function toolAnswer<Value>({ isError, failure, preview, stored, parts }: ToolResultRef): ToolAnswer<Value> {
  const isInHand = !isError && !stored
  const value = isInHand ? (JSON.parse(preview) as Value) : undefined
  const why: ToolAnswer['failure'] = isError ? (failure ?? 'failed') : undefined
  const answer: ToolAnswer = definedOnly({ isError, failure: why, value, preview, stored, parts })
  return answer as ToolAnswer<Value>
}

function boundProblem(name: string, bytes: number | undefined): string | undefined {
  if (bytes === undefined || (Number.isInteger(bytes) && bytes >= PREVIEW_BYTES && bytes <= MOST_HISTORY_BYTES))
    return undefined
  return `\`historyBytes\` of ${name} is ${bytes}, and must be a whole number from ${PREVIEW_BYTES} to ${MOST_HISTORY_BYTES}`
}
