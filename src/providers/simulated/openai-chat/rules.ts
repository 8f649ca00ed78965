/**
 * What OpenAI's chat completions refuse beyond the tool loop. The sentences are the API's.
 *
 * @module
 */
import type { Json } from '../ask.ts'
import { isGiven, type Loose, listOf, recordOf } from '../loose.ts'
import { unreadablePicture } from '../pictures.ts'
import { type Refusal, rule } from '../refusal.ts'
import { chatSamplingRule } from './sampling-rules.ts'
import { strictFlaw } from './strict-schema.ts'

const ROLES: ReadonlySet<unknown> = new Set(['system', 'assistant', 'user', 'function', 'tool', 'developer'])

export interface ChatRules {
  /** OpenAI's own: a schema is held strictly where that is asked for, and settings are looked at. Most others take both as they are. */
  readonly isOpenai: boolean
  readonly canThink: boolean
}

/** The first rule that a request breaks. */
export function ruleRefusal(body: Loose, messages: readonly Loose[], rules: ChatRules): Refusal | undefined {
  for (const [place, message] of messages.entries()) {
    const found = messageRule(message, place)
    if (found) return found
  }
  const found = toolsRule(body) ?? formatRule(recordOf(body.response_format), messages, rules)
  return found ?? (rules.isOpenai ? chatSamplingRule(body, rules.canThink) : undefined)
}

function messageRule(message: Loose, place: number): Refusal | undefined {
  const { role, content } = message
  if (!ROLES.has(role))
    return rule(
      `Invalid value: '${String(role)}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`,
      { parameter: `messages[${place}].role`, code: 'invalid_value' },
    )
  if (typeof content === 'string') return undefined
  if (Array.isArray(content)) return pictureRule(role, listOf(content), place)
  if (role === 'assistant' && Array.isArray(message.tool_calls) && message.tool_calls.length > 0) return undefined
  return rule("Invalid value for 'content': expected a string, got null.", { parameter: `messages.[${place}].content` })
}

function pictureRule(role: Json | undefined, parts: readonly Loose[], place: number): Refusal | undefined {
  const pictures = parts.filter(({ type }) => type === 'image_url')
  if (pictures.length > 0 && role !== 'user')
    return rule(
      `Invalid 'messages[${place}]'. Image URLs are only allowed for messages with role 'user', but this message with role '${String(role)}' contains an image URL.`,
      { parameter: `messages[${place}]`, code: 'invalid_value' },
    )
  const unread = pictures.map(({ image_url }) => unreadablePicture(recordOf(image_url).url)).find(Boolean)
  return unread === undefined ? undefined : rule(unread, { code: 'invalid_image_format' })
}

function toolsRule(body: Loose): Refusal | undefined {
  if (Array.isArray(body.tools) && body.tools.length === 0)
    return rule(
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      {
        parameter: 'tools',
        code: 'empty_array',
      },
    )
  if (isGiven(body.tools)) return undefined
  const parameter = ['tool_choice', 'parallel_tool_calls'].find(key => isGiven(body[key]))
  return parameter === undefined || body[parameter] === 'none'
    ? undefined
    : rule(`Invalid value for '${parameter}': '${parameter}' is only allowed when 'tools' are specified.`, {
        parameter,
      })
}

function formatRule(format: Loose, messages: readonly Loose[], { isOpenai }: ChatRules): Refusal | undefined {
  if (format.type === 'json_object')
    return saysJson(messages)
      ? undefined
      : rule("'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", {
          parameter: 'messages',
        })
  if (format.type !== 'json_schema' || !isOpenai) return undefined
  const { name, schema, strict } = recordOf(format.json_schema)
  const flaw = schemaFlaw(schema, strict === true)
  return flaw === undefined
    ? undefined
    : rule(`Invalid schema for response_format '${String(name)}': ${flaw}`, { parameter: 'response_format' })
}

/** What both of OpenAI's APIs find wrong with the shape that an answer is to have. */
export function schemaFlaw(schema: Json | undefined, strict: boolean): string | undefined {
  if (schema === undefined) return undefined
  const { type } = recordOf(schema)
  if (type !== 'object')
    return `schema must be a JSON Schema of 'type: "object"', got 'type: ${JSON.stringify(type ?? 'None')}'.`
  return strict ? strictFlaw(schema) : undefined
}

/** Looked for in the texts of all messages, capitals or not. */
export function saysJson(messages: readonly Loose[]): boolean {
  return messages.some(({ content }) =>
    /json/i.test(typeof content === 'string' ? content : JSON.stringify(content ?? '')),
  )
}
