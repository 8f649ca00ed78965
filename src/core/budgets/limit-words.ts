/** A limit on money, tokens or both; what is absent is not limited. */
export interface Limit {
  /** USD as a decimal string. */
  readonly usd?: string | undefined
  readonly tokens?: number | undefined
}

/** `$0.5 and 2000 tokens`: exact, for people; empty for what has no limit. */
export function limitWords({ usd, tokens }: Limit): string {
  return [...(usd === undefined ? [] : [`$${usd}`]), ...(tokens === undefined ? [] : [`${tokens} tokens`])].join(
    ' and ',
  )
}
