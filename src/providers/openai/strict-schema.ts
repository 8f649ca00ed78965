import { listOf, recordOf } from '../json.ts'

/** Words that OpenAI does not permit in a schema that it holds strictly. */
const NOT_PERMITTED = [
  'oneOf',
  'allOf',
  'not',
  'if',
  'default',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'propertyNames',
  'prefixItems',
  'contains',
  'uniqueItems',
] as const

/** The formats that it knows. "'uri' is not a valid format": with any other the whole schema is refused. */
const FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid']

/** "schema must have a 'type' key", or another of these keys. */
const SAYS_WHAT = ['type', 'anyOf', '$ref', 'enum', 'const'] as const

/**
 * The option for a schema that OpenAI would refuse to hold strictly, which the package asks by default: one with a property that may be
 * missing or be anything, an object that is open, or a format that it does not know. The schema is then a strong hint, which is better
 * than JSON mode. Rules: OpenAI's guide "Structured outputs", "Supported schemas".
 */
export function withoutStrictness(schema: unknown): { readonly strictJsonSchema?: false } {
  const isStrict = recordOf(schema).type === 'object' && mayBeStrict(schema)
  return schema === undefined || isStrict ? {} : { strictJsonSchema: false }
}

function mayBeStrict(found: unknown): boolean {
  const schema = recordOf(found)
  if (NOT_PERMITTED.some(word => schema[word] !== undefined) || !isClosed(schema)) return false
  if (SAYS_WHAT.every(word => schema[word] === undefined)) return false
  if (schema.format !== undefined && !FORMATS.some(format => format === schema.format)) return false
  const inner = ['properties', '$defs', 'definitions'].flatMap(key => Object.values(recordOf(schema[key])))
  return [...inner, ...listOf(schema.anyOf), ...(schema.items === undefined ? [] : [schema.items])].every(mayBeStrict)
}

function isClosed(schema: ReturnType<typeof recordOf>): boolean {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type]
  if (!types.includes('object')) return true
  const required = listOf(schema.required)
  return (
    schema.additionalProperties === false &&
    Object.keys(recordOf(schema.properties)).every(name => required.includes(name))
  )
}
