/**
 * Holds a value to a JSON schema, as far as that goes without the code that it was made from. It runs in the workflow sandbox, where no
 * library of schemas has a place: types, choices, bounds and required properties. Other keywords are left to the schema itself, and so are
 * values with a `$comment`, which its code may convert, and what would take long: the run does nothing else meanwhile.
 *
 * @module
 */
import type { JsonValue } from '../messages.ts'
import { kindOf } from '../words/kind-of.ts'
import { pathOf } from '../words/path-of.ts'
import { isRecord } from './is-record.ts'

/** Who has more of them wrong has misread the whole; a refusal is to be read. */
const MOST_PROBLEMS = 10

/** Of two forms that both hold themselves again, each level of a value doubles the work. */
const MOST_CHECKS = 10_000

/** Deeper values would overflow the stack. */
const MOST_LEVELS = 100

/** What is wrong with the value, one sentence each with its path, at most ten and how many more. They quote nothing of the value. */
export function schemaProblems(schema: JsonValue, value: JsonValue): readonly string[] {
  const problems = problemsAt({ root: schema, path: [], work: { checks: 0 } }, schema, value)
  const more = problems.length - MOST_PROBLEMS
  return more > 0 ? [...problems.slice(0, MOST_PROBLEMS), `and ${more} more`] : problems
}

interface Place {
  /** The whole schema, into which references point. */
  readonly root: JsonValue
  readonly path: readonly PropertyKey[]
  /** What was done so far, at all places. */
  readonly work: { checks: number }
}

type Schema = Readonly<Record<string, JsonValue | undefined>>

function problemsAt(place: Place, found: JsonValue | undefined, value: JsonValue): readonly string[] {
  const schema = resolved(place.root, found)
  place.work.checks += 1
  if (!schema || isLeft(schema) || place.path.length > MOST_LEVELS || place.work.checks > MOST_CHECKS) return []
  const wrong = typeProblem(schema, value) ?? choiceProblem(schema, value)
  if (wrong !== undefined) return [at(place, wrong)]
  return [
    ...boundProblems(schema, value).map(problem => at(place, problem)),
    ...propertyProblems(place, schema, value),
    ...itemProblems(place, schema, value),
    ...formProblems(place, schema, value),
    ...listOf(schema.allOf).flatMap(one => problemsAt(place, one, value)),
  ]
}

const isLeft = ({ $comment: comment }: Schema) => comment !== undefined

const at = ({ path }: Place, problem: string) => (path.length === 0 ? problem : `${pathOf(path)}: ${problem}`)

const below = (place: Place, key: PropertyKey): Place => ({ ...place, path: [...place.path, key] })

const listOf = (found: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(found) ? found : [])

/** The schema, or what its reference means, such as `#/definitions/Line`; `undefined` if it says nothing. */
function resolved(root: JsonValue, found: unknown): Schema | undefined {
  const { $ref: reference } = Object(found) as Schema
  if (typeof reference !== 'string') return isRecord(found) ? (found as Schema) : undefined
  const names = reference.split('/').slice(1)
  const meant = names.reduce<unknown>(
    (above, name) => Object(above)[name.replaceAll('~1', '/').replaceAll('~0', '~')],
    root,
  )
  return isRecord(meant) ? (meant as Schema) : undefined
}

const TYPES: Readonly<Record<string, readonly [words: string, is: (value: JsonValue) => boolean]>> = {
  string: ['a text', value => typeof value === 'string'],
  number: ['a number', value => typeof value === 'number'],
  integer: ['a whole number', Number.isInteger],
  boolean: ['true or false', value => typeof value === 'boolean'],
  object: ['an object', isRecord],
  array: ['a list', Array.isArray],
  null: ['null', value => value === null],
}

function typesIn({ type }: Schema): readonly string[] {
  return (Array.isArray(type) ? type : [type]).filter(
    one => typeof one === 'string' && Object.hasOwn(TYPES, one),
  ) as string[]
}

