/**
 * What no call can be made with.
 *
 * @module
 */
import { written } from './kind-of.ts'
import type { CallSettings } from './protocol.ts'

const DEGREES: Readonly<Record<NonNullable<CallSettings['reasoning']>, true>> = {
  none: true,
  minimal: true,
  low: true,
  medium: true,
  high: true,
}

/** The first problem in words, behind the name of whoever has the settings; `undefined`: there is none. Takes whatever was written. */
export function settingsProblem(settings: CallSettings): string | undefined {
  const { maxOutputTokens, temperature, reasoning } = settings
  if (maxOutputTokens !== undefined && !(Number.isSafeInteger(maxOutputTokens) && maxOutputTokens > 0))
    return `has maxOutputTokens ${written(maxOutputTokens)}; it must be a whole number above 0`
  if (temperature !== undefined && !(Number.isFinite(temperature) && temperature >= 0))
    return `has temperature ${written(temperature)}; it must be a number of at least 0`
  if (reasoning !== undefined && !Object.hasOwn(DEGREES, reasoning))
    return `has reasoning ${written(reasoning)}; it must be one of ${Object.keys(DEGREES).join(', ')}`
  return undefined
}
