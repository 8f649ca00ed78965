/**
 * A value that satisfies a JSON schema, the same for the same digest.
 *
 * Handles type, properties, names of properties, items, tuples, enum, const, anyOf, oneOf, allOf, $ref into the same document, bounds of numbers,
 * strings and arrays, and the common formats. Patterns are not solved: a model may miss them too.
 *
 * @module
 */
import type { Json } from './ask.ts'
import { isRecord, type Loose, numberOf, recordOf } from './loose.ts'

interface Making {
  readonly root: Loose
  readonly digest: string
  /** The name of the property, which gives the text something to say. */
  readonly name: string
  readonly depth: number
  /** How many more values may be made: a schema that contains itself in several places would double with each step. */
  readonly room: { left: number }
}

/** Deeper than this, what may be left out or null is, so that a schema that contains itself comes to an end. */
const MAX_DEPTH = 6
/** A schema that demands itself has no value; here the attempt ends. */
const DEEPEST = 50
/** More than this no answer holds, whatever a schema demands: the value then misses its schema, as a model's would. */
const MOST_VALUES = 10_000
const MOST_ITEMS = 1_000
const LONGEST_TEXT = 100_000

const FORMATS: Readonly<Record<string, string>> = {
  date: '2026-01-15',
  'date-time': '2026-01-15T09:30:00Z',
  time: '09:30:00Z',
  duration: 'P1DT12H',
  email: 'reader@example.com',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uuid: '6f1c2a34-58d7-4b0e-9a61-2f3d4c5b6a70',
}

/** A value for a schema. `true`, `{}` and what is no schema give an object with the digest. */
export function valueFor(schema: Json, digest: string): Json {
  const root = recordOf(schema)
  if (Object.keys(root).length === 0) return { answer: `An answer without a given shape, ${digest}.` }
  return make(root, { root, digest, name: 'value', depth: 0, room: { left: MOST_VALUES } })
}

function make(schema: Loose, making: Making): Json {
  making.room.left -= 1
  if (making.depth > DEEPEST || making.room.left < 0) return null
  if (schema.const !== undefined) return schema.const
  if (Array.isArray(schema.enum)) return pick(schema.enum, making.digest) ?? null
  const inner = resolved(schema, making.root, making.depth)
  if (inner !== schema) return make(inner, { ...making, depth: making.depth + 1 })
  switch (typeOf(schema)) {
    case 'object':
      return makeObject(schema, making)
    case 'array':
      return makeArray(schema, making)
    case 'integer':
    case 'number':
      return makeNumber(schema, making.digest)
    case 'boolean':
      return Number.parseInt(making.digest, 16) % 2 === 0
    case 'null':
      return null
    default:
      return makeText(schema, making)
  }
}

/** The schema behind $ref, anyOf, oneOf and allOf; the same object when there is none of them. */
function resolved(schema: Loose, root: Loose, depth: number): Loose {
  if (typeof schema.$ref === 'string') return at(root, schema.$ref)
  const choices = asSchemas(schema.anyOf) ?? asSchemas(schema.oneOf)
  const wantsNull = depth >= MAX_DEPTH
  if (choices) return choices.find(choice => (choice.type === 'null') === wantsNull) ?? choices[0] ?? {}
  const all = asSchemas(schema.allOf)
  if (!all) return schema
  const { allOf: _, ...own } = schema
  return [own, ...all.map(part => resolved(part, root, depth))].reduce(merged)
}

function merged(a: Loose, b: Loose): Loose {
  return { ...a, ...b, properties: { ...recordOf(a.properties), ...recordOf(b.properties) } }
}

function at(root: Loose, reference: string): Loose {
  const found = reference
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((part, key) => (isRecord(part) ? part[key] : undefined), root)
  return recordOf(found)
}

function typeOf(schema: Loose): Json | undefined {
  if (Array.isArray(schema.type)) return schema.type.find(type => type !== 'null') ?? 'null'
  if (schema.type !== undefined) return schema.type
  if (schema.properties) return 'object'
  return schema.items ? 'array' : undefined
}

function makeObject(schema: Loose, making: Making): Json {
  const properties = recordOf(schema.properties)
  const required = Array.isArray(schema.required) ? schema.required : []
  const names = Object.keys(properties).filter(name => making.depth < MAX_DEPTH || required.includes(name))
  const value = (name: string) => {
    const property = properties[name]
    return make(recordOf(property), { ...making, name, depth: making.depth + 1 })
  }
  const entries = names.map((name): [string, Json] => [name, value(name)])
  return Object.fromEntries([...entries, ...openEntries(schema, making)])
}

/** Of an object that says which names there are, and of all of them together what they hold. */
function openEntries(schema: Loose, making: Making): [string, Json][] {
  const { propertyNames, additionalProperties: held } = schema
  const names = isRecord(propertyNames) && Array.isArray(propertyNames.enum) ? propertyNames.enum : []
  const depth = making.depth + 1
  return names.map(String).map(name => [name, make(recordOf(held), { ...making, name, depth })])
}

function makeArray(schema: Loose, making: Making): Json {
  const item = (items: Loose, place: number) =>
    make(items, { ...making, name: `${making.name} ${place + 1}`, depth: making.depth + 1 })
  // A tuple; in older drafts its places stand under `items`.
  const places = asSchemas(schema.prefixItems) ?? asSchemas(schema.items)
  if (places) return places.map(item)
  const least = numberOf(schema.minItems) ?? (making.depth < MAX_DEPTH ? 2 : 0)
  const length = Math.min(least, numberOf(schema.maxItems) ?? least, MOST_ITEMS)
  const items = recordOf(schema.items)
  return Array.from({ length }, (_, place) => item(items, place))
}

function makeNumber(schema: Loose, digest: string): number {
  const whole = typeOf(schema) === 'integer'
  const step = numberOf(schema.multipleOf) || (whole ? 1 : 0.5)
  const above = numberOf(schema.exclusiveMinimum)
  const below = numberOf(schema.exclusiveMaximum)
  const least = numberOf(schema.minimum) ?? (above === undefined ? undefined : above + step)
  const most = numberOf(schema.maximum) ?? (below === undefined ? undefined : below - step)
  const from = least ?? Math.min(1, most ?? 1)
  const steps = Math.floor(((most ?? from + 10 * step) - from) / step)
  const value = Math.ceil(from / step) * step + (Number.parseInt(digest, 16) % (steps + 1)) * step
  return most !== undefined && value > most ? from : value
}

function makeText(schema: Loose, { name, digest }: Making): string {
  const { format } = schema
  if (typeof format === 'string' && Object.hasOwn(FORMATS, format)) return FORMATS[format]!
  const least = Math.min(numberOf(schema.minLength) ?? 0, LONGEST_TEXT)
  return `${name} ${digest}`.padEnd(least, '.').slice(0, numberOf(schema.maxLength))
}

function pick<T>(choices: readonly T[], digest: string): T | undefined {
  return choices[Number.parseInt(digest, 16) % choices.length]
}

function asSchemas(value: Json | undefined): Loose[] | undefined {
  return Array.isArray(value) ? value.filter(isRecord) : undefined
}
