/**
 * Reads a Responses request. Shapes: OpenAI's API reference, "Create a model response".
 *
 * @module
 */
import {
  type Ask,
  type Json,
  pictureSegment,
  type SeenCall,
  type Segment,
  type SignatureSeen,
  segmentOf,
  type ToolChoice,
  type Turn,
  toolSegments,
} from '../ask.ts'
import { type Loose, limitOf, listOf, recordOf, textOf } from '../loose.ts'
import { contentText, IMAGE_TOKENS, isSystem } from '../openai-messages.ts'
import { type Refusal, rule } from '../refusal.ts'
import { ruleRefusal, type StoredItems } from './rules.ts'

export interface ResponsesReading {
  readonly canThink: boolean
  readonly storedOf: StoredItems
  /** All that a response which is kept was asked and has answered; `undefined` for one that is not. */
  readonly upTo: (responseId: string) => readonly Loose[] | undefined
}

/** A request with its items, references looked up. */
export type ReadRequest = { readonly ask: Ask; readonly items: readonly Loose[] } | { readonly refusal: Refusal }

export function readResponsesRequest(raw: unknown, { canThink, storedOf, upTo }: ResponsesReading): ReadRequest {
  const body = recordOf(raw)
  const own = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : listOf(body.input)
  if (own.length === 0) return { refusal: { kind: 'bad-value', parameter: 'input', expected: 'a non-empty array' } }
  const previous = textOf(body.previous_response_id)
  const before = previous === '' ? [] : upTo(previous)
  if (!before) return { refusal: unknownResponse(previous) }
  const given = [...before, ...own]
  const unknown = given.find(item => item.type === 'item_reference' && !storedOf(textOf(item.id)))
  if (unknown) return { refusal: { kind: 'unknown-item', itemId: textOf(unknown.id) } }
  const items = given.map(item => (item.type === 'item_reference' ? storedOf(textOf(item.id))!.item : item))
  const lonely = lonelyReasoning(items)
  if (lonely) return { refusal: { kind: 'lonely-reasoning', itemId: textOf(lonely.id) } }
  const refusal = ruleRefusal(body, { given, items, storedOf, canThink })
  if (refusal) return { refusal }
  const reasoning = recordOf(body.reasoning)
  const instructions = textOf(body.instructions)
  const include = Array.isArray(body.include) ? body.include : []
  const ask: Ask = {
    model: textOf(body.model),
    stream: body.stream === true,
    wantsUsage: true,
    system: [instructions, ...items.filter(isSystem).map(contentText)].join('\n'),
    firstUserText: contentText(items.find(item => item.role === 'user') ?? {}),
    segments: [
      ...toolSegments(body.tools),
      ...(instructions ? [segmentOf(instructions)] : []),
      ...items.map(segmentOfItem),
    ],
    turns: turnsOf(items),
    called: items.flatMap(calledIn),
    signatures: items.flatMap(signaturesOf),
    tools: listOf(body.tools).map(tool => ({
      name: textOf(tool.name),
      inputSchema: tool.parameters ?? { type: 'object' },
    })),
    toolChoice: toolChoiceOf(body.tool_choice),
    schema: schemaOf(recordOf(recordOf(body.text).format)),
    maxOutput: limitOf(body.max_output_tokens),
    thinks: canThink && reasoning.effort !== 'none',
    showsThinking: typeof reasoning.summary === 'string',
    wantsSealed: include.includes('reasoning.encrypted_content'),
    ...(body.store === false && { keepsNothing: true }),
  }
  return { ask, items }
}

/** One that was asked with `store: false` is answered like one that never was. */
function unknownResponse(id: string): Refusal {
  const more = { parameter: 'previous_response_id', code: 'previous_response_not_found' }
  return rule(`Previous response with id '${id}' not found.`, more)
}

function segmentOfItem(item: Loose): Segment {
  const pictures = [...listOf(item.content), ...listOf(item.output)].filter(isPicture)
  return pictureSegment(itemText(item), pictures, IMAGE_TOKENS)
}

function isPicture({ type }: Loose): boolean {
  return type === 'input_image' || type === 'input_file'
}

/** What a tool gave, without its pictures. */
function outputText(output: Json | undefined): string {
  if (typeof output === 'string') return output
  return JSON.stringify(Array.isArray(output) ? listOf(output).filter(part => !isPicture(part)) : (output ?? null))
}

function itemText(item: Loose): string {
  switch (item.type) {
    case 'function_call':
      return `${textOf(item.call_id)} ${textOf(item.name)} ${textOf(item.arguments)}`
    case 'function_call_output':
      return `${textOf(item.call_id)} ${outputText(item.output)}`
    case 'reasoning':
      return JSON.stringify(item.summary ?? [])
    default:
      return `${textOf(item.role)} ${contentText(item)}`
  }
}

/** Items that follow each other on one side are one turn. */
function turnsOf(items: readonly Loose[]): Turn[] {
  const turns: { role: Turn['role']; calls: string[]; results: string[]; position: string }[] = []
  for (const [place, item] of items.entries()) {
    const role = roleOf(item)
    if (!role) continue
    if (turns.at(-1)?.role !== role) turns.push({ role, calls: [], results: [], position: `input[${place}]` })
    const turn = turns.at(-1)!
    if (item.type === 'function_call') turn.calls.push(textOf(item.call_id))
    if (item.type === 'function_call_output') turn.results.push(textOf(item.call_id))
  }
  return turns
}

function calledIn({ type, call_id, name }: Loose, place: number): SeenCall[] {
  return type === 'function_call' ? [{ id: textOf(call_id), name: textOf(name), position: `input[${place}]` }] : []
}

function signaturesOf({ encrypted_content: sealed, id }: Loose, place: number): SignatureSeen[] {
  return typeof sealed === 'string' ? [{ signature: sealed, over: '', position: textOf(id) || `input[${place}]` }] : []
}

function roleOf(item: Loose): Turn['role'] | undefined {
  if (item.type === 'function_call_output') return 'tool'
  if (item.type === 'function_call' || item.type === 'reasoning' || item.role === 'assistant') return 'assistant'
  return item.role === 'user' ? 'user' : undefined
}

/** A thought must be followed by what it led to. */
function lonelyReasoning(items: readonly Loose[]): Loose | undefined {
  return items.find((item, place) => item.type === 'reasoning' && roleOf(items[place + 1] ?? {}) !== 'assistant')
}

function toolChoiceOf(choice: Json | undefined): ToolChoice {
  if (choice === 'none' || choice === 'required') return choice
  const name = textOf(recordOf(choice).name)
  return name ? { name } : 'auto'
}

function schemaOf(format: Loose): Json | undefined {
  if (format.type === 'json_schema') return format.schema ?? true
  return format.type === 'json_object' ? true : undefined
}
