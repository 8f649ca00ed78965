/**
 * What an endpoint has and what the rule that it breaks allows, in words.
 *
 * @module
 */
import { HOUR_MS } from '../durations.ts'
import { authorOf } from '../endpoint-id.ts'
import type { Endpoint, TokenPrice } from '../endpoints.ts'
import { TOKEN_KINDS } from '../money/price-of.ts'
import type { Policy, PolicyRule } from './policy.ts'
import { dearestPrice, isAbove } from './price-ceiling.ts'

/** @returns what the endpoint has, or `unknown`, and what the rule allows. */
export function breachWords(
  endpoint: Endpoint,
  policy: Policy,
  rule: PolicyRule,
): { readonly found: string; readonly allowed: string } {
  const { retention, training, region } = endpoint.dataPolicy
  switch (rule) {
    case 'zdr':
      return { found: retention ?? 'unknown', allowed: zdrWords(policy.zdr) }
    case 'retention':
      return { found: retention ?? 'unknown', allowed: `at most ${timeWords(policy.maxRetentionMs ?? 0)}` }
    case 'training':
      return { found: training === undefined ? 'unknown' : 'trains', allowed: 'does not train' }
    case 'region':
      return { found: region ?? 'unknown', allowed: (policy.regions ?? []).join(', ') }
    case 'deny-provider':
      return { found: endpoint.provider, allowed: `not ${(policy.denyProviders ?? []).join(', ')}` }
    case 'allow-provider':
      return { found: endpoint.provider, allowed: (policy.allowProviders ?? []).join(', ') }
    case 'deny-model':
      return { found: endpoint.model, allowed: `not ${(policy.denyModels ?? []).join(', ')}` }
    case 'allow-model':
      return { found: endpoint.model, allowed: (policy.allowModels ?? []).join(', ') }
    case 'deny-author':
      return { found: authorOf(endpoint.model), allowed: `not ${(policy.denyAuthors ?? []).join(', ')}` }
    case 'allow-author':
      return { found: authorOf(endpoint.model), allowed: (policy.allowAuthors ?? []).join(', ') }
    case 'ability':
      return {
        found: endpoint.abilities.join(', ') || 'none',
        allowed: `all of ${(policy.abilities ?? []).join(', ')}`,
      }
    case 'max-price':
      return priceWords(dearestPrice(endpoint), policy.maxPrice ?? {})
  }
}

/** Every kind of token whose price is too high or unknown. */
function priceWords(price: TokenPrice, ceiling: TokenPrice): { readonly found: string; readonly allowed: string } {
  const kinds = TOKEN_KINDS.filter(kind => isAbove(price[kind], ceiling[kind]))
  return {
    found: kinds.map(kind => `${kind} ${price[kind] ?? 'unknown'}`).join(', '),
    allowed: kinds.map(kind => `${kind} <= ${ceiling[kind]}`).join(', '),
  }
}

function zdrWords(zdr: Policy['zdr']): string {
  return Array.isArray(zdr) ? `none, of models by ${zdr.join(', ')}` : 'none'
}

/** A time as in configuration files: `none`, `24h`, `30d`. */
function timeWords(ms: number): string {
  if (ms === 0) return 'none'
  const hours = ms / HOUR_MS
  return hours >= 48 && hours % 24 === 0 ? `${hours / 24}d` : `${hours}h`
}
