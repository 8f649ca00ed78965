import { definedOnly } from '../../core/defined-only.ts'
import type { Usage } from '../../core/usage.ts'
import type { Reported } from '../dialect.ts'

/** A hundred million; the longest prompts that any model takes have ten. */
const MOST_TOKENS = 1e8

/** A million USD, in pico-dollars. */
const MOST_PICO = 10n ** 18n

/** Digits of {@link MOST_PICO}: a text of millions is not worth reading as a number. */
const MOST_DIGITS = 19

/**
 * What a vendor may have counted and charged for one reply. Anything above is unknown, as a negative count is: databases cannot add it up,
 * and reports of all runs would fail or be wrong for one vendor's sake.
 */
export function plausible({ usage, costPico }: Reported): Reported {
  return definedOnly({
    usage: usage && plausibleUsage(usage),
    costPico: costPico !== undefined && isPlausibleCost(costPico) ? costPico : undefined,
  })
}

function plausibleUsage(usage: Usage): Usage {
  return Object.fromEntries(Object.entries(usage).filter(([, tokens]) => tokens === undefined || tokens <= MOST_TOKENS))
}

function isPlausibleCost(pico: string): boolean {
  return pico.length <= MOST_DIGITS && BigInt(pico) <= MOST_PICO
}
