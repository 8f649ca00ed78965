/**
 * Puts one policy on top of another within one level, so that the result asks for all that either asks for.
 *
 * @module
 */
import { definedOnly } from '../../../core/defined-only.ts'
import type { TokenPrice } from '../../../core/endpoints.ts'
import { lesser } from '../../../core/lesser.ts'
import { commonModels, eitherZdr, type Policy } from '../../../core/policy/policy.ts'

/** A class that extends another can add rules and lower ceilings; it cannot take anything back. */
export function tightenPolicy(outer: Policy, inner: Policy): Policy {
  const content = [...(outer.content ?? []), ...(inner.content ?? [])]
  const isDenied = outer.training === 'deny' || inner.training === 'deny'
  return definedOnly({
    zdr: eitherZdr([outer.zdr, inner.zdr]) ?? inner.zdr ?? outer.zdr,
    maxRetentionMs: lesser(outer.maxRetentionMs, inner.maxRetentionMs),
    content: content.length > 0 ? content : undefined,
    training: isDenied ? ('deny' as const) : (inner.training ?? outer.training),
    regions: both(outer.regions, inner.regions),
    denyProviders: either(outer.denyProviders, inner.denyProviders),
    denyModels: either(outer.denyModels, inner.denyModels),
    denyAuthors: either(outer.denyAuthors, inner.denyAuthors),
    abilities: either(outer.abilities, inner.abilities),
    allowModels: commonModels([outer.allowModels, inner.allowModels]),
    allowAuthors: both(outer.allowAuthors, inner.allowAuthors),
    allowProviders: both(outer.allowProviders, inner.allowProviders),
    maxPrice: lower(outer.maxPrice, inner.maxPrice),
  })
}

function both(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined {
  return a && b ? a.filter(word => b.includes(word)) : (a ?? b)
}

function either<Word extends string>(
  a: readonly Word[] | undefined,
  b: readonly Word[] | undefined,
): readonly Word[] | undefined {
  const words = new Set([...(a ?? []), ...(b ?? [])])
  return words.size > 0 ? [...words] : undefined
}

function lower(a: TokenPrice | undefined, b: TokenPrice | undefined): TokenPrice | undefined {
  if (!a || !b) return a ?? b
  const kinds = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof TokenPrice>
  return Object.fromEntries([...kinds].map(kind => [kind, Math.min(a[kind] ?? Infinity, b[kind] ?? Infinity)]))
}
