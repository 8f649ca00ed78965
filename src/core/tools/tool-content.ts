/**
 * What a tool gives a model to look at: texts and files, as the AI SDK has them.
 *
 * @module
 */
import type { ToolMessage } from '../messages.ts'
import { type FilePart, fileInWords, isParts, type TextPart } from '../parts.ts'

/** A tool's result that consists of texts and files instead of JSON: `{ type: 'content', value: [{ type: 'file', … }] }`. */
export interface ToolContent {
  readonly type: 'content'
  readonly value: readonly (TextPart | FilePart)[]
}

/** Told by its whole shape, for a tool may give any JSON: without a file it is JSON like any other. */
export function isToolContent(given: unknown): given is ToolContent {
  const { type, value } = Object(given) as Readonly<Record<string, unknown>>
  if (type !== 'content' || !isParts(value) || Object.keys(given as object).length !== 2) return false
  const inHand = value.every(part => part.type === 'text' || (part.type === 'file' && part.data.type !== 'stored'))
  return inHand && value.some(part => part.type === 'file')
}

/** What a tool gave, as the specification has it. */
export type ToolOutput = Extract<ToolMessage['content'][number], { type: 'tool-result' }>['output']

/** The files that a result in a message shows. */
export function filesShown(output: ToolOutput): readonly FilePart[] {
  return output.type === 'content' ? (output.value.filter(item => item.type === 'file') as readonly FilePart[]) : []
}

/** The result with words in place of its files; one without any as it is. */
export function inWords(output: ToolOutput): ToolOutput {
  if (output.type !== 'content' || filesShown(output).length === 0) return output
  return { type: 'text', value: contentInWords(output.value) }
}

/** A tool call as a text, for models that are not shown it as a call. */
export function callInWords({ toolName, input }: { readonly toolName: string; readonly input: unknown }): string {
  return `(calls ${toolName} with ${JSON.stringify(input)})`
}

/** The result of a call as a text, likewise. */
export function resultInWords({
  toolName,
  output,
}: {
  readonly toolName: string
  readonly output: ToolOutput
}): string {
  const shown = inWords(output)
  return `(${toolName} gave ${'value' in shown ? textOfValue(shown.value) : shown.type})`
}

function textOfValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

interface Item {
  readonly type: string
  readonly text?: string
}

/** A word in place of each file: what people see, and models that are shown none. */
export function contentInWords(value: readonly Item[]): string {
  return value.map(itemInWords).join(' ')
}

function itemInWords(item: Item): string {
  if (item.type === 'text') return item.text ?? ''
  return item.type === 'file' ? fileInWords(item as unknown as FilePart) : `[${item.type}]`
}
