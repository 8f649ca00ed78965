import { isRecord } from '../../core/json/is-record.ts'
import { errorIn } from '../faults/error-body.ts'
import type { JsonRecord } from '../json.ts'
import type { Mending } from '../transport/mending.ts'

const NO_ERROR = /"error"\s*:\s*(?:null|""|\{\s*\})/
const COUNTED_IN_TEXT = /_tokens"\s*:\s*"\d/
const USAGE_ALONE = /^(?:data: ?)?\{(?!.*"choices"\s*:).*"usage"\s*:\s*\{/m

/**
 * What servers beside OpenAI's send, and the packages refuse with the whole answer: an `error` that says that there was none, counts
 * as texts, and a last chunk of usage without `choices` (Vercel's v0: https://github.com/vercel/ai/issues/7417).
 */
export const mending: Mending = {
  isSuspect: text =>
    (text.includes('"error"') && NO_ERROR.test(text)) ||
    (text.includes('_tokens"') && (COUNTED_IN_TEXT.test(text) || USAGE_ALONE.test(text))),
  mended(chunk) {
    const isError = errorIn(chunk) !== undefined
    const { error: _, ...without } = chunk
    const kept = isError ? chunk : without
    if (!isRecord(kept.usage)) return kept
    const choices = kept.choices ?? (isError ? undefined : [])
    return { ...kept, ...(choices !== undefined && { choices }), usage: counted(kept.usage) }
  },
}

/** The counts as numbers, those in its details too. */
function counted(usage: JsonRecord): JsonRecord {
  const entries = Object.entries(usage).map(([name, value]) => [
    name,
    name.endsWith('_tokens') ? numberOf(value) : isRecord(value) ? counted(value) : value,
  ])
  return Object.fromEntries(entries)
}

function numberOf(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
}
