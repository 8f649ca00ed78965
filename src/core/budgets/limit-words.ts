import { countOf } from '../words/count-of.ts'

/** A limit on money, tokens or both. An absent field is no limit. */
export interface Limit {
  /** USD as a decimal string. */
  readonly usd?: string
  readonly tokens?: number
}

/** A limit in words, exact: `$0.5 and 2,000 tokens`. Empty if there is none. */
export function limitWords({ usd, tokens }: Limit): string {
  return [...(usd === undefined ? [] : [`$${usd}`]), ...(tokens === undefined ? [] : [countOf(tokens, 'token')])].join(
    ' and ',
  )
}
