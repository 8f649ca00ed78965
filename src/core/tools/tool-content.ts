/**
 * Tool results that consist of texts and files, as the AI SDK has them.
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

/** Whether a result is tool content. It must have that whole shape and at least one file; otherwise it is JSON like any other. */
export function isToolContent(given: unknown): given is ToolContent {
  const { type, value } = Object(given) as Readonly<Record<string, unknown>>
  if (type !== 'content' || !isParts(value) || Object.keys(given as object).length !== 2) return false
  const inHand = value.every(part => part.type === 'text' || (part.type === 'file' && part.data.type !== 'stored'))
  return inHand && value.some(part => part.type === 'file')
}

/** A tool's result in the AI SDK's form. */
export type ToolOutput = Extract<ToolMessage['content'][number], { type: 'tool-result' }>['output']

/** The files in a result. */
export function filesShown(output: ToolOutput): readonly FilePart[] {
  return output.type === 'content' ? (output.value.filter(item => item.type === 'file') as readonly FilePart[]) : []
}

/** The result with words in place of its files. */
export function inWords(output: ToolOutput): ToolOutput {
  if (output.type !== 'content' || filesShown(output).length === 0) return output
  return { type: 'text', value: contentInWords(output.value) }
}

/** A tool call as a text, for prompts that cannot have it as a call. */
export function callInWords({ toolName, input }: { readonly toolName: string; readonly input: unknown }): string {
  return `(calls ${toolName} with ${JSON.stringify(input)})`
}

/** The result of a tool call as a text, likewise. */
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

/** The texts, with words in place of files, for people and for models that are not shown files. */
export function contentInWords(value: readonly Item[]): string {
  return value.map(itemInWords).join(' ')
}

function itemInWords(item: Item): string {
  if (item.type === 'text') return item.text ?? ''
  return item.type === 'file' ? fileInWords(item as unknown as FilePart) : `[${item.type}]`
}
