/**
 * What OpenAI demands of a schema that is to be held strictly: every object closed, every property required.
 * Rules: OpenAI's guide "Structured outputs", "Supported schemas".
 *
 * @module
 */
import type { Json } from '../ask.ts'
import { type Loose, recordOf } from '../loose.ts'

const NOT_PERMITTED = ['oneOf', 'allOf', 'not', 'if', 'patternProperties'] as const

/** What is wrong with it, in the API's words; nothing when it may be held strictly. */
export function strictFlaw(schema: Json): string | undefined {
  return flawAt(recordOf(schema), [])
}

function flawAt(schema: Loose, path: readonly string[]): string | undefined {
  const refused = NOT_PERMITTED.find(key => schema[key] !== undefined)
  if (refused) return `In context=${placeOf(path)}, '${refused}' is not permitted.`
  return objectFlaw(schema, path) ?? innerFlaw(schema, path)
}

function objectFlaw(schema: Loose, path: readonly string[]): string | undefined {
  const isObject = schema.type === 'object' || (Array.isArray(schema.type) && schema.type.includes('object'))
  if (!isObject) return undefined
  if (schema.additionalProperties !== false)
    return `In context=${placeOf(path)}, 'additionalProperties' is required to be supplied and to be false.`
  const required = Array.isArray(schema.required) ? schema.required : []
  const missing = Object.keys(recordOf(schema.properties)).find(name => !required.includes(name))
  if (missing === undefined) return undefined
  return `In context=${placeOf(path)}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
}

function innerFlaw(schema: Loose, path: readonly string[]): string | undefined {
  for (const key of ['properties', '$defs', 'definitions'])
    for (const [name, inner] of Object.entries(recordOf(schema[key]))) {
      const flaw = flawAt(recordOf(inner), [...path, key, name])
      if (flaw) return flaw
    }
  const choices = Array.isArray(schema.anyOf) ? schema.anyOf : []
  for (const [at, choice] of choices.entries()) {
    const flaw = flawAt(recordOf(choice), [...path, 'anyOf', String(at)])
    if (flaw) return flaw
  }
  return schema.items === undefined ? undefined : flawAt(recordOf(schema.items), [...path, 'items'])
}

/** As Python writes a tuple. */
function placeOf(path: readonly string[]): string {
  return `(${path.map(name => `'${name}'`).join(', ')}${path.length === 1 ? ',' : ''})`
}
