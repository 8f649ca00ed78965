/**
 * What a shape allows that has no words of its own for it, in the form of those that have.
 *
 * @module
 */
import type { z } from 'zod'
import { MAPPING_OF } from './shape-parts.ts'

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  record: 'a mapping',
}

/** For `safeParse`, where a shape's own words hold before these. `undefined`: the library's will have to do. */
export function allowedWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys':
      return keysOf(issue)
    case 'invalid_type':
      return keysOf(issue) ?? TYPES[issue.expected]
    case 'invalid_value':
      return issue.values.map(String).join(', ')
    case 'invalid_union':
      return [...new Set(issue.errors.flatMap(([first]) => first?.message ?? []))].join(', or ') || undefined
    case 'too_small':
      return leastWords(issue)
    case 'too_big':
      return `at most ${issue.maximum}`
    default:
      return undefined
  }
}

/** Of a mapping, in the form that a problem with a key is told from. */
function keysOf({ inst }: z.core.$ZodRawIssue): string | undefined {
  const def = (inst as z.core.$ZodTypes | undefined)?._zod.def
  return def?.type === 'object' ? MAPPING_OF + Object.keys(def.shape).join(', ') : undefined
}

type Least = Pick<z.core.$ZodIssueTooSmall, 'origin' | 'minimum' | 'inclusive'>

function leastWords({ origin, minimum, inclusive }: Least): string {
  if (origin === 'string') return 'a text that is not empty'
  if (origin === 'array') return `at least ${minimum}`
  return inclusive ? `${minimum} or more` : `above ${minimum}`
}
