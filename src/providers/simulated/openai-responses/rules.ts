/**
 * What OpenAI's Responses refuse beyond the tool loop. The sentences are the API's.
 *
 * @module
 */
import { type Loose, listOf, recordOf, textOf } from '../loose.ts'
import { saysJson, schemaFlaw } from '../openai-chat/rules.ts'
import { responsesSamplingRule } from '../openai-chat/sampling-rules.ts'
import { unreadablePicture } from '../pictures.ts'
import { type Refusal, rule } from '../refusal.ts'

/** An item that an earlier answer left with the vendor, and the thought that led to it. */
export interface StoredItem {
  readonly item: Loose
  readonly reasoningId?: string
}

export type StoredItems = (id: string) => StoredItem | undefined

/** A request's input: `given` as it came, `items` with its references looked up. */
interface Asked {
  readonly given: readonly Loose[]
  readonly items: readonly Loose[]
  readonly storedOf: StoredItems
  readonly canThink: boolean
}

/** The first rule that a request breaks. */
export function ruleRefusal(body: Loose, { given, items, storedOf, canThink }: Asked): Refusal | undefined {
  const found = idsRule(given) ?? thoughtsRule(given, storedOf) ?? picturesRule(given)
  const reasons = canThink && recordOf(body.reasoning).effort !== 'none'
  return found ?? formatRule(recordOf(recordOf(body.text).format), items) ?? responsesSamplingRule(body, reasons)
}

/** Those that people show, and those that tools give. */
function picturesRule(given: readonly Loose[]): Refusal | undefined {
  const parts = given.flatMap(({ content, output }) => [...listOf(content), ...listOf(output)])
  const pictures = parts.filter(({ type }) => type === 'input_image')
  const unread = pictures.map(({ image_url }) => unreadablePicture(image_url)).find(Boolean)
  return unread === undefined ? undefined : rule(unread, { parameter: 'input', code: 'invalid_image_format' })
}

const PREFIXES: Readonly<Record<string, string>> = { message: 'msg', function_call: 'fc', reasoning: 'rs' }

/** Other vendors' ids do not fit, and none may stand there twice. */
function idsRule(given: readonly Loose[]): Refusal | undefined {
  const seen = new Set<string>()
  for (const [place, item] of given.entries()) {
    const id = textOf(item.id)
    if (id === '') continue
    const prefix = PREFIXES[textOf(item.type)]
    const at = `input[${place}].id`
    if (prefix !== undefined && !id.startsWith(prefix))
      return rule(`Invalid '${at}': '${id}'. Expected an ID that begins with '${prefix}'.`, {
        parameter: at,
        code: 'invalid_value',
      })
    if (seen.has(id))
      return rule(`Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`, {
        parameter: 'input',
      })
    seen.add(id)
  }
  return undefined
}

/** A thought is known by its seal or by the vendor's store, and what it led to does not stand without it. */
function thoughtsRule(given: readonly Loose[], storedOf: StoredItems): Refusal | undefined {
  const ids = new Set(given.map(({ id }) => textOf(id)))
  for (const item of given) {
    const id = textOf(item.id)
    const stored = storedOf(id)
    if (item.type === 'reasoning' && id !== '' && !stored && typeof item.encrypted_content !== 'string')
      return { kind: 'unknown-item', itemId: id }
    const needed = stored?.reasoningId
    if (needed !== undefined && !ids.has(needed))
      return rule(
        `Item '${id}' of type '${textOf(stored?.item.type)}' was provided without its required 'reasoning' item: '${needed}'.`,
        { parameter: 'input' },
      )
  }
  return undefined
}

/** The instructions do not count: the word must stand in the input. */
function formatRule(format: Loose, items: readonly Loose[]): Refusal | undefined {
  if (format.type === 'json_object' && !saysJson(items))
    return rule(
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      { parameter: 'text.format' },
    )
  if (format.type !== 'json_schema') return undefined
  const flaw = schemaFlaw(format.schema, format.strict === true)
  return flaw === undefined
    ? undefined
    : rule(`Invalid schema for response_format '${textOf(format.name)}': ${flaw}`, {
        parameter: 'text.format.schema',
        code: 'invalid_json_schema',
      })
}
