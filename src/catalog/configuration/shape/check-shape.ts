/**
 * Holds values to their shape, and turns what the validation library finds into problems of ours.
 *
 * @module
 */
import type { z } from 'zod'
import { nearest } from '../../../core/words/nearest.ts'
import { type Path, type Problem, pathText } from '../text/problem.ts'
import { describeFound, describePlain, looksSecret } from '../text/quoting.ts'
import { valueAt } from '../text/value-at.ts'
import type { YamlDocument } from '../text/yaml-document.ts'
import { isPrivate } from '../variables/private-places.ts'
import { filesIn, variablesIn } from '../variables/variables.ts'
import { allowedWords } from './allowed-words.ts'
import { plainField } from './plain-fields.ts'
import { MAPPING_OF, PRICE_ALLOWED } from './shape-parts.ts'

/** What came of holding a value to a shape: the value with its defaults, or all that is wrong with it. */
export type Shaped<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** @param at - Where the value stands in the document. */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  at: Path,
  document: YamlDocument,
): Shaped<z.output<Schema>> {
  const result = schema.safeParse(value, { error: allowedWords })
  if (result.success) return { ok: true, value: result.data }
  return { ok: false, problems: result.error.issues.flatMap(issue => problemsOf(issue, at, document)) }
}

function problemsOf(issue: z.core.$ZodIssue, at: Path, document: YamlDocument): readonly Problem[] {
  const path = [...at, ...issue.path.map(part => (typeof part === 'symbol' ? String(part) : part))]
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(key, path, issue.message, document))
  // The text as written, with its marks: the value of a variable is never shown.
  const written = valueAt(document.value, path)
  const hidden = isPrivate(path)
  const words = issue.code === 'invalid_value' ? issue.values.filter(word => typeof word === 'string') : []
  const meant = hidden ? undefined : plainField(issue.message, words)
  const suggestion = typeof written === 'string' && !looksSecret(written) ? meant?.(written) : undefined
  return [
    {
      path: pathText(path),
      message: messageOf(issue, written),
      found:
        variableWords(written) ?? (hidden ? kindOf(written) : meant ? describePlain(written) : describeFound(written)),
      allowed: issue.message,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...document.place(path),
    },
  ]
}

function messageOf(issue: z.core.$ZodIssue, written: unknown): string {
  if (written === undefined || written === null) return 'a value is missing'
  if (issue.message === PRICE_ALLOWED && issue.code === 'too_small') return 'a price cannot be negative'
  return issue.code === 'invalid_type' ? 'the type is wrong' : 'the value is not allowed'
}

function unknownKey(key: string, path: Path, mapping: string, document: YamlDocument): Problem {
  const keys = mapping.slice(MAPPING_OF.length).split(', ')
  if (key === '<<') return { path: pathText([...path, key]), ...MERGE_KEY, ...document.place([...path, key], 'key') }
  const suggestion = nearest(key, keys)
  return {
    path: pathText([...path, looksSecret(key) ? '[hidden]' : key]),
    message: 'unknown key',
    allowed: keys.join(', '),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...document.place([...path, key], 'key'),
  }
}

/** Of YAML 1.1. */
const MERGE_KEY = {
  message: 'merge keys (<<) are not supported',
  allowed: 'an alias of a whole mapping (*name), or `extends` from one class to another',
}

/** What is wrong came from the environment or a file, where its value is to be looked for: of the text as written not even the length says anything. */
function variableWords(written: unknown): string | undefined {
  if (typeof written !== 'string') return undefined
  const what = [...listed('variable', variablesIn(written)), ...listed('file', filesIn(written))]
  return what.length === 0 ? undefined : `a text with ${what.join(' and ')}`
}

function listed(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  return [`the ${what}${names.length === 1 ? '' : 's'} ${names.join(', ')}`]
}

function kindOf(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? `a ${typeof value}` : describeFound(value)
}
