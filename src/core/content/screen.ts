/**
 * Applies content rules to messages: some rules block a call, others replace what matches.
 *
 * @module
 */
import type { Message } from '../messages.ts'
import type { PolicyAt, PolicyLevel } from '../policy/policy.ts'
import type { ContentRule, ScanTexts } from './content-rule.ts'
import { changeTexts, textsOf } from './texts.ts'

/** A rule and where it was written. */
export interface ContentRuleAt {
  readonly level: PolicyLevel
  readonly rule: ContentRule
}

/** The content rules of these policies, outermost first: those for every endpoint and, if a provider is given, those of its key too. */
export function contentRules(policies: readonly PolicyAt[], provider?: string): readonly ContentRuleAt[] {
  return policies.flatMap(({ level, policy, provider: its = provider }) =>
    its === provider ? (policy.content ?? []).map(rule => ({ level, rule })) : [],
  )
}

/** A rule that blocks the call. `why`: its pattern matched, took too long, or is invalid. */
export interface Blocked extends ContentRuleAt {
  readonly why: 'matched' | 'late' | 'broken'
}

export type Screened =
  | { readonly kind: 'clean'; readonly messages: readonly Message[] }
  | { readonly kind: 'blocked'; readonly blocked: Blocked }

/** Applies content rules to a prompt. */
export type ScreenPrompt = (rules: readonly ContentRuleAt[], prompt: readonly Message[]) => Screened

/** The messages as they may leave, or the rule that blocks them. Each rule sees what the rules before it left over. */
export function screen(messages: readonly Message[], rules: readonly ContentRuleAt[], scan: ScanTexts): Screened {
  const before = textsOf(messages)
  let texts = before
  for (const at of rules) {
    const scanned = scan(at.rule, texts)
    if (scanned.kind === 'none') continue
    if (scanned.kind !== 'matched') return { kind: 'blocked', blocked: { ...at, why: scanned.kind } }
    if (at.rule.replace === undefined) return { kind: 'blocked', blocked: { ...at, why: 'matched' } }
    texts = scanned.texts
  }
  return { kind: 'clean', messages: texts === before ? messages : withTexts(messages, texts) }
}

function withTexts(messages: readonly Message[], texts: readonly string[]): readonly Message[] {
  let at = -1
  return messages.map(message =>
    changeTexts(message, () => {
      at += 1
      return texts[at]!
    }),
  )
}

/** Why a call is blocked, for people. Contains neither the pattern nor what it matched. */
export function blockedWords({ level, rule, why }: Blocked): string {
  const name = `content rule '${rule.name}' of the ${level} policy`
  switch (why) {
    case 'matched':
      return `the ${name} blocks this call, because its pattern matches what the call says; nothing was sent. Take that out of the text, or loosen the rule`
    case 'late':
      return `the ${name} did not finish within its time limit, so the call is blocked and nothing was sent; write a simpler pattern, or raise its timeLimit`
    case 'broken':
      return `the ${name} is not a regular expression, so the call is blocked and nothing was sent; correct its pattern`
  }
}
