/**
 * What a call adds to its transcript, as messages: what it only refers to is read where it lies.
 *
 * @module
 */
import { isHandedOver } from '../../../src/core/agent/handed-over.ts'
import { LostContent, WAY_OUT } from '../../../src/core/content/lost-content.ts'
import {
  type JsonValue,
  type Message,
  type ToolMessage,
  type UserMessage,
  userText,
} from '../../../src/core/messages.ts'
import type { Part } from '../../../src/core/parts.ts'
import type {
  Addition,
  CallModelInput,
  GivenMessage,
  HandedOver,
  RunRef,
  ToolResultRef,
} from '../../../src/core/protocol.ts'
import { isToolContent, type ToolOutput } from '../../../src/core/tools/tool-content.ts'
import type { CallModelPorts } from '../ports.ts'

/** @throws LostContent for what is no more in the store. */
export async function addedMessages(
  ports: CallModelPorts,
  { run, additions }: CallModelInput,
): Promise<readonly Message[]> {
  const added = additions.map(addition =>
    isHandedOver(addition) ? heardBefore(ports, run, addition) : messageOf(ports, run, addition),
  )
  return (await Promise.all(added)).flat()
}

/** Behind the other agent's instructions, so that each message keeps its position. */
async function heardBefore({ transcripts }: CallModelPorts, run: RunRef, { transcript }: HandedOver) {
  return (await transcripts.read(transcript, undefined, run)).slice(1)
}

async function messageOf(
  ports: CallModelPorts,
  run: RunRef,
  addition: Exclude<Addition, HandedOver>,
): Promise<Message> {
  if (addition.role === 'stored-text') return userText(await ports.texts.take(run, addition.text.digest))
  if (addition.role === 'user') return userMessage(ports, run, addition)
  if (addition.role !== 'tool-results') return addition
  const content = await Promise.all(addition.results.map(result => toolResult(ports, run.key, result)))
  return { role: 'tool', content }
}

async function userMessage(
  ports: CallModelPorts,
  run: RunRef,
  message: UserMessage | GivenMessage,
): Promise<UserMessage> {
  const content = await Promise.all(message.content.map((part: Part) => wholePart(ports, run, part)))
  return { ...message, content }
}

/** As the specification has it, with what lies in the store. */
async function wholePart({ texts }: CallModelPorts, run: RunRef, part: Part): Promise<UserMessage['content'][number]> {
  if (part.type === 'stored-text') return { type: 'text', text: await texts.take(run, part.text.digest) }
  if (part.type !== 'file' || part.data.type !== 'stored') return part as UserMessage['content'][number]
  const content = await texts.take(run, part.data.digest)
  return { ...part, data: part.data.as === 'text' ? { type: 'text', text: content } : { type: 'data', data: content } }
}

async function toolResult(
  ports: CallModelPorts,
  runKey: string,
  result: ToolResultRef,
): Promise<ToolMessage['content'][number]> {
  const { toolCallId, toolName, isError } = result
  const value = result.stored ? await storedResult(ports, runKey, result) : (JSON.parse(result.preview) as JsonValue)
  return { type: 'tool-result', toolCallId, toolName, output: outputOf(value, isError) }
}

async function storedResult(ports: CallModelPorts, runKey: string, result: ToolResultRef): Promise<JsonValue> {
  const value = await ports.toolRecords.result(runKey, result.step, result.toolCallId, result.question)
  if (value === undefined)
    throw new LostContent(
      `The result of ${result.toolName} (${result.toolCallId}, step ${result.step}) is missing from the store. ${WAY_OUT}`,
    )
  return value
}

function outputOf(value: JsonValue, isError: boolean): ToolOutput {
  if (!isError && isToolContent(value)) return value as ToolOutput
  if (typeof value === 'string') return { type: isError ? 'error-text' : 'text', value } as const
  return { type: isError ? 'error-json' : 'json', value } as const
}
