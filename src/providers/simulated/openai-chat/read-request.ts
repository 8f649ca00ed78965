/**
 * Reads a chat completions request. Shapes: OpenAI's API reference, "Create chat completion".
 *
 * @module
 */
import {
  type Ask,
  type Json,
  pictureSegment,
  type SeenCall,
  type Segment,
  type ToolChoice,
  type Turn,
  toolSegments,
} from '../ask.ts'
import type { Reading } from '../dialect.ts'
import { type Loose, limitOf, listOf, recordOf, textOf } from '../loose.ts'
import { contentText, IMAGE_TOKENS, isSystem } from '../openai-messages.ts'
import { stopsOf } from '../stop.ts'
import { ruleRefusal } from './rules.ts'

/** `showsThinking`: compatible vendors (DeepSeek and others) show thought as `reasoning_content`; OpenAI hides it. */
export interface ChatReading {
  readonly showsThinking: boolean
  readonly canThink: boolean
}

export function readChatRequest(raw: unknown, { showsThinking, canThink }: ChatReading): Reading {
  const body = recordOf(raw)
  if (!Array.isArray(body.messages) || body.messages.length === 0)
    return { refusal: { kind: 'bad-value', parameter: 'messages', expected: 'a non-empty array' } }
  const messages = listOf(body.messages)
  const refusal = ruleRefusal(body, messages, { isOpenai: !showsThinking, canThink })
  if (refusal) return { refusal }
  const tools = listOf(body.tools).map(tool => recordOf(tool.function))
  const ask: Ask = {
    model: textOf(body.model),
    stream: body.stream === true,
    wantsUsage: recordOf(body.stream_options).include_usage === true,
    system: messages.filter(isSystem).map(contentText).join('\n'),
    firstUserText: contentText(messages.find(message => message.role === 'user') ?? {}),
    segments: [...toolSegments(body.tools), ...messages.map(messageSegment)],
    turns: messages.flatMap(turnOf),
    called: calledIn(messages),
    signatures: [],
    tools: tools.map(tool => ({ name: textOf(tool.name), inputSchema: tool.parameters ?? { type: 'object' } })),
    toolChoice: toolChoiceOf(body.tool_choice),
    schema: schemaOf(recordOf(body.response_format)),
    maxOutput: limitOf(body.max_completion_tokens) ?? limitOf(body.max_tokens),
    stops: stopsOf(body.stop),
    thinks: canThink && body.reasoning_effort !== 'none',
    showsThinking,
    ...(body.store === false && { keepsNothing: true }),
  }
  return { ask }
}

function messageSegment(message: Loose): Segment {
  const calls = Array.isArray(message.tool_calls) ? JSON.stringify(message.tool_calls) : ''
  const text = `${textOf(message.role)} ${textOf(message.tool_call_id)} ${contentText(message)}${calls}`
  const others = listOf(message.content).filter(part => part.type !== 'text')
  return pictureSegment(text, others, IMAGE_TOKENS)
}

function turnOf(message: Loose, place: number): Turn[] {
  const position = `messages.[${place}]`
  if (message.role === 'assistant')
    return [
      { role: 'assistant', calls: listOf(message.tool_calls).map(call => textOf(call.id)), results: [], position },
    ]
  if (message.role === 'tool')
    return [{ role: 'tool', calls: [], results: [textOf(message.tool_call_id)], position: `${position}.role` }]
  // Nobody may speak between calls and their results, the system neither.
  return [{ role: 'user', calls: [], results: [], position }]
}

function calledIn(messages: readonly Loose[]): SeenCall[] {
  const calls: SeenCall[] = []
  for (const [place, { tool_calls: made }] of messages.entries())
    if (made)
      for (const [at, call] of listOf(made).entries()) {
        const name = textOf(recordOf(call.function).name)
        calls.push({ id: textOf(call.id), name, position: `messages[${place}].tool_calls[${at}]` })
      }
  return calls
}

function toolChoiceOf(choice: Json | undefined): ToolChoice {
  if (choice === 'none' || choice === 'required') return choice
  const name = textOf(recordOf(recordOf(choice).function).name)
  return name ? { name } : 'auto'
}

function schemaOf(format: Loose): Json | undefined {
  if (format.type === 'json_schema') return recordOf(format.json_schema).schema ?? true
  return format.type === 'json_object' ? true : undefined
}