function typeProblem(schema: Schema, value: JsonValue): string | undefined {
  const types = typesIn(schema)
  if (types.length === 0 || types.some(type => TYPES[type]![1](value))) return undefined
  return `must be ${types.map(type => TYPES[type]![0]).join(' or ')}, and is ${value === null ? 'null' : kindOf(value)}`
}

/** Zod's literals and enums are texts, numbers, booleans and null. */
function choiceProblem({ enum: choices, const: only }: Schema, value: JsonValue): string | undefined {
  const known = only === undefined ? choices : [only]
  if (!Array.isArray(known) || known.includes(value)) return undefined
  return `must be ${known.length > 1 ? 'one of ' : ''}${known.map(choice => JSON.stringify(choice)).join(', ')}`
}

type Bound = readonly [
  keyword: string,
  words: (bound: number) => string,
  holds: (size: number, bound: number) => boolean,
]

const OF_NUMBERS: readonly Bound[] = [
  ['minimum', bound => `be at least ${bound}`, (size, bound) => size >= bound],
  ['maximum', bound => `be at most ${bound}`, (size, bound) => size <= bound],
  ['exclusiveMinimum', bound => `be more than ${bound}`, (size, bound) => size > bound],
  ['exclusiveMaximum', bound => `be less than ${bound}`, (size, bound) => size < bound],
]

const OF_TEXTS: readonly Bound[] = [
  ['minLength', bound => `have at least ${bound} characters`, (size, bound) => size >= bound],
  ['maxLength', bound => `have at most ${bound} characters`, (size, bound) => size <= bound],
]

const OF_LISTS: readonly Bound[] = [
  ['minItems', bound => `have at least ${bound} items`, (size, bound) => size >= bound],
  ['maxItems', bound => `have at most ${bound} items`, (size, bound) => size <= bound],
]

function boundProblems(schema: Schema, value: JsonValue): readonly string[] {
  if (typeof value === 'number') return outside(schema, OF_NUMBERS, value)
  if (typeof value === 'string') return outside(schema, OF_TEXTS, value.length)
  return Array.isArray(value) ? outside(schema, OF_LISTS, value.length) : []
}

function outside(schema: Schema, bounds: readonly Bound[], size: number): readonly string[] {
  return bounds.flatMap(([keyword, words, holds]) => {
    const bound = schema[keyword]
    return typeof bound !== 'number' || holds(size, bound) ? [] : [`must ${words(bound)}`]
  })
}

function propertyProblems(place: Place, { required, properties }: Schema, value: JsonValue): readonly string[] {
  if (!isRecord(value)) return []
  const given = value as Schema
  const known = Object.entries(isRecord(properties) ? (properties as Schema) : {})
  const left = known.filter(([, schema]) => isLeft(resolved(place.root, schema) ?? {})).map(([key]) => key)
  const missing = listOf(required).filter(
    key => typeof key === 'string' && !Object.hasOwn(given, key) && !left.includes(key),
  ) as string[]
  return [
    ...missing.map(key => at(below(place, key), 'is missing')),
    ...known.flatMap(([key, schema]) =>
      Object.hasOwn(given, key) ? problemsAt(below(place, key), schema, given[key]!) : [],
    ),
  ]
}

/** A list of schemas is one for each place. */
function itemProblems(place: Place, { items }: Schema, value: JsonValue): readonly string[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item, index) =>
    problemsAt(below(place, index), Array.isArray(items) ? items[index] : items, item),
  )
}

/** Of the forms that a value may have, those are spoken of that are of its type. */
function formProblems(place: Place, { anyOf, oneOf }: Schema, value: JsonValue): readonly string[] {
  const forms = [...listOf(anyOf), ...listOf(oneOf)]
  const wrong = forms.map(form => problemsAt(place, form, value))
  if (forms.length === 0 || wrong.some(problems => problems.length === 0)) return []
  const alike = wrong.filter((_, index) => typeProblem(resolved(place.root, forms[index]) ?? {}, value) === undefined)
  const [only] = alike
  if (only && alike.length === 1) return only
  const all = alike.length > 0 ? alike : wrong
  return [all.map(problems => problems.join(', ')).join('; or ')]
}
