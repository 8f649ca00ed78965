/**
 * Reads and replaces the texts in messages.
 *
 * @module
 */
import type { JsonValue, Message, MessagePart } from '../messages.ts'
import type { ToolOutput } from '../tools/tool-content.ts'

/**
 * The message with every text in it replaced by `change(text)`; the same object if nothing changed.
 *
 * Reasoning that would change is left out, because vendors sign it and refuse it if the signature does not fit. Of a file, the name is
 * changed, and its data if that is text. Bytes are left alone.
 */
export function changeTexts(message: Message, change: (text: string) => string): Message {
  if (typeof message.content === 'string') {
    const content = change(message.content)
    return content === message.content ? message : ({ ...message, content } as Message)
  }
  const before: readonly MessagePart[] = message.content
  const after = before.flatMap(part => changePart(part, change))
  const same = after.length === before.length && after.every((part, at) => part === before[at])
  return same ? message : ({ ...message, content: after } as Message)
}

function changePart(part: MessagePart, change: (text: string) => string): readonly MessagePart[] {
  switch (part.type) {
    case 'text': {
      const text = change(part.text)
      return [text === part.text ? part : { ...part, text }]
    }
    case 'reasoning':
      return change(part.text) === part.text ? [part] : []
    case 'file':
      return [changeFile(part, change)]
    case 'tool-call': {
      const input = changeJson(part.input as JsonValue, change)
      return [input === part.input ? part : { ...part, input }]
    }
    case 'tool-result': {
      const output = changeOutput(part.output, change)
      return [output === part.output ? part : { ...part, output }]
    }
    default:
      return [part]
  }
}

type File = Extract<MessagePart, { type: 'file' }>

function changeFile<Part extends Pick<File, 'filename' | 'data'>>(part: Part, change: (text: string) => string): Part {
  const { filename, data } = part
  const name = filename && change(filename)
  const text = data.type === 'text' ? change(data.text) : undefined
  if (name === filename && (data.type !== 'text' || text === data.text)) return part
  return {
    ...part,
    ...(name !== undefined && { filename: name }),
    ...(text !== undefined && { data: { type: 'text', text } }),
  }
}

function changeOutput(output: ToolOutput, change: (text: string) => string): ToolOutput {
  switch (output.type) {
    case 'text':
    case 'error-text': {
      const value = change(output.value)
      return value === output.value ? output : { ...output, value }
    }
    case 'json':
    case 'error-json': {
      const value = changeJson(output.value, change)
      return value === output.value ? output : { ...output, value }
    }
    case 'content': {
      const value = output.value.map(item => changeItem(item, change))
      return value.every((item, at) => item === output.value[at]) ? output : { ...output, value }
    }
    case 'execution-denied': {
      const { reason } = output
      const changed = reason && change(reason)
      return changed === reason ? output : { ...output, reason: changed! }
    }
    default:
      return output
  }
}

type Item = Extract<ToolOutput, { type: 'content' }>['value'][number]

function changeItem(item: Item, change: (text: string) => string): Item {
  if (item.type === 'file') return changeFile(item, change)
  if (item.type !== 'text') return item
  const text = change(item.text)
  return text === item.text ? item : { ...item, text }
}

/** Numbers are checked in their written form, because a card number may be one. */
function changeJson(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value)
  if (typeof value === 'number') {
    const text = change(String(value))
    return text === String(value) ? value : text
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const after = value.map(item => changeJson(item, change))
    return after.every((item, at) => item === value[at]) ? value : after
  }
  return changeObject(value as JsonObject, change)
}

type JsonObject = Readonly<Record<string, JsonValue>>

/** Keys are changed too: a model may put what it was told into a key, as in a table by card number. */
function changeObject(value: JsonObject, change: (text: string) => string): JsonValue {
  const entries = Object.entries(value).map(([key, item]) => ({ key, to: change(key), item: changeJson(item, change) }))
  if (entries.every(({ key, to, item }) => key === to && item === value[key])) return value
  const taken = new Set(entries.filter(({ key, to }) => key === to).map(({ key }) => key))
  return Object.fromEntries(entries.map(({ key, to, item }) => [key === to ? key : freeName(to, taken), item]))
}

/** Finds a free key, and takes it. If several keys get the same replacement, the later ones are numbered, so that no value is lost. */
function freeName(name: string, taken: Set<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number += 1) free = `${name} ${number}`
  taken.add(free)
  return free
}

/** Every text in the messages, in the order in which {@link changeTexts} visits them. */
export function textsOf(messages: readonly Message[]): readonly string[] {
  const texts: string[] = []
  for (const message of messages)
    changeTexts(message, text => {
      texts.push(text)
      return text
    })
  return texts
}
